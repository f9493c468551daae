package io.fairlead.router.dispatch;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RouterError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state of one deployment behind its {@link Dispatcher}'s lock: replicas, free slots, waiters.
 *
 * <p>Two rules hold after each call. A replica is in the picker exactly while it is in service (not
 * removed, not ejected) and has a free slot. And there is no free slot while somebody waits whose
 * deadline is ahead; so a newcomer that finds a free slot overtakes nobody.
 *
 * <p>A removed replica stays in the map until its last permit is released: if it comes back before
 * that (a flapping readiness probe), its busy slots are still busy.
 */
final class SlotPool {
  /** More are not counted: a queue as long as that is bounded by memory. */
  private static final int MOST_SLOTS = 1_000_000;

  private final Dispatcher dispatcher;
  private final RandomGenerator random;
  private final long slowStartNanos;
  private final Map<Replica, ReplicaSlots> replicas = new LinkedHashMap<>();
  private final WaitingRoom waiting;
  private final Ejection ejection;
  private final RetryBudget retries;
  private final Hedging hedging;
  private final ColdStart coldStart = new ColdStart();
  private final Probing probing;
  private final Leases leases;
  private final Line<Permit> out = new Line<>();
  private final Line<Ticket> granted = new Line<>();

  private int limit;
  private Picker picker;
  private int members;
  private int draining;
  private int inFlight;
  private long arrivals;
  private long finished;
  private long busyNanos;

  SlotPool(
      Dispatcher dispatcher,
      Deployment deployment,
      Limits.Upstream limits,
      Hedging hedging,
      boolean shared,
      RandomGenerator random,
      long nowNanos) {
    this.dispatcher = dispatcher;
    this.leases = new Leases(shared);
    this.hedging = hedging;
    this.random = random;
    this.slowStartNanos = limits.slowStart().toNanos();
    this.ejection = new Ejection(limits, random);
    this.probing = new Probing(limits, random);
    this.retries = new RetryBudget(limits.retryPercent(), limits.retryPerSecond(), nowNanos);
    RequestSettings settings = deployment.requestSettings();
    this.waiting = new WaitingRoom(settings);
    this.limit = settings.maxConcurrentRequestsPerInstance();
    this.picker = pickerFor(limit);
    // these replicas were there before the router: no slow start
    replace(deployment, nowNanos - slowStartNanos, nowNanos);
    settle(nowNanos);
  }

  private Picker pickerFor(int newLimit) {
    return newLimit == 0 ? new TwoChoices(random, slowStartNanos) : new LeastLoaded();
  }

  DispatchResult acquire(Waiter waiter, long deadlineNanos, long nowNanos) {
    advance(nowNanos);
    if (deadlineNanos - nowNanos <= 0) {
      return new Rejected(RouterError.DEADLINE_INFEASIBLE, load(nowNanos));
    }
    arrivals++;
    retries.request(nowNanos);
    hedging.request();
    ReplicaSlots slots = picker.pick(null, nowNanos);
    return slots != null ? grant(slots, nowNanos) : enqueue(waiter, deadlineNanos, nowNanos);
  }

  private DispatchResult enqueue(Waiter waiter, long deadlineNanos, long nowNanos) {
    if (members == 0) {
      return hold(waiter, deadlineNanos, nowNanos);
    }
    RouterError refusal = refusal(deadlineNanos, nowNanos);
    if (refusal != null) {
      return new Rejected(refusal, load(nowNanos));
    }
    Ticket ticket = waiting.join(dispatcher, waiter, deadlineNanos, nowNanos);
    ticket.position = waiting.size();
    leases.queued(ticket.position);
    return ticket;
  }

  /** Returns why a newcomer may not wait until {@code deadlineNanos}, or null. */
  private @Nullable RouterError refusal(long deadlineNanos, long nowNanos) {
    if (members == 0) {
      return waiting.holds(limit, nowNanos) ? null : RouterError.MODEL_NOT_READY;
    }
    return waiting.refusal(deadlineNanos, queueLimit(), nowNanos);
  }

