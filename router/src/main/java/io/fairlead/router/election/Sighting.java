package io.fairlead.router.election;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What was last seen of a lease, and since when it has not changed. Only time on this machine
 * counts, from the moment when the last change was seen.
 */
final class Sighting {
  private final String self;
  private final Duration leastWait;

  private boolean everSeen;
  private @Nullable LeaseRecord record;
  private @Nullable String version;
  private long sinceNanos;
  private long highestTerm;
  private String over = "";

  Sighting(String self, LeaseTimes times) {
    this.self = self;
    this.leastWait = times.duration();
  }

  void saw(LeaseRecord seen, String itsVersion, long nowNanos) {
    if (!itsVersion.equals(version)) {
      sinceNanos = nowNanos;
    }
    record = seen;
    version = itsVersion;
    everSeen = true;
    highestTerm = Math.max(highestTerm, seen.transitions());
  }

  void sawNone(long nowNanos) {
    if (record != null) {
      record = null;
      sinceNanos = nowNanos;
    }
    version = null;
  }

  /**
   * Returns whether the lease may be taken. One that is gone may have a holder who has not noticed
   * yet; where there never was one, there is none.
   */
  boolean isFree(long nowNanos) {
    if (record == null) {
      return !everSeen || freeAtNanos() - nowNanos <= 0;
    }
    return record.isFree()
        || record.isHeldBy(self)
        || record.isHeldBy(over)
        || freeAtNanos() - nowNanos <= 0;
  }

  /** This holder can never act again, whatever the lease says. */
  void over(String holder) {
    over = holder;
  }

  /** Returns when the lease may be taken if nothing more is seen of its holder. */
  long freeAtNanos() {
    return sinceNanos + wait(record).toNanos();
  }

  private Duration wait(@Nullable LeaseRecord seen) {
    if (seen == null || seen.duration().compareTo(leastWait) < 0) {
      return leastWait;
    }
    return seen.duration().compareTo(LeaseTimes.MAX) > 0 ? LeaseTimes.MAX : seen.duration();
  }

  /** Returns whether this router holds the lease in {@code term}, going by the last look. */
  boolean isMine(long term) {
    return isMine() && record != null && record.transitions() == term;
  }

  boolean isMine() {
    return record != null && record.isHeldBy(self);
  }

  /** Returns the number of the next term: greater than any that was seen. */
  long nextTerm() {
    return highestTerm + 1;
  }

  @Nullable LeaseRecord record() {
    return record;
  }

  @Nullable String version() {
    return version;
  }

  Standing standing(long nowNanos) {
    return record == null || isFree(nowNanos)
        ? new Standing.Leaderless()
        : new Standing.Follower(record.holder(), record.transitions());
  }
}
