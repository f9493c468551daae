package io.fairlead.router.fleet;

/** What a coordinator knows of one router's slots on one replica. Plain fields of its ledger. */
final class Claim {
  /** The most that the router may hold. */
  int granted;

  /** What it is told that it may use; less than granted where something is to come back. */
  int allowed;

  /** The most of it that may be the router's share. */
  int shareMost;

  /** What it is told that its share is. */
  int share;

  /** The version of the grants that were the first to say the present numbers, if they rose. */
  long raisedAt;

  /** Whether the router can use more on this replica. */
  boolean usable;
}
