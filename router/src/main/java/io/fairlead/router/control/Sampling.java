package io.fairlead.router.control;

/**
 * Which of the requests that succeed are looked at one by one; those that fail always are.
 *
 * @param decisionsPerSecond decision records that each event loop keeps of them
 */
public record Sampling(int decisionsPerSecond) {
  /** The defaults. */
  public static final Sampling DEFAULT = new Sampling(10);

  /** None. */
  public static final Sampling NONE = new Sampling(0);

  public Sampling {
    if (decisionsPerSecond < 0 || decisionsPerSecond > 1_000_000) {
      throw new IllegalArgumentException(
          "decisionsPerSecond: " + decisionsPerSecond + " (expected: 0 to 1000000)");
    }
  }
}
