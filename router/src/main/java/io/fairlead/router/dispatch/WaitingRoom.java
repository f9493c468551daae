package io.fairlead.router.dispatch;

import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/** The queue of one deployment, with the rules of who may join it and how long it takes. */
final class WaitingRoom {
  /** How many of those ahead are counted for a caller in a hurry, under the lock. */
  private static final int MOST_COUNTED = 256;

  private final WaitQueue queue = new WaitQueue();
  private final DrainRate drainRate = new DrainRate();
  private RequestSettings settings;

  /** Longest wait for the first replica; 0 if nobody waits for that. */
  private long holdNanos;

  WaitingRoom(RequestSettings settings) {
    this.settings = settings;
  }

  /** Takes on new settings, for those who come from now on. */
  void settings(RequestSettings newSettings) {
    settings = newSettings;
  }

  /** Lets requests wait so long for the first replica, or with 0 not at all. */
  void hold(long nanos) {
    holdNanos = nanos;
  }

  long requestTimeoutNanos() {
    return settings.requestTimeout().toNanos();
  }

  /** Returns how many may wait where {@code slots} are in service. */
  int limit(int slots) {
    return settings.maxQueueLength() >= 0 ? settings.maxQueueLength() : slots;
  }

  /** Returns why a newcomer may not wait with {@code most} others until its deadline, or null. */
  @Nullable RouterError refusal(long deadlineNanos, int most, long nowNanos) {
    queue.next(nowNanos);
    if (isHurried(deadlineNanos, nowNanos) && isInfeasible(deadlineNanos, nowNanos)) {
      return RouterError.DEADLINE_INFEASIBLE;
    }
    return settings.maxQueueWait().isZero() || queue.size() >= most
        ? RouterError.TOO_MANY_PENDING_REQUESTS
        : null;
  }

  private boolean isHurried(long deadlineNanos, long nowNanos) {
    return deadlineNanos - nowNanos < settings.maxQueueWait().toNanos();
  }

  /** Returns whether a newcomer may wait for the first replica, of {@code slots} slots. */
  boolean holds(int slots, long nowNanos) {
    queue.next(nowNanos);
    return holdNanos > 0 && queue.size() < limit(slots);
  }

  /** Returns whether its turn would come too late, even if nobody overtakes it. */
  private boolean isInfeasible(long deadlineNanos, long nowNanos) {
    if (!drainRate.isKnown()) {
      return false;
    }
    int ahead = queue.dueBefore(deadlineNanos, MOST_COUNTED);
    return drainRate.soonestNanos(ahead + 1, nowNanos) > deadlineNanos - nowNanos;
  }

  /** Lets a newcomer wait that there is no {@link #refusal} for. */
  Ticket join(Dispatcher dispatcher, Waiter waiter, long deadlineNanos, long nowNanos) {
    return join(dispatcher, waiter, deadlineNanos, settings.maxQueueWait().toNanos(), nowNanos);
  }

  /** Lets a newcomer wait for the first replica, if it {@link #holds}. */
  Ticket joinHeld(Dispatcher dispatcher, Waiter waiter, long deadlineNanos, long nowNanos) {
    return join(dispatcher, waiter, deadlineNanos, holdNanos, nowNanos);
  }

  private Ticket join(
      Dispatcher dispatcher, Waiter waiter, long deadlineNanos, long longestNanos, long nowNanos) {
    boolean hurried = deadlineNanos - nowNanos < longestNanos;
    long patience = nowNanos + longestNanos;
    long until = hurried ? deadlineNanos : patience;
    Ticket ticket = new Ticket(dispatcher, waiter, until, nowNanos, hurried);
    ticket.patienceNanos = patience;
    queue.add(ticket);
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

  int size() {
    return queue.size();
  }

  /** Returns how long the first of those who wait has waited; 0 if nobody does. */
  long oldestNanos(long nowNanos) {
    return queue.next(nowNanos) == null ? 0 : queue.oldestNanos(nowNanos);
  }

  /** All slots are taken from now on. */
  void saturated(long nowNanos) {
    drainRate.saturated(nowNanos);
  }

  /** A slot came free after all had been taken. */
  void released(long nowNanos) {
    drainRate.released(nowNanos);
  }

  /** Returns how long one more caller would have to wait; 0 if unknown. */
  long estimateNanos(long nowNanos) {
    return drainRate.estimateNanos(queue.size() + 1, nowNanos);
  }
}
