package io.fairlead.router.dispatch;

import java.util.List;

/**
 * What this router may use of a deployment whose slots several routers share.
 *
 * @param replicas of which replica how many slots; of others none
 * @param keep beyond so many slots, each is given up when it comes free, whoever waits
 * @param keepIdle beyond so many, free ones are given up; at most {@code keep}
 * @param queueBound how many requests may wait; negative for as many as without other routers
 */
public record Lease(List<LeasedSlots> replicas, int keep, int keepIdle, int queueBound) {
  public Lease {
    replicas = List.copyOf(replicas);
  }
}
