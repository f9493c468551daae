package io.fairlead.router.dispatch;

import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a dispatcher that shares its slots with other routers may use of them, until when, and what
 * it is to give up. Of a dispatcher that shares nothing each replica is allowed its limit, and
 * nothing else here applies.
 *
 * <p>A number of slots that was given up, or has lapsed, comes back only with a new {@link Lease}.
 */
final class Leases {
  /**
   * So long a call for slots is followed. Who is not heard any more has no use for what is given
   * up, and this router would run dry.
   */
  private static final long CALL_NANOS = 500_000_000;

  /** What the coordinator has said of the queues is good for so long; then it is asked again. */
  private static final long SAID_NANOS = 20_000_000;

  /** Who does not answer for so long does not decide either. */
  private static final long ASKED_NANOS = 50_000_000;

  private final boolean shared;
  private final Replicas replicas;
  private final Ejection ejection;

  /** The allowances of all replicas together. */
  private int total;

  // the call for slots
  private int keep = Integer.MAX_VALUE;
  private int keepIdle = Integer.MAX_VALUE;
  private long calledUntilNanos;

  private int queueBound = -1;
  private int queueMost = -1;
  private long saidNanos;

  /** Whether there was something to report since, and when first. */
  private boolean asked;

  private long askedNanos;
  private boolean running;
  private boolean ended;
  private long untilNanos;

  /** How many wait as the coordinator knows it: those whom it granted slots since do not. */
  private int known;

  /** Whether a report before its time is asked for already. */
  private boolean told;

  /** Whether the end of the last request is worth a report: others gave slots for these. */
  private boolean busy;

  /** Written under the dispatcher's lock. */
  private volatile boolean urgent;

  Leases(boolean shared, Replicas replicas, Ejection ejection) {
    this.shared = shared;
    this.replicas = replicas;
    this.ejection = ejection;
  }

  // ---- what may be used

  /** Takes on how many slots each replica has: all of them where nothing is shared. */
  void limit(int limit) {
    for (ReplicaSlots slots : replicas) {
      int allowance = shared ? Math.min(slots.allowance, limit) : limit;
      allow(slots, slots.removed ? 0 : allowance, slots.share);
    }
  }

  /** Allows nothing more on a replica that was removed. */
  void forget(ReplicaSlots slots) {
    allow(slots, 0, 0);
  }

  /** Sets how many requests may be on a replica, and how many when the lease has lapsed. */
  private void allow(ReplicaSlots slots, int allowance, int share) {
    total += allowance - slots.allowance;
    slots.allowance = allowance;
    slots.share = Math.min(share, allowance);
  }

  /** Begins a lease, or goes on with it: what it names is allowed, up to the limit of a replica. */
  void begin(Lease lease, int limit, boolean somebodyWaits, long newUntilNanos, long nowNanos) {
    int before = total;
    Map<Replica, LeasedSlots> leased = new HashMap<>();
    lease.replicas().forEach(slots -> leased.put(slots.replica(), slots));
    for (ReplicaSlots slots : replicas) {
      LeasedSlots some = slots.removed ? null : leased.get(slots.replica);
      int allowance = some == null ? 0 : Math.min(some.slots(), limit);
      if (isUseless(slots)) {
        allowance = Math.min(allowance, slots.inFlight);
      }
      allow(slots, allowance, some == null ? 0 : some.share());
    }
    known = Math.max(0, known - Math.max(0, total - before));
    busy |= somebodyWaits && total > before;
    keep = lease.keep();
    keepIdle = lease.keepIdle();
    calledUntilNanos = nowNanos + CALL_NANOS;
    queueBound = lease.queueBound();
    queueMost = lease.queueMost();
    saidNanos = nowNanos;
    asked = false;
    untilNanos = newUntilNanos;
    running = true;
    ended = false;
  }

  /** Returns how long the lease has still to run; far off if there is none. */
  long leftNanos(long nowNanos) {
    return running ? untilNanos - nowNanos : Dispatcher.FAR_OFF;
  }

  /** Ends the lease if its time is over: the shares are left. */
  void lapse(long nowNanos) {
    if (leftNanos(nowNanos) > 0) {
      return;
    }
    running = false;
    ended = true;
    keep = Integer.MAX_VALUE;
    keepIdle = Integer.MAX_VALUE;
    queueMost = -1;
    replicas.forEach(slots -> allow(slots, slots.share, slots.share));
  }

  /**
   * Returns those who still use a slot that others may be granted, since the lease ended so long
   * ago: of each replica the newest, beyond its share.
   */
  List<Permit> overdue(Line<Permit> out, long agoNanos, long nowNanos) {
    if (!shared || !ended || nowNanos - untilNanos < agoNanos) {
      return List.of();
    }
    Map<ReplicaSlots, Integer> counts = new HashMap<>();
    List<Permit> overdue = new ArrayList<>();
    for (Permit permit = out.first(); permit != null; permit = permit.next) {
      if (counts.merge(permit.slots, 1, Integer::sum) > permit.slots.share) {
        overdue.add(permit);
      }
    }
    return overdue;
  }

