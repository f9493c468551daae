package io.fairlead.router.dispatch;

/** Who renews the leases of a dispatcher. */
public interface LeaseWatch {
  /**
   * Says that the next report should not wait for its time: requests have begun to wait, or a slot
   * was given up. Called by any thread, without a lock held; must return at once and not throw.
   */
  void urgent();
}
