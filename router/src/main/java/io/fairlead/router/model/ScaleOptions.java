package io.fairlead.router.model;

import java.time.Duration;
import java.util.List;

/**
 * What an autoscaler may do beyond the documented formula.
 *
 * @param countStarting requests that wait call for no replica where one that is starting will take
 *     them
 * @param panic a step of the load, told from arrivals, is answered as a whole: with what the
 *     arrivals need, and without a bound on the step
 * @param coldStartWait longest wait of a request for the first replica, where {@code minInstances}
 *     is 0; up to 300 s
 * @param schedule times with a higher least number of instances; at most 32
 */
public record ScaleOptions(
    boolean countStarting, boolean panic, Duration coldStartWait, List<ScheduledFloor> schedule) {
  /** The most entries of a schedule. */
  public static final int MOST_FLOORS = 32;

  /** The longest wait for the first replica unless it is said. */
  public static final Duration USUAL_COLD_START_WAIT = Duration.ofSeconds(30);

  /** The documented formula alone. */
  public static final ScaleOptions NONE =
      new ScaleOptions(false, false, USUAL_COLD_START_WAIT, List.of());

  public ScaleOptions {
    ScaleSettings.range("coldStartWaitMs", coldStartWait.toMillis(), 0, 300_000);
    schedule = List.copyOf(schedule);
    ScaleSettings.range("schedule: entries", schedule.size(), 0, MOST_FLOORS);
  }
}
