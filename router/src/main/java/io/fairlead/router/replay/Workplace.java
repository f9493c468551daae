package io.fairlead.router.replay;

import java.time.Duration;
import java.time.Instant;

/**
 * The world in which a trace is replayed.
 *
 * @param limit slots of one replica
 * @param maxQueueLength requests that may wait; -1 for slots times ready replicas
 * @param podStart how long a replica takes to become ready, on average
 * @param patience who waited longer than that is counted
 * @param start when second 0 is, for schedules
 */
public record Workplace(
    int limit,
    Duration maxQueueWait,
    int maxQueueLength,
    Duration podStart,
    Duration patience,
    Instant start,
    long seed) {
  public Workplace {
    if (limit < 1) {
      throw new IllegalArgumentException(
          "maxConcurrentRequestsPerInstance: " + limit + " (expected: 1 or more)");
    }
  }
}