  Forecast foresee(long deadlineNanos, long nowNanos) {
    advance(nowNanos);
    RouterError refusal = picker.isEmpty() ? refusal(deadlineNanos, nowNanos) : null;
    return new Forecast(load(nowNanos), !picker.isEmpty(), refusal);
  }

  private DispatchResult hold(Waiter waiter, long deadlineNanos, long nowNanos) {
    coldStart.asked(nowNanos);
    if (!waiting.holds(limit, nowNanos)) {
      return new Rejected(RouterError.MODEL_NOT_READY, load(nowNanos));
    }
    Ticket ticket = waiting.joinHeld(dispatcher, waiter, deadlineNanos, nowNanos);
    ticket.position = waiting.size();
    return ticket;
  }

  @Nullable Permit acquireFree(long nowNanos) {
    advance(nowNanos);
    ReplicaSlots slots = picker.pick(null, nowNanos);
    return slots == null ? null : grant(slots, nowNanos);
  }

  @Nullable Permit acquireRetry(Replica avoid, long nowNanos) {
    advance(nowNanos);
    // the only replica in service may be asked again: it is what there is
    ReplicaSlots avoided = ready() > 1 ? replicas.get(avoid) : null;
    ReplicaSlots slots = picker.pick(avoided, nowNanos);
    return slots != null && retries.tryTake(nowNanos) ? grant(slots, nowNanos) : null;
  }

  @Nullable Permit acquireHedge(Replica avoid, long nowNanos) {
    advance(nowNanos);
    ReplicaSlots slots = picker.pick(replicas.get(avoid), nowNanos);
    return slots != null && hedging.tryTake() ? grant(slots, nowNanos) : null;
  }

  boolean tryTakeRetry(long nowNanos) {
    return retries.tryTake(nowNanos);
  }

  private Permit grant(ReplicaSlots slots, long nowNanos) {
    return grant(slots, false, nowNanos);
  }

  private Permit grant(ReplicaSlots slots, boolean probe, long nowNanos) {
    count(slots, 1);
    if (picker.isEmpty()) {
      waiting.saturated(nowNanos);
    }
    Permit permit = new Permit(dispatcher, slots, probe, nowNanos);
    out.add(permit);
    return permit;
  }

  void probeDue(Waiter prober, long nowNanos) {
    advance(nowNanos);
    probing.prober(prober);
    if (probing.isOn()) {
      for (ReplicaSlots slots : replicas.values()) {
        if (!slots.removed && probing.isWanted(slots, nowNanos)) {
          offerProbe(slots, nowNanos);
        }
      }
    }
  }

  /** Also an ejected replica has slots for a probe: how else would it return? */
  private void offerProbe(ReplicaSlots slots, long nowNanos) {
    Waiter prober = limit == 0 || slots.inFlight < slots.allowance ? probing.next(slots) : null;
    if (prober != null) {
      Permit permit = grant(slots, true, nowNanos);
      probing.started(permit);
      Ticket ticket = new Ticket(dispatcher, prober, Long.MAX_VALUE, nowNanos, false);
      ticket.state = Ticket.State.GRANTED;
      granted(ticket, permit);
    }
  }

  void probed(Permit permit, boolean success, long nowNanos) {
    probing.ended(permit, nowNanos);
    ReplicaSlots slots = permit.slots;
    if (slots.removed || !probing.isOn()) {
      return;
    }
    if (ejection.probed(slots, probing.isWell(slots, success))) {
      settle(nowNanos);
      grantWaiters(nowNanos);
    }
    advance(nowNanos);
  }

