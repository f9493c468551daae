package io.fairlead.router.fleet;

import java.time.Duration;

/**
 * The paces of routers that share their slots.
 *
 * @param timeToLive of a lease; longer than it takes until there is another coordinator
 * @param heartbeat from one to the next where nothing is urgent
 * @param urgentGap from one to the next where everything is, taken over a few of them
 * @param belief longest time that a router may go on to believe that it is the coordinator, after
 *     the last time that it was
 */
public record FleetSettings(
    Duration timeToLive, Duration heartbeat, Duration urgentGap, Duration belief) {
  /** A router may be so late to cut off what goes on for longer than its requests may. */
  private static final long LATE_CUT_NANOS = 2_000_000_000L;

  /** The defaults. */
  public static final FleetSettings DEFAULT =
      new FleetSettings(
          Duration.ofSeconds(5),
          Duration.ofMillis(200),
          Duration.ofNanos(1_250_000),
          Duration.ofSeconds(2));

  public FleetSettings {
    Protocol.range("timeToLive", timeToLive.toMillis(), 1, 60_000);
    Protocol.range("heartbeat", heartbeat.toMillis(), 1, timeToLive.toMillis());
    Protocol.range("urgentGap", urgentGap.toNanos(), 0, heartbeat.toNanos());
    Protocol.range("belief", belief.toMillis(), 0, 60_000);
  }

  /**
   * Returns how long after a router was heard nothing can go on any more on its leases.
   *
   * @param afterlifeNanos how long a request may go on that was begun on the last of them
   */
  long leaseEndsAfterNanos(long afterlifeNanos) {
    return withMargin(timeToLive.toNanos() + afterlifeNanos + LATE_CUT_NANOS);
  }

  /** Returns the same, from when another coordinator began, for leases of the one before it. */
  long leasesBeforeEndAfterNanos(long afterlifeNanos) {
    return leaseEndsAfterNanos(afterlifeNanos) + withMargin(belief.toNanos());
  }

  /** Returns {@code nanos} as it may seem long to somebody whose clock is a sixteenth slower. */
  static long withMargin(long nanos) {
    return nanos + nanos / 16;
  }
}
