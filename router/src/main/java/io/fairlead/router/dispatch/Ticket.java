package io.fairlead.router.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * A place in the queue of one deployment.
 *
 * <pre>
 * WAITING --slot free, deadline ahead--> GRANTED   the waiter owns a permit
 * WAITING --cancel, or deadline passed--> GONE     no permit comes
 * WAITING --provisional, turned away----> GONE     no permit comes, and the waiter is told
 * </pre>
 *
 * <p>It stands in a line of the queue, and once granted in that of those who are to be told.
 *
 * <p>Nothing tells the waiter that its deadline has passed: whoever owns the ticket has a clock,
 * and calls {@link #cancel} at {@link #deadlineNanos}.
 */
public final class Ticket extends Link<Ticket> implements DispatchResult {
  enum State {
    WAITING,
    GRANTED,
    GONE
  }

  final Waiter waiter;
  final long deadlineNanos;
  final long sinceNanos;

  /** Whether its deadline is the caller's own, sooner than the deployment's longest wait. */
  final boolean hurried;

  private final Dispatcher dispatcher;

  // guarded by the dispatcher's lock
  State state = State.WAITING;
  long number;
  int place;
  int position;
  long patienceNanos;

  /** How many requests had come to its dispatcher, itself included. */
  long arrival;

  /** Whether the coordinator is still to say that it fits into the queues of all routers. */
  boolean provisional;

  /** Set with {@link State#GRANTED}. */
  @Nullable Permit permit;

  Ticket(
      Dispatcher dispatcher, Waiter waiter, long deadlineNanos, long sinceNanos, boolean hurried) {
    this.dispatcher = dispatcher;
    this.waiter = waiter;
    this.deadlineNanos = deadlineNanos;
    this.sinceNanos = sinceNanos;
    this.hurried = hurried;
  }

  /** Returns when the wait ends: the caller's deadline or the deployment's longest wait. */
  public long deadlineNanos() {
    return deadlineNanos;
  }

  /** Returns when the deployment's longest wait ends, whatever the caller's deadline. */
  public long patienceNanos() {
    return patienceNanos;
  }

  /** Returns how many waited when it came, itself included. */
  public int position() {
    return position;
  }

  /**
   * Leaves the queue. May be called again, with the same answer.
   *
   * @return true if the waiter was still waiting or its deadline had dropped it: no permit comes.
   *     False if a permit was granted: {@link Waiter#granted} has been or is being called
   */
  public boolean cancel(long nowNanos) {
    return dispatcher.cancel(this, nowNanos);
  }
}
