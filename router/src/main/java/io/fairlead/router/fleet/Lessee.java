package io.fairlead.router.fleet;

import io.fairlead.router.fleet.Refusal.Reason;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One router's side of the leases: says what it holds, and lets its dispatchers use what it is
 * granted. For one thread; {@link LocalSlots} is called on it.
 *
 * <pre>
 * nobody followed      --follow--> asking     the first heartbeat of an epoch ends the ones before
 * asking               --grants--> leased     until the time to live after that heartbeat was sent
 * leased               --grants--> leased     each replaces the one before
 * leased               --time----> asking     the dispatchers go on with the share
 * </pre>
 */
public final class Lessee {
  /** Heartbeats whose time is remembered; grants that answer an older one are too late. */
  private static final int REMEMBERED = 256;

  /**
   * So many urgent heartbeats may follow each other at once: who comes together does not do so in
   * the same instant, and slots that are called back come free one by one.
   */
  private static final int AT_ONCE = 8;

  /** While the last one is unanswered, an urgent one is of less use, and comes so much later. */
  private static final long UNANSWERED = 4;

  private final String router;
  private final long incarnation;
  private final FleetSettings settings;
  private final LocalSlots slots;
  private final long[] sentNanos = new long[REMEMBERED];
  private final Map<DeploymentKey, Map<Replica, Reported>> reported = new HashMap<>();
  private final Map<Reason, Long> refusals = new EnumMap<>(Reason.class);

  private long epoch = -1;
  private long sequence;
  private long answered;
  private long seen;
  private boolean leased;
  private long untilNanos;
  private boolean urgent;
  private boolean leaving;
  private long ignored;
  private @Nullable Refusal lastRefusal;

  /** What was said of one replica. */
  private static final class Reported {
    /** The most that was reported or granted last. */
    int slots;

    /** What the newest grants say, whether or not it may be used. */
    int named;

    /** The last heartbeat that said less than the coordinator may have thought. */
    long lessSince;

    /** The grants that were seen by then: what they had raised was given back with it. */
    long lessSeen;

    long sequence;
  }

  /**
   * Begins without a lease.
   *
   * @param incarnation tells this life of the router from its others
   */
  public Lessee(
      String router, long incarnation, FleetSettings settings, LocalSlots slots, long nowNanos) {
    this.router = Protocol.router("router", router);
    this.incarnation = incarnation;
    this.settings = settings;
    this.slots = slots;
    Arrays.fill(sentNanos, nowNanos - AT_ONCE * UNANSWERED * settings.urgentGap().toNanos());
  }

  /** Reports to the coordinator of {@code newEpoch} from now on; an older one is passed over. */
  public void follow(long newEpoch) {
    if (newEpoch > epoch) {
      epoch = newEpoch;
      seen = 0;
      answered = sequence;
      urgent = true;
    }
  }

  /** Returns the epoch whose coordinator is reported to; -1 if there was none yet. */
  public long epoch() {
    return epoch;
  }

  /** Something is worth a heartbeat before its time. */
  public void hurry() {
    urgent = true;
  }

  /** The router is about to end: what comes free is not needed any more. */
  public void leave() {
    leaving = true;
    urgent = true;
  }

  /** Returns when the next heartbeat is due; meaningless while nobody is followed. */
  public long nextHeartbeatNanos() {
    if (!urgent) {
      return sent(0) + settings.heartbeat().toNanos();
    }
    long gaps = AT_ONCE * (answered < sequence ? UNANSWERED : 1);
    return sent(AT_ONCE - 1) + gaps * settings.urgentGap().toNanos();
  }

  /** Returns when the heartbeat was sent that is {@code before} the last one. */
  private long sent(int before) {
    return sentNanos[(int) Math.floorMod(sequence - before, (long) REMEMBERED)];
  }

  /** Returns what to tell the coordinator now; null if nobody is followed. */
  public @Nullable Heartbeat heartbeat(long nowNanos) {
    if (epoch < 0) {
      return null;
    }
    boolean before = urgent;
    urgent = false;
    List<DeploymentReport> reports = slots.report(nowNanos);
    sequence++;
    sentNanos[(int) (sequence % REMEMBERED)] = nowNanos;
    note(reports);
    return new Heartbeat(
        Protocol.VERSION, router, incarnation, epoch, sequence, seen, before, leaving, reports);
  }

