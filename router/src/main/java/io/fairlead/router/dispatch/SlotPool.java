package io.fairlead.router.dispatch;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RouterError;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state of one deployment behind its {@link Dispatcher}'s lock: what a call does to replicas,
 * free slots, waiters and permits together.
 *
 * <p>One rule holds after each call: there is no free slot while somebody waits whose deadline is
 * ahead. So a newcomer that finds a free slot overtakes nobody.
 *
 * <p>Calls that may grant slots to others return the tickets of those as a chain, or null, and with
 * them those that are turned away, which have no permit; they do what is due by time first. The
 * others rely on {@link #advance}.
 */
final class SlotPool {
  /** More are not counted: a queue as long as that is bounded by memory. */
  private static final int MOST_SLOTS = 1_000_000;

  private final Dispatcher dispatcher;
  private final Replicas replicas = new Replicas();
  private final Ejection ejection;
  final Leases leases;
  final FreeSlots free;
  private final Probing probing;
  private final WaitingRoom waiting = new WaitingRoom(replicas);
  final RetryBudget retries;
  private final Hedging hedging;

  /** The permits that are out, the oldest first. */
  final Line<Permit> out = new Line<>();

  /** Who is to be told of a slot, or that there is none. */
  private final Line<Ticket> toTell = new Line<>();

  private long arrivals;
  private long finished;
  private long busyNanos;
  private volatile long dueNanos;

  SlotPool(
      Dispatcher dispatcher,
      Deployment deployment,
      Limits.Upstream limits,
      Hedging hedging,
      boolean shared,
      RandomGenerator random,
      long nowNanos) {
    long slowStartNanos = limits.slowStart().toNanos();
    int limit = deployment.requestSettings().maxConcurrentRequestsPerInstance();
    this.dispatcher = dispatcher;
    this.hedging = hedging;
    this.ejection = new Ejection(limits, replicas, random);
    this.leases = new Leases(shared, replicas, ejection);
    this.free = new FreeSlots(replicas, ejection, limit, random, slowStartNanos);
    this.probing = new Probing(limits, replicas, random);
    this.retries = new RetryBudget(limits.retryPercent(), limits.retryPerSecond(), nowNanos);
    // these replicas were there before the router: no slow start
    replace(deployment, nowNanos - slowStartNanos, nowNanos);
    settle(nowNanos);
  }

  // ---- requests

  DispatchResult acquire(Waiter waiter, long deadlineNanos, long nowNanos) {
    if (deadlineNanos - nowNanos <= 0) {
      return new Rejected(RouterError.DEADLINE_INFEASIBLE, load(nowNanos));
    }
    arrivals++;
    retries.request(nowNanos);
    hedging.request();
    Permit permit = acquireFree(nowNanos);
    return permit != null ? permit : enqueue(waiter, deadlineNanos, nowNanos);
  }

  private DispatchResult enqueue(Waiter waiter, long deadlineNanos, long nowNanos) {
    waiting.asked(nowNanos);
    RouterError refusal = waiting.refusal(deadlineNanos, queueLimit(nowNanos), nowNanos);
    if (refusal != null) {
      return new Rejected(refusal, load(nowNanos));
    }
    boolean provisional = leases.isProvisional(waiting.size() + 1);
    Ticket ticket =
        waiting.join(dispatcher, waiter, arrivals, provisional, deadlineNanos, nowNanos);
    leases.queued(waiting.size(), free.inFlight(), nowNanos);
    if (provisional) {
      leases.hurry(nowNanos); // it is to be decided on
    }
    return ticket;
  }

  Forecast foresee(long deadlineNanos, long nowNanos) {
    RouterError refusal =
        free.isEmpty() ? waiting.refusal(deadlineNanos, queueLimit(nowNanos), nowNanos) : null;
    return new Forecast(load(nowNanos), !free.isEmpty(), refusal);
  }

  @Nullable Permit acquireFree(long nowNanos) {
    ReplicaSlots slots = free.pick(null, nowNanos);
    return slots == null ? null : grant(slots, false, nowNanos);
  }

  @Nullable Permit acquireRetry(Replica avoid, long nowNanos) {
    // the only replica in service may be asked again: it is what there is
    ReplicaSlots slots = free.pick(ready() > 1 ? replicas.get(avoid) : null, nowNanos);
    return slots != null && retries.tryTake(nowNanos) ? grant(slots, false, nowNanos) : null;
  }

  @Nullable Permit acquireHedge(Replica avoid, long nowNanos) {
    ReplicaSlots slots = free.pick(replicas.get(avoid), nowNanos);
    return slots != null && hedging.tryTake() ? grant(slots, false, nowNanos) : null;
  }

  private Permit grant(ReplicaSlots slots, boolean probe, long nowNanos) {
    count(slots, 1, nowNanos);
    Permit permit = new Permit(dispatcher, slots, probe, nowNanos);
    out.add(permit);
    return permit;
  }

  private void count(ReplicaSlots slots, int change, long nowNanos) {
    free.count(slots, change);
    waiting.saturated(free.isEmpty(), nowNanos);
  }

  boolean cancel(Ticket ticket, long nowNanos) {
    waiting.leave(ticket);
    leases.queued(waiting.size(), free.inFlight(), nowNanos);
    return ticket.state == Ticket.State.GONE;
  }

  @Nullable Ticket release(Permit permit, Outcome outcome, long nowNanos) {
    doDue(nowNanos);
    ReplicaSlots slots = permit.slots;
    out.remove(permit);
    boolean ejectionChanged = false;
    if (permit.probe) {
      probing.ended(permit, nowNanos);
    } else {
      ejectionChanged = finished(permit, outcome, nowNanos);
    }
    leases.giveUpFreed(slots, waiting.size() > 0, nowNanos);
    count(slots, -1, nowNanos);
    replicas.forgetIfDrained(slots);
    offerProbe(slots, nowNanos);
    if (ejectionChanged) {
      settle(nowNanos);
    }
    grantWaiters(nowNanos);
    return toTell.takeAll();
  }

  /** Learns from a request; returns whether other replicas may be ejected now. */
  private boolean finished(Permit permit, Outcome outcome, long nowNanos) {
    long tookNanos = nowNanos - permit.grantedNanos();
    finished++;
    busyNanos += tookNanos;
    if (permit.slots.removed) {
      return false;
    }
    waiting.released(nowNanos);
    if (outcome == Outcome.ANSWERED) {
      free.answered(permit.slots, tookNanos, nowNanos);
    }
    return ejection.observe(permit.slots, outcome, nowNanos);
  }

  private void grantWaiters(long nowNanos) {
    Ticket ticket = free.isEmpty() ? null : waiting.next(nowNanos);
    while (ticket != null) {
      Permit permit = acquireFree(nowNanos);
      if (permit == null) {
        break;
      }
      waiting.call(ticket);
      granted(ticket, permit);
      ticket = free.isEmpty() ? null : waiting.next(nowNanos);
    }
    leases.queued(waiting.size(), free.inFlight(), nowNanos);
  }

  private void granted(Ticket ticket, Permit permit) {
    ticket.permit = permit;
    toTell.add(ticket);
  }

  // ---- probes

  @Nullable Ticket probeDue(Waiter prober, long nowNanos) {
    doDue(nowNanos);
    probing.look(prober, nowNanos);
    replicas.forEach(slots -> offerProbe(slots, nowNanos));
    return toTell.takeAll();
  }

  /** Also an ejected replica has slots for a probe: how else would it return? */
  private void offerProbe(ReplicaSlots slots, long nowNanos) {
    Waiter prober = free.hasRoom(slots) ? probing.next(slots) : null;
    if (prober != null) {
      Permit permit = grant(slots, true, nowNanos);
      probing.started(permit);
      Ticket ticket = new Ticket(dispatcher, prober, nowNanos, nowNanos, false);
      ticket.state = Ticket.State.GRANTED;
      granted(ticket, permit);
    }
  }

  @Nullable Ticket probed(Permit permit, boolean success, long nowNanos) {
    doDue(nowNanos);
    probing.ended(permit, nowNanos);
    ReplicaSlots slots = permit.slots;
    boolean counts = !slots.removed && probing.isOn();
    if (counts && ejection.probed(slots, probing.isWell(slots, success))) {
      settle(nowNanos);
      grantWaiters(nowNanos);
    }
    return toTell.takeAll();
  }

  // ---- what changes for many replicas

  /** Returns whether {@link #advance} has something to do. Needs no lock. */
  boolean isDue(long nowNanos) {
    return dueNanos - nowNanos <= 0;
  }

  long dueNanos() {
    return dueNanos;
  }

  @Nullable Ticket advance(long nowNanos) {
    doDue(nowNanos);
    return toTell.takeAll();
  }

  /** Ends a lease whose time is over, and lets replicas return whose ejection is. */
  private void doDue(long nowNanos) {
    if (isDue(nowNanos)) {
      leases.lapse(nowNanos);
      ejection.advance(nowNanos);
      settle(nowNanos);
      grantWaiters(nowNanos);
    }
  }

  /** Finds out anew who can take a request, and when that changes by time. */
  private void settle(long nowNanos) {
    free.place();
    waiting.saturated(free.isEmpty(), nowNanos);
    dueNanos = nowNanos + Math.min(leases.leftNanos(nowNanos), ejection.leftNanos(nowNanos));
  }

  @Nullable Ticket update(Deployment deployment, long nowNanos) {
    doDue(nowNanos);
    replace(deployment, nowNanos, nowNanos);
    settle(nowNanos);
    grantWaiters(nowNanos);
    return toTell.takeAll();
  }

  private void replace(Deployment deployment, long sinceNanos, long nowNanos) {
    waiting.settings(
        deployment.requestSettings(),
        deployment.holdsFirstRequest()
            ? deployment.scaleSettings().options().coldStartWait().toNanos()
            : 0);
    for (ReplicaSlots slots : replicas.retireAllBut(deployment.replicas())) {
      leases.forget(slots);
      probing.forget(slots);
      ejection.forget(slots);
      free.count(slots, 0);
    }
    for (ReplicaSlots slots : replicas.admit(deployment.replicas(), sinceNanos)) {
      probing.begin(slots, nowNanos);
    }
    if (replicas.members() > 0) {
      waiting.started(sinceNanos);
    }
    probing.use(deployment.scoring().healthPath() != null, nowNanos);
    if (!probing.isOn()) {
      replicas.forEach(slots -> ejection.probed(slots, true));
    }
    free.limit(deployment.requestSettings().maxConcurrentRequestsPerInstance());
    leases.limit(free.limit());
  }

  // ---- slots that are shared

  @Nullable Ticket lease(Lease lease, long untilNanos, long nowNanos) {
    doDue(nowNanos);
    leases.begin(lease, free.limit(), waiting.size() > 0, untilNanos, nowNanos);
    leases.lapse(nowNanos); // it may have come too late
    replicas.forEach(slots -> offerProbe(slots, nowNanos));
    giveUpFree(true, nowNanos);
    grantWaiters(nowNanos);
    decide(lease, nowNanos);
    giveUpFree(false, nowNanos);
    return toTell.takeAll();
  }

  /** Turns those away for whom there is no room in the queues of all routers. */
  private void decide(Lease lease, long nowNanos) {
    if (replicas.members() > 0) { // else they wait for the first
      int before = waiting.size();
      waiting.decide(lease.queueBound(), lease.queueMost(), lease.arrivals(), toTell);
      leases.turnedAway(before - waiting.size());
      leases.queued(waiting.size(), free.inFlight(), nowNanos);
    }
  }

  private void giveUpFree(boolean somebodyWaits, long nowNanos) {
    leases.giveUpFree(somebodyWaits, nowNanos);
    settle(nowNanos);
  }

  LeaseReport report(long nowNanos) {
    long oldest = waiting.oldestNanos(nowNanos);
    giveUpFree(waiting.size() > 0, nowNanos);
    leases.reported(waiting.size(), free.inFlight());
    return new LeaseReport(
        leases.held(), free.inFlight(), waiting.size(), waiting.staying(), oldest, arrivals);
  }

  /** Returns the permits whose slots others may be granted from now on. */
  List<Permit> overdue(long nowNanos) {
    long afterlife = 2 * waiting.requestTimeoutNanos();
    return free.limit() == 0 ? List.of() : leases.overdue(out, afterlife, nowNanos);
  }

  // ---- what is said of it

  private int ready() {
    return replicas.members() - ejection.ejected();
  }

  private int queueLimit(long nowNanos) {
    if (replicas.members() == 0) {
      return waiting.limit(free.limit());
    }
    int inService = (int) Math.min((long) free.limit() * ready(), MOST_SLOTS);
    return leases.queueLimit(waiting.limit(inService), inService, nowNanos);
  }

  Throughput throughput() {
    return new Throughput(arrivals, finished, Math.max(0, busyNanos));
  }

  Load load(long nowNanos) {
    return new Load(
        free.limit(),
        free.inFlight(),
        waiting.size(),
        queueLimit(nowNanos),
        ready(),
        ejection.ejected(),
        replicas.draining(),
        waiting.estimateNanos(nowNanos));
  }
}
