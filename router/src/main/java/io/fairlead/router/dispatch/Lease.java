package io.fairlead.router.dispatch;

import java.util.List;

/**
 * What this router may use of a deployment whose slots several routers share.
 *
 * @param replicas of which replica how many slots; of others none
 * @param keep beyond so many slots, each is given up when it comes free, whoever waits
 * @param keepIdle beyond so many, free ones are given up; at most {@code keep}
 * @param queueBound how many requests may wait for good; negative for as many as without other
 *     routers
 * @param queueMost how many may as long as the coordinator says nothing else, once it has heard of
 *     them; who waits beyond it then is turned away. Negative if it does not decide
 * @param arrivals of how many requests in all the coordinator had heard when it said so
 */
public record Lease(
    List<LeasedSlots> replicas,
    int keep,
    int keepIdle,
    int queueBound,
    int queueMost,
    long arrivals) {
  public Lease {
    replicas = List.copyOf(replicas);
  }

  /** The same, where nobody decides. */
  public Lease(List<LeasedSlots> replicas, int keep, int keepIdle, int queueBound) {
    this(replicas, keep, keepIdle, queueBound, -1, -1);
  }
}
