package io.fairlead.router.model;

/**
 * How many requests are let in: a token bucket, in each router on its own.
 *
 * @param requestsPerSecond at which the bucket fills
 * @param burst requests that an idle bucket holds
 * @param per whose bucket it is
 */
public record RateLimit(int requestsPerSecond, int burst, Per per) {
  /** Whose requests share a bucket. */
  public enum Per {
    /** All of the endpoint. */
    ENDPOINT("endpoint"),
    /** Those with one credential. */
    KEY("key");

    private final String text;

    Per(String text) {
      this.text = text;
    }

    /** Returns the spelling used in resources. */
    public String text() {
      return text;
    }
  }

  public RateLimit {
    range("requestsPerSecond", requestsPerSecond);
    range("burst", burst);
  }

  private static void range(String key, int value) {
    if (value < 1 || value > 1_000_000) {
      throw new IllegalArgumentException(
          "rateLimit." + key + ": " + value + " (expected: 1 to 1000000)");
    }
  }
}