  /** Adds to the requests of a replica, and keeps it in the picker while it can take one more. */
  private void count(ReplicaSlots slots, int change) {
    inFlight += change;
    boolean free = hasFreeSlot(slots, slots.inFlight + change);
    if (free && slots.pickable) {
      picker.count(slots, change);
      return;
    }
    if (slots.pickable) {
      picker.remove(slots);
    }
    slots.inFlight += change;
    if (free) {
      picker.add(slots);
    }
  }

  private boolean hasFreeSlot(ReplicaSlots slots) {
    return hasFreeSlot(slots, slots.inFlight);
  }

  private boolean hasFreeSlot(ReplicaSlots slots, int itsInFlight) {
    return !slots.removed
        && !ejection.isEjected(slots)
        && (limit == 0 || itsInFlight < slots.allowance);
  }

  void release(Permit permit, Outcome outcome, long nowNanos) {
    leases.forgetCall(nowNanos);
    ReplicaSlots slots = permit.slots;
    if (permit.probe) {
      probing.ended(permit, nowNanos);
    } else {
      finished++;
      busyNanos += nowNanos - permit.grantedNanos();
    }
    out.remove(permit);
    boolean ejectionChanged = false;
    if (!slots.removed && !permit.probe) {
      if (picker.isEmpty()) {
        waiting.released(nowNanos);
      }
      if (outcome == Outcome.ANSWERED) {
        picker.answered(slots, nowNanos - permit.grantedNanos(), nowNanos);
      }
      ejectionChanged = ejection.observe(slots, outcome, nowNanos);
    }
    if (leases.owes(waiting.size() > 0) && slots.inFlight <= slots.allowance) {
      leases.allow(slots, slots.allowance - 1, slots.share);
      leases.gaveUp();
    }
    count(slots, -1);
    if (slots.probeWanted) {
      offerProbe(slots, nowNanos);
    }
    if (slots.removed && slots.inFlight == 0) {
      replicas.remove(slots.replica);
      draining--;
    }
    if (ejectionChanged) {
      settle(nowNanos);
    }
    advance(nowNanos);
    grantWaiters(nowNanos);
  }

  boolean cancel(Ticket ticket, long nowNanos) {
    waiting.leave(ticket);
    advance(nowNanos);
    return ticket.state == Ticket.State.GONE;
  }

  /**
   * Ends leases whose time is over; lets replicas return whose ejection is, and waiters use them.
   */
  void advance(long nowNanos) {
    leases.forgetCall(nowNanos);
    if (leases.lapses(nowNanos)) {
      leases.end();
      replicas.values().forEach(slots -> leases.allow(slots, slots.share, slots.share));
      settle(nowNanos);
    }
    if (ejection.advance(nowNanos)) {
      settle(nowNanos);
      grantWaiters(nowNanos);
    }
  }

  long nextEventNanos() {
    return ejection.nextNanos();
  }

  /** Puts each replica into the picker, or out of it, after something that concerns many. */
  private void settle(long nowNanos) {
    place();
    if (picker.isEmpty()) {
      waiting.saturated(nowNanos);
    }
  }

  private void place() {
    for (ReplicaSlots slots : replicas.values()) {
      if (slots.pickable != hasFreeSlot(slots)) {
        count(slots, 0);
      }
    }
  }

  private void grantWaiters(long nowNanos) {
    Ticket ticket = waiting.next(nowNanos);
    while (ticket != null && !picker.isEmpty()) {
      ReplicaSlots slots = picker.pick(null, nowNanos);
      if (slots == null) {
        return;
      }
      waiting.call(ticket);
      granted(ticket, grant(slots, nowNanos));
      ticket = waiting.next(nowNanos);
    }
  }

  private void granted(Ticket ticket, Permit permit) {
    ticket.permit = permit;
    granted.add(ticket);
  }

  /** Hands over the tickets granted since the last call, as a chain. */
  @Nullable Ticket takeGranted() {
    return granted.takeAll();
  }

  void update(Deployment deployment, long nowNanos) {
    replace(deployment, nowNanos, nowNanos);
    settle(nowNanos);
    advance(nowNanos);
    grantWaiters(nowNanos);
  }

