package io.fairlead.router.election;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was last seen of a lease, since when it has not changed, and the highest term there was.
 * Only time on this machine counts, from the moment when the last change was seen.
 *
 * <p>What a hand has done to a lease is told by what routers never do: they take no term that is
 * not greater than all before, and name no other holder without having given it up. The first is
 * put right; after the second nobody leads until who held it must have noticed.
 */
final class Sighting {
  private final String self;
  private final Duration leastWait;

  private @Nullable LeaseRecord record;
  private @Nullable String version;
  private long sinceNanos;

  /** How long it lasts in the highest term, and in the one before: not shorter for an edit. */
  private Duration lasts;

  private Duration lastedBefore;

  private long highestTerm;
  private @Nullable Instant highestAcquired;
  private boolean goesBack;

  private boolean isNoted;
  private long notedNanos;

  private String over = "";
  private @Nullable LeaseRecord unanswered;

  Sighting(String self, LeaseTimes times) {
    this.self = self;
    this.leastWait = times.duration();
    this.lasts = leastWait;
    this.lastedBefore = leastWait;
  }

  void saw(LeaseRecord seen, String itsVersion, long nowNanos) {
    if (!itsVersion.equals(version)) {
      sinceNanos = nowNanos;
    }
    if (seen.others() && (record == null || !record.others())) {
      isNoted = true;
      notedNanos = nowNanos;
    }
    record = seen;
    version = itsVersion;
    goesBack = goesBack(seen);
    boolean isNewTerm = !goesBack && seen.transitions() > highestTerm;
    lastedBefore = isNewTerm ? lasts : lastedBefore;
    lasts = isNewTerm ? believed(seen.duration()) : longer(lasts, believed(seen.duration()));
    if (!goesBack) {
      highestTerm = seen.transitions();
      highestAcquired = seen.acquired();
    }
  }

  private boolean goesBack(LeaseRecord seen) {
    return seen.isAbsurd()
        || seen.transitions() < highestTerm
        || (seen.transitions() == highestTerm
            && highestAcquired != null
            && !seen.acquired().equals(highestAcquired));
  }

  void sawNone() {
    record = null;
    version = null;
    goesBack = false;
  }

  /** A write of this router has failed, and may have happened all the same. */
  void isUnanswered(LeaseRecord written) {
    unanswered = written;
  }

  /**
   * Returns whether the lease may be taken: it was given up, it has run out, or it is this router's
   * by a write that was never answered. One that names this router for another reason was edited,
   * and somebody may lead.
   */
  boolean isFree(long nowNanos) {
    return record != null
        && ((!over.isEmpty() && record.isHeldBy(over))
            || (record.isGivenUp() && (record.holder().isEmpty() || isMine()))
            || (isMine() && record.equals(unanswered))
            || freeAtNanos() - nowNanos <= 0);
  }

  /** This holder can never act again, whatever the lease says. */
  void over(String holder) {
    over = holder;
  }

  /** Returns when the lease may be taken if nothing more is seen of its holder. */
  long freeAtNanos() {
    return sinceNanos + longest().toNanos();
  }

  private Duration longest() {
    return longer(lasts, lastedBefore);
  }

  private Duration believed(Duration said) {
    return said.compareTo(LeaseTimes.MAX) > 0 ? LeaseTimes.MAX : longer(said, leastWait);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
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

  /**
   * Returns what the lease should say instead, be it held by another; null if it is in order.
   *
   * <p>Where there is none, nobody holds it: a holder who has not noticed that it is gone has lost
   * it by the time that this one runs out. So the first lease ever is not had at once either, since
   * who sees none cannot know whether there was one.
   */
  @Nullable LeaseRecord correction(Instant stamp) {
    LeaseRecord seen = record;
    if (seen == null) {
      Instant acquired = highestAcquired == null ? stamp : highestAcquired;
      return new LeaseRecord(
          LeaseRecord.NOBODY, longest(), acquired, stamp, highestTerm, /* others= */ false);
    }
    boolean isUnnoted = seen.isHeld() && !isMine() && !seen.isGivenUp() && !seen.others();
    return goesBack || isUnnoted
        ? new LeaseRecord(
            seen.holder(),
            seen.duration(),
            seen.acquired(),
            seen.renewed(),
            goesBack ? nextTerm() : seen.transitions(),
            seen.others() || isUnnoted)
        : null;
  }

  /**
   * Returns whether this router, as the holder, leaves it noted that there are others: for a while,
   * then those who are still there have to note it again.
   */
  boolean leavesNote(long nowNanos) {
    return record != null && record.others() && nowNanos - notedNanos < noteLasts();
  }

  /** Returns whether there are others, or were until lately. */
  boolean hasOthers(long nowNanos) {
    boolean another = record != null && record.isHeld() && !isMine();
    long remembered = noteLasts() + 2 * leastWait.toNanos();
    return another || (isNoted && nowNanos - notedNanos < remembered);
  }

  private long noteLasts() {
    return 5 * leastWait.toNanos();
  }

  @Nullable LeaseRecord record() {
    return record;
  }

  @Nullable String version() {
    return version;
  }

  Standing standing(long nowNanos) {
    // who is named in one that was given up does not lead before he has taken it
    return record == null
            || !record.isHeld()
            || record.isGivenUp()
            || isMine()
            || goesBack
            || isFree(nowNanos)
        ? new Standing.Leaderless()
        : new Standing.Follower(record.holder(), record.transitions());
  }
}