  private void note(List<DeploymentReport> reports) {
    for (DeploymentReport report : reports) {
      Map<Replica, Reported> known = reported.computeIfAbsent(report.key(), key -> new HashMap<>());
      for (Slots held : report.replicas()) {
        Reported last = known.computeIfAbsent(held.replica(), replica -> new Reported());
        note(last, held.slots());
      }
    }
    for (Map<Replica, Reported> known : reported.values()) {
      for (Reported last : known.values()) {
        if (last.sequence < sequence) {
          note(last, 0); // not listed
        }
      }
    }
  }

  private void note(Reported last, int held) {
    if (held < Math.max(last.slots, last.named)) {
      last.lessSince = sequence;
      last.lessSeen = seen;
    }
    last.slots = held;
    last.sequence = sequence;
  }

  /** Follows what the coordinator says, unless it is of no use any more. */
  public void answered(Answer answer, long nowNanos) {
    switch (answer) {
      case Refusal refusal -> {
        refusals.merge(refusal.reason(), 1L, Long::sum);
        lastRefusal = refusal;
      }
      case Grants grants -> {
        if (isForMe(grants)) {
          follow(grants, nowNanos);
        } else {
          ignored++;
        }
      }
    }
  }

  private boolean isForMe(Grants grants) {
    return grants.epoch() == epoch
        && grants.router().equals(router)
        && grants.incarnation() == incarnation
        && grants.version() > seen
        && grants.answers() <= sequence
        && grants.answers() > sequence - REMEMBERED;
  }

  private void follow(Grants grants, long nowNanos) {
    long until =
        sentNanos[(int) (grants.answers() % REMEMBERED)]
            + Math.min(grants.timeToLiveMillis(), settings.timeToLive().toMillis()) * 1_000_000;
    if (until - nowNanos <= 0) {
      ignored++; // the coordinator may have granted the same to others since
      return;
    }
    answered = Math.max(answered, grants.answers());
    seen = grants.version();
    leased = true;
    untilNanos = until;
    unname();
    List<DeploymentGrant> usable = new ArrayList<>(grants.deployments().size());
    for (DeploymentGrant grant : grants.deployments()) {
      usable.add(cap(grant, grants.answers()));
    }
    forget(grants.answers());
    slots.allow(usable, until, nowNanos);
  }

  /**
   * Lowers what was given back after the heartbeat that is answered: the coordinator may have
   * granted it to another since. Not what it had raised after the grants that were seen by then, as
   * it takes that for given back only by who has seen it.
   */
  private DeploymentGrant cap(DeploymentGrant grant, long answers) {
    Map<Replica, Reported> known = reported.computeIfAbsent(grant.key(), key -> new HashMap<>());
    List<Slots> capped = new ArrayList<>(grant.replicas().size());
    for (Slots granted : grant.replicas()) {
      Reported last = known.computeIfAbsent(granted.replica(), replica -> new Reported());
      boolean isGone = answers < last.lessSince && granted.raisedAt() <= last.lessSeen;
      int most = isGone ? Math.min(granted.slots(), last.slots) : granted.slots();
      // by a coordinator that does not say when it rose, it would be given back again and again
      last.named = granted.raisedAt() == 0 ? 0 : granted.slots();
      last.slots = Math.max(last.slots, most); // so that giving it back again is seen as less
      capped.add(new Slots(granted.replica(), most, Math.min(granted.share(), most)));
    }
    return new DeploymentGrant(
        grant.key(),
        capped,
        grant.keep(),
        leaving ? 0 : grant.keepIdle(),
        grant.queueBound(),
        grant.queueMost(),
        grant.arrivals());
  }

  /** The newest grants replace all before. */
  private void unname() {
    reported.values().forEach(known -> known.values().forEach(last -> last.named = 0));
  }

  /** What is not held, and was known to the coordinator not to be, needs no memory. */
  private void forget(long answers) {
    for (Map<Replica, Reported> known : reported.values()) {
      known
          .values()
          .removeIf(last -> last.slots == 0 && last.named == 0 && last.lessSince <= answers);
    }
    reported.values().removeIf(Map::isEmpty);
  }

  /** Returns whether it may use more than its share. */
  public boolean isLeased(long nowNanos) {
    return leased && untilNanos - nowNanos > 0;
  }

  /** Returns how many grants came that were for another, too old or too late. */
  public long ignored() {
    return ignored;
  }

  /** Returns how often the coordinator refused a heartbeat for {@code reason}. */
  public long refused(Reason reason) {
    return Objects.requireNonNull(refusals.getOrDefault(reason, 0L));
  }

  /** Returns why the coordinator refused a heartbeat last; null if it never did. */
  public @Nullable Refusal lastRefusal() {
    return lastRefusal;
  }
}
