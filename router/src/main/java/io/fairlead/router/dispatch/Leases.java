package io.fairlead.router.dispatch;

/**
 * What a dispatcher that shares its slots with other routers may use of them, until when, and what
 * it is to give up. Of a dispatcher that shares nothing each replica is allowed its limit, and
 * nothing here ever applies.
 *
 * <p>A number of slots that was given up, or has lapsed, comes back only with a new {@link Lease}.
 */
final class Leases {
  /**
   * So long a call for slots is followed. Who is not heard any more has no use for what is given
   * up, and this router would run dry.
   */
  private static final long ASKED_NANOS = 500_000_000;

  private final boolean shared;

  /** The allowances of all replicas together, if shared. */
  private int total;

  private int keep = Integer.MAX_VALUE;
  private int keepIdle = Integer.MAX_VALUE;
  private int queueBound = -1;
  private boolean asked;
  private long askedUntilNanos;
  private boolean running;
  private boolean ended;
  private long untilNanos;

  /** The length of the queue that is worth a report before its time. */
  private int urgentLength = 1;

  private boolean urgent;

  Leases(boolean shared) {
    this.shared = shared;
  }

  boolean isShared() {
    return shared;
  }

  /** Sets how many requests may be on a replica, and how many when the lease has lapsed. */
  void allow(ReplicaSlots slots, int allowance, int share) {
    total += allowance - slots.allowance;
    slots.allowance = allowance;
    slots.share = Math.min(share, allowance);
  }

  /** Begins a lease, or goes on with it. */
  void begin(Lease lease, long newUntilNanos, long nowNanos) {
    keep = lease.keep();
    keepIdle = lease.keepIdle();
    queueBound = lease.queueBound();
    untilNanos = newUntilNanos;
    running = true;
    ended = false;
    asked = keepIdle < Integer.MAX_VALUE;
    askedUntilNanos = nowNanos + ASKED_NANOS;
  }

  /** Forgets a call for slots that was not repeated. */
  void forgetCall(long nowNanos) {
    if (asked && askedUntilNanos - nowNanos <= 0) {
      keepEverything();
    }
  }

  private void keepEverything() {
    asked = false;
    keep = Integer.MAX_VALUE;
    keepIdle = Integer.MAX_VALUE;
  }

  /** Returns whether the lease has ended just now. */
  boolean lapses(long nowNanos) {
    return running && untilNanos - nowNanos <= 0;
  }

  /** Returns whether there is none, and has not been for so long. */
  boolean hasEndedSince(long nanos, long nowNanos) {
    return shared && ended && nowNanos - untilNanos >= nanos;
  }

  /** The lease has ended: what is left is nobody else's. */
  void end() {
    running = false;
    ended = true;
    keepEverything();
  }

  /** Returns whether a slot that comes free is to be given up. */
  boolean owes(boolean somebodyWaits) {
    return surplus(somebodyWaits) > 0;
  }

  /** Returns how many slots are to be given up as far as they are free. */
  int surplus(boolean somebodyWaits) {
    return Math.max(0, total - (somebodyWaits ? keep : keepIdle));
  }

  /** Returns how many requests may wait, where without other routers it were {@code alone}. */
  int queueLimit(int alone) {
    return queueBound < 0 ? alone : queueBound;
  }

  /** So many wait now. */
  void queued(int length) {
    if (shared && length >= urgentLength) {
      urgentLength = Integer.MAX_VALUE; // once is enough until the next report
      urgent = true;
    }
  }

  /** A slot was given up. */
  void gaveUp() {
    urgent = true;
  }

  /** So many wait, and it is being reported. */
  void reported(int length) {
    urgent = false;
    urgentLength = Math.max(1, 2 * length);
  }

  /** Returns whether to tell {@link LeaseWatch#urgent}, once. */
  boolean takeUrgent() {
    boolean was = urgent;
    urgent = false;
    return was;
  }
}