  private void replace(Deployment deployment, long sinceNanos, long nowNanos) {
    RequestSettings settings = deployment.requestSettings();
    waiting.settings(settings);
    boolean probed = deployment.scoring().healthPath() != null;
    boolean newlyProbed = probed && !probing.isOn();
    members = deployment.replicas().size();
    ejection.members(members);
    probing.use(probed, members);
    retireAllBut(new HashSet<>(deployment.replicas()));
    for (Replica replica : deployment.replicas()) {
      ReplicaSlots slots = replicas.get(replica);
      if (slots == null) {
        slots = new ReplicaSlots(replica, sinceNanos);
        replicas.put(replica, slots);
        probing.begin(slots, nowNanos);
      } else if (newlyProbed || slots.removed) {
        probing.begin(slots, nowNanos);
      }
      if (!probed) {
        ejection.probed(slots, true);
      }
      if (slots.removed) {
        slots.removed = false;
        draining--;
      }
    }
    waiting.hold(
        deployment.holdsFirstRequest()
            ? deployment.scaleSettings().options().coldStartWait().toNanos()
            : 0);
    if (members > 0) {
      coldStart.ended(sinceNanos);
    }
    useLimit(settings.maxConcurrentRequestsPerInstance());
    for (ReplicaSlots slots : replicas.values()) {
      int allowance = leases.isShared() ? Math.min(slots.allowance, limit) : limit;
      leases.allow(slots, slots.removed ? 0 : allowance, slots.share);
    }
  }

  private void retireAllBut(Set<Replica> wanted) {
    for (Iterator<ReplicaSlots> all = replicas.values().iterator(); all.hasNext(); ) {
      ReplicaSlots slots = all.next();
      if (!slots.removed && !wanted.contains(slots.replica)) {
        slots.removed = true;
        leases.allow(slots, 0, 0);
        slots.probeWanted = false;
        ejection.forget(slots);
        count(slots, 0);
        if (slots.inFlight == 0) {
          all.remove();
        } else {
          draining++;
        }
      }
    }
  }

  private void useLimit(int newLimit) {
    if ((newLimit == 0) != (limit == 0)) {
      for (ReplicaSlots slots : replicas.values()) {
        if (slots.pickable) {
          picker.remove(slots);
        }
      }
      picker = pickerFor(newLimit);
    }
    limit = newLimit;
  }

  /** Uses what is leased from now until then, instead of what was before. */
  void lease(Lease lease, long untilNanos, long nowNanos) {
    Map<Replica, LeasedSlots> leased = new HashMap<>();
    lease.replicas().forEach(slots -> leased.put(slots.replica(), slots));
    for (ReplicaSlots slots : replicas.values()) {
      LeasedSlots some = slots.removed ? null : leased.get(slots.replica);
      int allowance = some == null ? 0 : Math.min(some.slots(), limit);
      if (isUselessHere(slots)) {
        allowance = Math.min(allowance, slots.inFlight);
      }
      leases.allow(slots, allowance, some == null ? 0 : some.share());
    }
    leases.begin(lease, untilNanos, nowNanos);
    for (ReplicaSlots slots : replicas.values()) {
      if (slots.probeWanted && !slots.removed) {
        offerProbe(slots, nowNanos);
      }
    }
    giveUp(leases.surplus(true), nowNanos);
    advance(nowNanos);
    grantWaiters(nowNanos);
    giveUp(leases.surplus(false), nowNanos);
  }

  /** Gives up free slots that are wanted elsewhere, and those that cannot be used here. */
  private void giveUp(int wanted, long nowNanos) {
    boolean wasFree = !picker.isEmpty();
    int surplus = wanted;
    for (ReplicaSlots slots : replicas.values()) {
      int idle = Math.max(0, slots.allowance - slots.inFlight);
      int less = isUselessHere(slots) ? idle : Math.min(idle, surplus);
      if (less > 0) {
        leases.allow(slots, slots.allowance - less, slots.share);
        leases.gaveUp();
        surplus -= less;
      }
    }
    place();
    if (wasFree && picker.isEmpty()) {
      waiting.saturated(nowNanos);
    }
  }

