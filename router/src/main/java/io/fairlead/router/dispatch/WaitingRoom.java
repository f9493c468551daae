package io.fairlead.router.dispatch;

import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * The queue of one deployment, with the rules of who may join it and how long it takes. Where there
 * is no replica, it is for the first.
 */
final class WaitingRoom {
  /** How many of those ahead are counted for a caller in a hurry, under the lock. */
  private static final int MOST_COUNTED = 256;

  private final Replicas replicas;
  private final WaitQueue queue = new WaitQueue();
  private final DrainRate drainRate = new DrainRate();
  private final ColdStart coldStart = new ColdStart();
  private RequestSettings settings = RequestSettings.DEFAULT;

  /** Longest wait for the first replica; 0 if nobody waits for that. */
  private long holdNanos;

  /** Whether all slots are taken. */
  private boolean saturated;

  WaitingRoom(Replicas replicas) {
    this.replicas = replicas;
  }

  /**
   * Takes on new settings, for those who come from now on.
   *
   * @param newHoldNanos the longest wait for the first replica; 0 if nobody waits for that
   */
  void settings(RequestSettings newSettings, long newHoldNanos) {
    settings = newSettings;
    holdNanos = newHoldNanos;
  }

  /** There are replicas, since then. */
  void started(long nowNanos) {
    coldStart.ended(nowNanos);
  }

  long requestTimeoutNanos() {
    return settings.requestTimeout().toNanos();
  }

  private boolean isForTheFirst() {
    return replicas.members() == 0;
  }

  private long longestNanos() {
    return isForTheFirst() ? holdNanos : settings.maxQueueWait().toNanos();
  }

  /** Returns how many may wait for {@code slots}. */
  int limit(int slots) {
    if (isForTheFirst() && holdNanos == 0) {
      return 0;
    }
    return settings.maxQueueLength() >= 0 ? settings.maxQueueLength() : slots;
  }

  /** Notes that somebody has found no free slot. */
  void asked(long nowNanos) {
    if (isForTheFirst()) {
      coldStart.asked(nowNanos);
    }
  }

  /** Returns why a newcomer may not wait with {@code most} others until its deadline, or null. */
  @Nullable RouterError refusal(long deadlineNanos, int most, long nowNanos) {
    queue.next(nowNanos);
    boolean isFull = longestNanos() == 0 || queue.size() >= most;
    if (isForTheFirst()) {
      return isFull ? RouterError.MODEL_NOT_READY : null;
    }
    if (isHurried(deadlineNanos, nowNanos) && isInfeasible(deadlineNanos, nowNanos)) {
      return RouterError.DEADLINE_INFEASIBLE;
    }
    return isFull ? RouterError.TOO_MANY_PENDING_REQUESTS : null;
  }

  private boolean isHurried(long deadlineNanos, long nowNanos) {
    return deadlineNanos - nowNanos < longestNanos();
  }

  /** Returns whether its turn would come too late, even if nobody overtakes it. */
  private boolean isInfeasible(long deadlineNanos, long nowNanos) {
    if (!drainRate.isKnown()) {
      return false;
    }
    int ahead = queue.dueBefore(deadlineNanos, MOST_COUNTED);
    return drainRate.soonestNanos(ahead + 1, nowNanos) > deadlineNanos - nowNanos;
  }

  /**
   * Lets a newcomer wait that there is no {@link #refusal} for.
   *
   * @param arrival how many have come so far
   * @param provisional whether it may stay only if that is said later, see {@link #decide}
   */
  Ticket join(
      Dispatcher dispatcher,
      Waiter waiter,
      long arrival,
      boolean provisional,
      long deadlineNanos,
      long nowNanos) {
    boolean hurried = isHurried(deadlineNanos, nowNanos);
    long patienceNanos = nowNanos + longestNanos();
    long until = hurried ? deadlineNanos : patienceNanos;
    Ticket ticket = new Ticket(dispatcher, waiter, until, nowNanos, hurried);
    ticket.patienceNanos = patienceNanos;
    ticket.arrival = arrival;
    ticket.provisional = provisional;
    queue.add(ticket);
    ticket.position = queue.size();
    return ticket;
  }

  /** Returns whose turn is next, or null. */
  @Nullable Ticket next(long nowNanos) {
    return queue.next(nowNanos);
  }

  /** Gives {@code ticket}, which is {@link #next}, its turn. */
  void call(Ticket ticket) {
    queue.take(ticket);
    ticket.state = Ticket.State.GRANTED;
  }

  /** Lets {@code ticket} leave, if it still waits. */
  void leave(Ticket ticket) {
    if (ticket.state == Ticket.State.WAITING) {
      queue.remove(ticket);
      ticket.state = Ticket.State.GONE;
    }
  }

  /** See {@link WaitQueue#decide}. */
  void decide(int bound, int most, long arrivals, Line<Ticket> turnedAway) {
    queue.decide(bound, most, arrivals, turnedAway);
  }

  /** Returns how many wait for good. */
  int staying() {
    return queue.staying();
  }

  int size() {
    return queue.size();
  }

  /** Returns how long the first of those who wait has waited; 0 if nobody does. */
  long oldestNanos(long nowNanos) {
    return queue.next(nowNanos) == null ? 0 : queue.oldestNanos(nowNanos);
  }

  /** Notes whether all slots are taken. */
  void saturated(boolean isSaturated, long nowNanos) {
    if (isSaturated && !saturated) {
      drainRate.saturated(nowNanos);
    }
    saturated = isSaturated;
  }

  /** A slot comes free, which counts if all were taken. */
  void released(long nowNanos) {
    if (saturated) {
      drainRate.released(nowNanos);
    }
  }

  /** Returns how long one more caller would have to wait; 0 if unknown. */
  long estimateNanos(long nowNanos) {
    return isForTheFirst()
        ? coldStart.estimateNanos(nowNanos)
        : drainRate.estimateNanos(queue.size() + 1, nowNanos);
  }
}
