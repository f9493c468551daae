package io.fairlead.router.rate;

import org.jspecify.annotations.Nullable;

/**
 * The tokens of one caller, counted in billionths: what a second brings in tokens, a nanosecond
 * brings in billionths of one, so that no rate is ever rounded.
 *
 * <p>It also is its own link in the chains of a {@link BucketTable}.
 */
final class Bucket {
  /** One token, in billionths. */
  static final long TOKEN = 1_000_000_000L;

  long caller;
  @Nullable Bucket next; // of those with the same place in the table
  @Nullable Bucket older;
  @Nullable Bucket newer;

  private long level;
  private long filledNanos;

  /** Becomes the full bucket of {@code newCaller}. */
  void fill(long newCaller, long capacity, long nowNanos) {
    caller = newCaller;
    level = capacity;
    filledNanos = nowNanos;
  }

  /** Takes a token, as {@link #nanosToToken} says; there is none to take where that is not 0. */
  long take(int rate, long capacity, long fillNanos, long nowNanos) {
    long nanos = nanosToToken(rate, capacity, fillNanos, nowNanos);
    if (nanos == 0) {
      level -= TOKEN;
    }
    return nanos;
  }

  /**
   * Returns how long it takes until there is a token.
   *
   * @param rate tokens that a second brings
   * @param capacity most billionths that it holds
   * @param fillNanos after which an empty bucket is full
   * @return 0 if there is one, else nanoseconds
   */
  long nanosToToken(int rate, long capacity, long fillNanos, long nowNanos) {
    long elapsed = nowNanos - filledNanos;
    if (elapsed > 0) {
      // below fillNanos the product is below capacity + rate: far from overflow
      level = elapsed >= fillNanos ? capacity : Math.min(capacity, level + elapsed * rate);
      filledNanos = nowNanos;
    }
    if (level >= TOKEN) {
      return 0;
    }
    // another loop's reading of the clock may be a little ahead of this one's
    return filledNanos - nowNanos + (TOKEN - level + rate - 1) / rate;
  }
}