  /**
   * Returns how many requests may wait. Nobody is refused for what was said a while ago: then as
   * many may as could be free and may wait in all routers, until the coordinator has heard of them.
   * When the lease has ended it is this router's part, which is that of its share, or what it was
   * told last.
   *
   * @param alone how many could wait without other routers
   * @param slots how many there are of all routers
   */
  int queueLimit(int alone, int slots, long nowNanos) {
    if (queueBound < 0) {
      return alone;
    }
    if (ended) {
      long part = (long) alone * total / Math.max(1, slots);
      return (int) Math.max(queueBound, Math.min(alone, part));
    }
    long all = isWorthAsking(nowNanos) ? (long) alone + Math.max(0, slots - total) : 0;
    return (int) Math.min(Math.max(all, Math.max(queueBound, queueMost)), Integer.MAX_VALUE);
  }

  private boolean isWorthAsking(long nowNanos) {
    return queueMost >= 0
        && nowNanos - saidNanos >= SAID_NANOS
        && (!asked || nowNanos - askedNanos < ASKED_NANOS);
  }

  /**
   * Returns whether the last of so many waits only until the coordinator has heard of it. Who waits
   * for the first replica does not: there is nothing to share yet.
   */
  boolean isProvisional(int length) {
    return queueMost >= 0 && length > queueBound && replicas.members() > 0;
  }

  // ---- what is given up

  /** Gives up free slots that are wanted elsewhere, and those that cannot be used here. */
  void giveUpFree(boolean somebodyWaits, long nowNanos) {
    int wanted = wanted(somebodyWaits, nowNanos);
    for (ReplicaSlots slots : replicas) {
      int free = Math.max(0, slots.allowance - slots.inFlight);
      int less = isUseless(slots) ? free : Math.min(free, wanted);
      if (less > 0) {
        giveUp(slots, less);
        wanted -= less;
      }
    }
  }

  /** Gives up a slot that is about to come free, if it is wanted elsewhere. */
  void giveUpFreed(ReplicaSlots slots, boolean somebodyWaits, long nowNanos) {
    if (slots.inFlight <= slots.allowance && wanted(somebodyWaits, nowNanos) > 0) {
      giveUp(slots, 1);
    }
  }

  private void giveUp(ReplicaSlots slots, int less) {
    allow(slots, slots.allowance - less, slots.share);
    urgent = true;
  }

  /** Returns how many slots are to be given up as far as they are free. */
  private int wanted(boolean somebodyWaits, long nowNanos) {
    int kept = somebodyWaits ? keep : keepIdle;
    return total > kept && calledUntilNanos - nowNanos > 0 ? total - kept : 0;
  }

  /** An ejected replica gets no requests; only a probe needs a slot of it. */
  private boolean isUseless(ReplicaSlots slots) {
    return shared && ejection.isEjected(slots) && !slots.probeWanted;
  }

  // ---- what is said of it

  /** Returns what is held of each replica that can be used, and of each that has requests. */
  List<LeasedSlots> held() {
    List<LeasedSlots> held = new ArrayList<>(replicas.size());
    for (ReplicaSlots slots : replicas) {
      int holds = Math.max(slots.allowance, slots.inFlight);
      if (holds > 0 || (!slots.removed && !isUseless(slots))) {
        held.add(new LeasedSlots(slots.replica, holds, slots.share));
      }
    }
    return held;
  }

  /**
   * So many wait now. Half as many again as the coordinator knows of are worth a report before its
   * time. So is nobody where it knows of somebody: slots that others wait for would be kept here.
   * And so is the end of the last request of those that were worth a report, or had slots come for
   * them: idle slots are of use where the next ones come, and that may be anywhere.
   */
  void queued(int length, int inFlight, long nowNanos) {
    boolean more = length >= known + Math.max(1, known / 2);
    boolean isOver = busy && length == 0 && inFlight == 0;
    if (more || isOver || (length == 0 && known > 0)) {
      hurry(nowNanos);
    }
    busy &= !isOver;
  }

  /** Something is worth a report before its time. */
  void hurry(long nowNanos) {
    if (shared && !told) {
      told = true; // once is enough until the next report
      urgent = true;
    }
    if (!asked) {
      asked = true;
      askedNanos = nowNanos;
    }
  }

  /** So many do not wait any more, as the coordinator has said. */
  void turnedAway(int requests) {
    known = Math.max(0, known - requests);
  }

  /** So many wait and are under way, and it is being reported. */
  void reported(int length, int inFlight) {
    // not for what is told in passing: of many deployments there is always one that has just ended
    busy = inFlight > 0 && (busy || told || length > 0);
    urgent = false;
    told = false;
    known = length;
  }

  /** Returns whether {@link LeaseWatch#urgent} is to be told. Needs no lock. */
  boolean isUrgent() {
    return urgent;
  }

  /** Returns whether to tell {@link LeaseWatch#urgent}, once. */
  boolean takeUrgent() {
    boolean was = urgent;
    urgent = false;
    return was;
  }
}
