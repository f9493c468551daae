package io.fairlead.router.control;

import org.jspecify.annotations.Nullable;

/**
 * Which of the requests that succeed are looked at one by one; those that fail always are, but for
 * their spans.
 *
 * @param decisionsPerSecond decision records that each event loop keeps of them
 * @param accessLogShare of them that get a line in the access log, 0 to 1
 * @param traceShare of all requests without a parent that begin a trace, 0 to 1; null if no spans
 *     are made at all. Those with a parent do as that does.
 */
public record Sampling(int decisionsPerSecond, double accessLogShare, @Nullable Double traceShare) {
  /** The defaults. */
  public static final Sampling DEFAULT = new Sampling(10, 0, null);

  /** None. */
  public static final Sampling NONE = new Sampling(0, 0, null);

  private static void share(String key, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: 0 to 1)");
    }
  }

  public Sampling {
    share("accessLogShare", accessLogShare);
    if (traceShare != null) {
      share("traceShare", traceShare);
    }
    if (decisionsPerSecond < 0 || decisionsPerSecond > 1_000_000) {
      throw new IllegalArgumentException(
          "decisionsPerSecond: " + decisionsPerSecond + " (expected: 0 to 1000000)");
    }
  }
}
