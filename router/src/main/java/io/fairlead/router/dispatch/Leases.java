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
  private boolean running;
  private boolean ended;
  private long untilNanos;

  /** How many wait as the coordinator knows it: those whom it granted slots since do not. */
  private int known;

  /** Whether a report before its time is asked for already. */
  private boolean told;

  /** Whether slots came for those who waited, and not all requests were over since. */
  private boolean helped;

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
    helped |= somebodyWaits && total > before;
    keep = lease.keep();
    keepIdle = lease.keepIdle();
    calledUntilNanos = nowNanos + CALL_NANOS;
    queueBound = lease.queueBound();
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

  /** Returns how many requests may wait, where without other routers it were {@code alone}. */
  int queueLimit(int alone) {
    return queueBound < 0 ? alone : queueBound;
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
   * And so is the end of the last request, if others have given slots for these: idle ones are of
   * use where the next requests come, and that may be anywhere.
   */
  void queued(int length, int inFlight) {
    boolean more = length >= known + Math.max(1, known / 2);
    boolean isOver = helped && length == 0 && inFlight == 0;
    if (shared && !told && (more || isOver || (length == 0 && known > 0))) {
      told = true; // once is enough until the next report
      urgent = true;
    }
    helped &= !isOver;
  }

  /** So many wait, and it is being reported. */
  void reported(int length) {
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
