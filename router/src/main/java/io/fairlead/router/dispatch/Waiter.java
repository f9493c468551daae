package io.fairlead.router.dispatch;

/** Who waits for a slot. */
public interface Waiter {
  /**
   * Hands over a permit that the waiter now owns. Called at most once, by whichever thread released
   * the slot and without any lock held; an implementation hops to its own thread and must release
   * the permit if it has no use for it any more.
   *
   * <p>The hop is a task even when the thread is the waiter's own: a release from within this call
   * would tell the next waiter from within it, and so on down the queue and the stack.
   */
  void granted(Permit permit);
}
