package io.fairlead.router.fleet;

import io.fairlead.router.model.Replica;

/** What a coordinator knows of one replica of a deployment. Plain fields of its ledger. */
final class Row {
  final Replica replica;

  /** Whether it is a replica of the deployment now; else what is held of it only comes back. */
  boolean inService;

  /** Slots that somebody may hold who was not heard in this epoch. */
  int doubt;

  /** What all routers may hold together. */
  int granted;

  Row(Replica replica) {
    this.replica = replica;
  }

  /** Returns the most that may be held of it. */
  int held() {
    return granted + doubt;
  }

  /**
   * Returns how many slots can be used.
   *
   * @param leftover what another deployment has not given back yet of the same replica
   */
  int usable(int limit, int leftover) {
    return inService ? Math.max(0, limit - doubt - leftover) : 0;
  }
}
