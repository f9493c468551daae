package io.fairlead.router.election;

import java.time.Duration;

/**
 * How long a lease lasts and how often it is renewed. A holder counts from before it wrote and ends
 * at {@code renewDeadline}, others count from after they saw it and begin at {@code duration}: what
 * lies between is for clocks that run at different speeds.
 *
 * @param duration how long others wait after the holder's last sign of life
 * @param renewDeadline how long a holder leads after its last renewal
 * @param retryPeriod the longest between two looks, and between two renewals
 * @param requestTimeout how long one read or write may take
 */
public record LeaseTimes(
    Duration duration, Duration renewDeadline, Duration retryPeriod, Duration requestTimeout) {
  /** The shortest lease that ordinary pauses of a process do not cost. */
  public static final Duration MIN = Duration.ofSeconds(1);

  /** The longest lease that anybody believes in, whatever a record says. */
  public static final Duration MAX = Duration.ofMinutes(1);

  /** Checks that each leaves room for the next. */
  public LeaseTimes {
    if (duration.compareTo(MIN) < 0 || duration.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          "duration: " + duration + " (expected: " + MIN + " to " + MAX + ")");
    }
    // two clocks may then differ in speed by a ninth
    Duration latest = duration.multipliedBy(8).dividedBy(10);
    if (renewDeadline.compareTo(latest) > 0) {
      throw new IllegalArgumentException(
          "renewDeadline: " + renewDeadline + " (expected: at most " + latest + ")");
    }
    if (!retryPeriod.isPositive() || !requestTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "retryPeriod, requestTimeout: "
              + retryPeriod
              + ", "
              + requestTimeout
              + " (expected: positive)");
    }
    Duration once = retryPeriod.plus(requestTimeout);
    if (once.compareTo(renewDeadline) >= 0) {
      throw new IllegalArgumentException(
          "retryPeriod + requestTimeout: "
              + once
              + " (expected: less than renewDeadline "
              + renewDeadline
              + ")");
    }
  }

  /** Returns times in proportion: 2 s are renewed every 0.4 s, and end for the holder at 1.5 s. */
  public static LeaseTimes of(Duration duration) {
    return new LeaseTimes(
        duration,
        duration.multipliedBy(3).dividedBy(4),
        duration.dividedBy(5),
        duration.dividedBy(4));
  }
}
