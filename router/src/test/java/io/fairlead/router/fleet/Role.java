package io.fairlead.router.fleet;

/** The lease that elects a coordinator: one object that is read, and written if nobody else did. */
final class Role {
  /** A router's name with its life; empty if the role was given up. */
  String holder = "";

  String router = "";
  long epoch;
  long renewals;

  boolean take(long expectedRenewals, String newHolder, String newRouter) {
    if (renewals != expectedRenewals) {
      return false;
    }
    holder = newHolder;
    router = newRouter;
    epoch++;
    renewals++;
    return true;
  }

  void release(String by) {
    if (holder.equals(by)) {
      holder = "";
      renewals++;
    }
  }
}
