package io.fairlead.router.dispatch;

/** Who waits for a slot. */
public interface Waiter {
  /**
   * Hands over a permit that the waiter now owns. Called at most once, by whichever thread released
   * the slot and without any lock held; an implementation hops to its own thread, unless it is
   * there, and must release the permit if it has no use for it any more.
   *
   * <p>That must not be the usual case within this call: a release from within it would tell the
   * next waiter from within it, and so on down the queue and the stack.
   */
  void granted(Permit permit);

  /**
   * Tells that the place in the queue was a provisional one, and is lost: more wait at all routers
   * together than may. Called as {@link #granted} is, and instead of it. Who does nothing notices
   * when the wait would have ended.
   */
  default void turnedAway(Ticket ticket) {}
}
