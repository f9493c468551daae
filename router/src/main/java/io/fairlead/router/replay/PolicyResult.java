package io.fairlead.router.replay;

import java.util.List;

/**
 * What became of a trace under one policy.
 *
 * @param podSeconds the time that all replicas existed, together
 * @param most replicas that were ordered at once
 * @param waitedLonger requests that were served and had waited longer than the patience
 * @param refused requests that found no place to wait, or waited in vain
 * @param waitMillis what 99 of a hundred requests waited at most
 * @param course how it stood at each second
 */
public record PolicyResult(
    Policy policy,
    long podSeconds,
    int most,
    long served,
    long waitedLonger,
    long refused,
    int waitMillis,
    int ups,
    int downs,
    List<Moment> course) {
  /** How it stood at one second. */
  public record Moment(int second, int ordered, int ready, int inFlight, int queued) {}

  public PolicyResult {
    course = List.copyOf(course);
  }
}
