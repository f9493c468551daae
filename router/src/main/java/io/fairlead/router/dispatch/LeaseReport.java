package io.fairlead.router.dispatch;

import java.util.List;

/**
 * How one deployment stood when nobody could change it.
 *
 * @param replicas of each replica that can be used, and of each that has requests, what is held:
 *     what may be used, or more while requests beyond that finish
 * @param inUse slots with a request
 * @param queued requests that wait
 * @param staying how many of them wait for good
 * @param oldestWaitNanos how long the first of them has waited; 0 if none does
 * @param arrivals how many requests have come so far
 */
public record LeaseReport(
    List<LeasedSlots> replicas,
    int inUse,
    int queued,
    int staying,
    long oldestWaitNanos,
    long arrivals) {
  public LeaseReport {
    replicas = List.copyOf(replicas);
  }
}
