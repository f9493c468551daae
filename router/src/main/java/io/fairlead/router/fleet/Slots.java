package io.fairlead.router.fleet;

import io.fairlead.router.model.Replica;

/**
 * Slots of one replica for one router.
 *
 * <p>A replica is its address, on purpose: requests go to an address. A pod that gets the address
 * of an older one inherits the leases on it with their holders, and so never more requests than its
 * limit; told apart by name, it could get those of both.
 *
 * @param slots how many the router holds, or may use
 * @param share how many of them stay the router's own when it hears of no coordinator any more
 * @param raisedAt of what is granted, the version of the grants that were the first to say so, if
 *     it became more with them; else 0
 */
public record Slots(Replica replica, int slots, int share, long raisedAt) {
  public Slots {
    Protocol.range("slots", slots, 0, Protocol.MOST_SLOTS);
    Protocol.range("share", share, 0, slots);
    Protocol.range("raisedAt", raisedAt, 0, Long.MAX_VALUE);
  }

  /** Slots that are held. */
  public Slots(Replica replica, int slots, int share) {
    this(replica, slots, share, 0);
  }
}