  /** An ejected replica gets no requests; only a probe needs a slot of it. */
  private boolean isUselessHere(ReplicaSlots slots) {
    return ejection.isEjected(slots) && !slots.probeWanted;
  }

  LeaseReport report(long nowNanos) {
    advance(nowNanos);
    giveUp(leases.surplus(waiting.size() > 0), nowNanos);
    List<LeasedSlots> held = new ArrayList<>(replicas.size());
    for (ReplicaSlots slots : replicas.values()) {
      int holds = Math.max(slots.allowance, slots.inFlight);
      if (holds > 0 || (!slots.removed && !isUselessHere(slots))) {
        held.add(new LeasedSlots(slots.replica, holds, slots.share));
      }
    }
    long oldest = waiting.oldestNanos(nowNanos);
    leases.reported(waiting.size());
    return new LeaseReport(held, inFlight, waiting.size(), oldest, arrivals);
  }

  /** Returns the permits that have been out longest. */
  List<Permit> oldest(int most) {
    return out.first(most);
  }

  /** Returns the permits whose slots others may be granted from now on. */
  List<Permit> overdue(long nowNanos) {
    advance(nowNanos);
    long afterlife = 2 * waiting.requestTimeoutNanos();
    return limit > 0 && leases.hasEndedSince(afterlife, nowNanos) ? beyondShare() : List.of();
  }

  /** Returns those that are on more slots of their replica than its share, the newest of each. */
  private List<Permit> beyondShare() {
    Map<ReplicaSlots, Integer> counts = new HashMap<>();
    List<Permit> beyond = new ArrayList<>();
    for (Permit permit = out.first(); permit != null; permit = permit.next) {
      if (counts.merge(permit.slots, 1, Integer::sum) > permit.slots.share) {
        beyond.add(permit);
      }
    }
    return beyond;
  }

  boolean takeUrgent() {
    return leases.takeUrgent();
  }

  private int ready() {
    return members - ejection.ejected();
  }

  /** Returns how many slots are in service. */
  private int slots() {
    return (int) Math.min((long) limit * ready(), MOST_SLOTS);
  }

  private int queueLimit() {
    return leases.queueLimit(waiting.limit(slots()));
  }

  /** Notes how each replica stands, {@code tried} as one that was asked already. */
  void describe(Candidates into, @Nullable Replica tried) {
    into.begin(replicas.size());
    for (ReplicaSlots slots : replicas.values()) {
      if (into.isFull()) {
        return;
      }
      Standing standing = standing(slots, tried);
      into.add(slots, standing == Standing.FREE ? freeSlots(slots) : 0, standing);
    }
  }

  private int freeSlots(ReplicaSlots slots) {
    return limit == 0 ? -1 : slots.allowance - slots.inFlight;
  }

  private Standing standing(ReplicaSlots slots, @Nullable Replica tried) {
    if (slots.removed || slots.replica.equals(tried)) {
      return slots.removed ? Standing.REMOVED : Standing.TRIED;
    }
    if (ejection.isEjected(slots)) {
      return Standing.EJECTED;
    }
    return hasFreeSlot(slots) ? Standing.FREE : Standing.BUSY;
  }

  Throughput throughput() {
    return new Throughput(arrivals, finished, Math.max(0, busyNanos));
  }

  Load load(long nowNanos) {
    return new Load(
        limit,
        inFlight,
        waiting.size(),
        queueLimit(),
        ready(),
        ejection.ejected(),
        draining,
        members == 0 ? coldStart.estimateNanos(nowNanos) : waiting.estimateNanos(nowNanos));
  }
}
