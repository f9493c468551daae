package io.fairlead.router.dispatch;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The slots and the queue of one deployment. Safe for use by several event loops.
 *
 * <p><b>Who gets what.</b> A request takes a free slot of the least loaded replica at once. If
 * there is none it waits, the earliest deadline first, until its deadline or the deployment's
 * longest wait; the queue is bounded, and nobody in it starves, see {@link WaitQueue}. With {@code
 * maxConcurrentRequestsPerInstance: 0} every replica in service is free, and nobody waits.
 *
 * <p><b>No replica.</b> Without a replica a request is refused with {@code MODEL_NOT_READY}: nobody
 * knows when one will come. Where the deployment says that there may be none, as many as one
 * replica takes wait for the first, which their coming calls for. Those who wait already when the
 * last replica goes keep their place until their deadline, because in a rollout the next one is
 * often a moment away. Ejection never leaves a deployment without a replica, see {@link Ejection}.
 *
 * <p><b>The lock.</b> All state is behind one monitor, entered once per call for a handful of
 * pointer writes. Exact limits need one order of all grants and releases; lock-free counters would
 * need a second protocol between them and the queue to lose no wake-up. Almost all requests of a
 * deployment find the monitor free, and then it costs one compare-and-set, as a counter would.
 * Nothing foreign is called inside except the random generator, which therefore need not be
 * thread-safe: {@link Waiter#granted} is called after the lock is left.
 *
 * <p><b>Time.</b> The readings of several loops may disagree a little; that is harmless. Every call
 * that takes the time first does what is due by then, see {@link #advance}: nearly always nothing,
 * which costs one volatile read.
 */
public final class Dispatcher {
  /** So long from now something is due that is not. */
  static final long FAR_OFF = Long.MAX_VALUE / 2;

  private final Object lock = new Object();
  private final SlotPool pool;
  private final Hedging hedging = new Hedging();
  private final @Nullable LeaseWatch watch;
  private volatile Deployment deployment;
  private volatile long doubleReleases;
  private volatile long leaks;

  /**
   * @param random used under the lock only, by this dispatcher alone
   */
  public Dispatcher(
      Deployment deployment, Limits.Upstream limits, RandomGenerator random, long nowNanos) {
    this(deployment, limits, random, null, nowNanos);
  }

  /**
   * Makes one that may share its slots with other routers.
   *
   * @param random used under the lock only, by this dispatcher alone
   * @param watch who brings leases, before which no slot is used; null if all slots are its own
   */
  public Dispatcher(
      Deployment deployment,
      Limits.Upstream limits,
      RandomGenerator random,
      @Nullable LeaseWatch watch,
      long nowNanos) {
    this.deployment = deployment;
    this.watch = watch;
    this.pool = new SlotPool(this, deployment, limits, hedging, watch != null, random, nowNanos);
  }

  /** Returns the deployment it serves now. */
  public Deployment deployment() {
    return deployment;
  }

  /**
   * Takes a free slot, or a place in the queue until {@code deadlineNanos}, or says why not.
   *
   * <p>A free slot is given however near the deadline, unless it has passed. Where there is none,
   * who has a deadline before the deployment's longest wait ends is refused at once if, as fast as
   * slots have been coming free lately, its turn would not come in time.
   *
   * @param deadlineNanos when the caller has no use for an answer any more; far off if never
   */
  public DispatchResult acquire(Waiter waiter, long deadlineNanos, long nowNanos) {
    return acquire(waiter, deadlineNanos, nowNanos, null, false);
  }

  /**
   * The same, and notes how the replicas stood before the decision.
   *
   * @param seen where to note it; null for nowhere
   * @param always whether to note it of every decision, or of refusals only
   */
  public DispatchResult acquire(
      Waiter waiter, long deadlineNanos, long nowNanos, @Nullable Candidates seen, boolean always) {
    advance(nowNanos);
    DispatchResult result;
    synchronized (lock) {
      if (seen != null && always) {
        pool.free.describe(seen, null);
      }
      result = pool.acquire(waiter, deadlineNanos, nowNanos);
      if (seen != null && !always && result instanceof Rejected) {
        pool.free.describe(seen, null); // a refusal changes nothing: it is as it was before
      }
    }
    tellWatch();
    return result;
  }

  /**
   * Returns what {@link #acquire} would do now with a deadline that is ahead, without doing it.
   *
   * @param seen where to note how the replicas stand
   */
  public Forecast foresee(long deadlineNanos, long nowNanos, Candidates seen) {
    advance(nowNanos);
    synchronized (lock) {
      pool.free.describe(seen, null);
      return pool.foresee(deadlineNanos, nowNanos);
    }
  }

  /** Takes a slot if one is free now; else null. For work that nobody waits for. */
  public @Nullable Permit acquireFree(long nowNanos) {
    advance(nowNanos);
    synchronized (lock) {
      return pool.acquireFree(nowNanos);
    }
  }

  /**
   * Takes a slot for a second attempt, on a replica other than {@code avoid} where there is one and
   * never from the queue, if the retry budget allows; else null.
   *
   * <p>If others are in service but busy the answer is null. If {@code avoid} is the only one in
   * service, the second attempt may go to it: for a deployment of one replica that is the
   * difference between a connection closed while idle and a 502.
   */
  public @Nullable Permit acquireRetry(Replica avoid, long nowNanos) {
    advance(nowNanos);
    synchronized (lock) {
      return pool.acquireRetry(avoid, nowNanos);
    }
  }

  /**
   * Takes a slot for a second attempt beside one at {@code busy} that is slow, if another replica
   * has one free and the budget of hedges allows; else null. Never from the queue.
   */
  public @Nullable Permit acquireHedge(Replica busy, long nowNanos) {
    advance(nowNanos);
    synchronized (lock) {
      return pool.acquireHedge(busy, nowNanos);
    }
  }

  /**
   * Returns how long after a slot was taken the response should have begun, as it did for 95 of a
   * hundred recent requests; 0 while too few are known.
   */
  public long hedgeDelayNanos() {
    return hedging.delayNanos();
  }

  /** Notes how long after a slot was taken a response began; for {@link #hedgeDelayNanos}. */
  public void responded(long nanos) {
    synchronized (lock) {
      hedging.responded(nanos);
    }
  }

  /** Counts what became of a hedge. */
  public void hedgeEnded(HedgeResult result) {
    synchronized (lock) {
      hedging.ended(result);
    }
  }

  /** Returns how many hedges ended, and how. */
  public HedgeCounts hedges() {
    synchronized (lock) {
      return hedging.counts();
    }
  }

  /** Returns what went through so far. */
  public Throughput throughput() {
    synchronized (lock) {
      return pool.throughput();
    }
  }

  /**
   * Gives {@code prober} a slot of each replica whose probe is due: now, or as soon as one comes
   * free, before anybody who waits. Each is released like any other, and what the probe has found
   * is told to {@link Permit#probed}. Does nothing where the deployment has no health path.
   *
   * @param prober called from any thread; it takes the place of the one before
   */
  public void probeDue(Waiter prober, long nowNanos) {
    Ticket granted;
    synchronized (lock) {
      granted = pool.probeDue(prober, nowNanos);
    }
    tell(granted);
  }

  void probed(Permit permit, boolean success, long nowNanos) {
    Ticket granted;
    synchronized (lock) {
      granted = pool.probed(permit, success, nowNanos);
    }
    tell(granted);
  }

  boolean tryTakeRetry(long nowNanos) {
    synchronized (lock) {
      return pool.retries.tryTake(nowNanos);
    }
  }

  void release(Permit permit, Outcome outcome, long nowNanos) {
    Ticket granted;
    synchronized (lock) {
      if (permit.takenBack) {
        return; // that was wrong or too early; it is counted already
      }
      if (permit.released) {
        doubleReleases++;
        throw new IllegalStateException(
            "permit of " + permit.replica() + " was released before (expected: exactly once)");
      }
      permit.released = true;
      granted = pool.release(permit, outcome, nowNanos);
    }
    tell(granted);
  }

  void missed(Permit permit, long nowNanos) {
    Ticket granted;
    synchronized (lock) {
      if (permit.released || permit.takenBack || ++permit.missed < 2) {
        return;
      }
      permit.takenBack = true;
      leaks++;
      granted = pool.release(permit, Outcome.CANCELLED, nowNanos);
    }
    tell(granted);
  }

  /** Returns the permits that have been out longest, so many at the most. */
  public List<Permit> oldestPermits(int most) {
    synchronized (lock) {
      return pool.out.first(most);
    }
  }

  /**
   * Returns the permits whose time is up: their lease ended so long ago that another router may be
   * granted the same slots.
   */
  public List<Permit> overduePermits(long nowNanos) {
    advance(nowNanos);
    synchronized (lock) {
      return pool.overdue(nowNanos);
    }
  }

  boolean cancel(Ticket ticket, long nowNanos) {
    boolean cancelled;
    synchronized (lock) {
      cancelled = pool.cancel(ticket, nowNanos);
    }
    advance(nowNanos); // not before, or it might grant what is not wanted any more
    return cancelled;
  }

  /**
   * Replaces settings and replicas; permits that are out stay valid.
   *
   * <p>More slots go to waiters at once. With fewer, and on replicas that are gone, nothing is
   * granted until enough was released. A shorter queue turns away newcomers, not those in it.
   */
  public void update(Deployment newDeployment, long nowNanos) {
    Ticket granted;
    synchronized (lock) {
      deployment = newDeployment;
      granted = pool.update(newDeployment, nowNanos);
    }
    tell(granted);
  }

  /**
   * Uses what is leased, instead of what was before, until {@code untilNanos}; from then on the
   * share. Requests on slots that are not leased any more go on, and their slots are not used
   * again.
   */
  public void lease(Lease lease, long untilNanos, long nowNanos) {
    Ticket granted;
    synchronized (lock) {
      granted = pool.lease(lease, untilNanos, nowNanos);
    }
    tell(granted);
  }

  /** Gives up free slots that are wanted elsewhere, and says what is held then. */
  public LeaseReport leaseReport(long nowNanos) {
    advance(nowNanos);
    synchronized (lock) {
      return pool.report(nowNanos);
    }
  }

  /**
   * Does what is due by {@code nowNanos}: ends a lease that was not renewed, and lets replicas
   * return whose ejection is over, and waiters use them. To be called from time to time where there
   * is no traffic.
   */
  public void advance(long nowNanos) {
    if (!pool.isDue(nowNanos)) {
      return;
    }
    Ticket granted;
    synchronized (lock) {
      granted = pool.advance(nowNanos);
    }
    tell(granted);
  }

  /** Returns when something is due by time alone; it may turn out that nothing was to be done. */
  long dueNanos() {
    return pool.dueNanos();
  }

  /** Returns the numbers behind a decision made now. */
  public Load load(long nowNanos) {
    return load(nowNanos, null, null);
  }

  /**
   * The same, and notes how the replicas stand.
   *
   * @param seen where to note it; null for nowhere
   * @param tried the replica that was asked already; null for none
   */
  public Load load(long nowNanos, @Nullable Candidates seen, @Nullable Replica tried) {
    advance(nowNanos);
    synchronized (lock) {
      if (seen != null) {
        pool.free.describe(seen, tried);
      }
      return pool.load(nowNanos);
    }
  }

  /** Returns how many releases of an already released permit were seen; must stay 0. */
  public long doubleReleases() {
    return doubleReleases;
  }

  /** Returns how many permits were taken back because nobody held them; must stay 0. */
  public long leaks() {
    return leaks;
  }

  // ---- after the lock is left

  /** Tells the waiters of a chain, all of them even if one throws, which is a bug of that one. */
  private void tell(@Nullable Ticket granted) {
    RuntimeException bug = null;
    for (Ticket ticket = granted; ticket != null; ) {
      Ticket next = ticket.unlink();
      Permit permit = ticket.permit;
      try {
        if (permit != null) {
          ticket.waiter.granted(permit);
        } else {
          ticket.waiter.turnedAway(ticket);
        }
      } catch (RuntimeException e) {
        bug = e;
      }
      ticket = next;
    }
    tellWatch();
    if (bug != null) {
      throw bug;
    }
  }

  private void tellWatch() {
    if (watch == null || !pool.leases.isUrgent()) {
      return;
    }
    boolean urgent;
    synchronized (lock) {
      urgent = pool.leases.takeUrgent();
    }
    if (urgent) {
      watch.urgent();
    }
  }
}
