package io.fairlead.router.metrics;

/**
 * The upper bounds of a histogram's buckets, in nanoseconds.
 *
 * <p>To find a bucket it does not search: the number of leading zeros of a duration says which
 * powers of two it lies between, and a table says which bucket the lower one is in. At most two
 * bounds lie between them, so that few comparisons are left.
 */
final class Buckets {
  private static final long MICROS = 1_000;
  private static final long MILLIS = 1_000_000;
  private static final long SECONDS = 1_000_000_000;

  /** 100 µs to 120 s, for what a caller or a model takes. */
  static final Buckets DURATION =
      new Buckets(
          100 * MICROS,
          250 * MICROS,
          500 * MICROS,
          1 * MILLIS,
          2_500 * MICROS,
          5 * MILLIS,
          10 * MILLIS,
          25 * MILLIS,
          50 * MILLIS,
          100 * MILLIS,
          250 * MILLIS,
          500 * MILLIS,
          1 * SECONDS,
          2_500 * MILLIS,
          5 * SECONDS,
          10 * SECONDS,
          20 * SECONDS,
          30 * SECONDS,
          60 * SECONDS,
          120 * SECONDS);

  /** 10 µs to 1 s, finer below 1 ms, for what the router itself takes. */
  static final Buckets OVERHEAD =
      new Buckets(
          10 * MICROS,
          20 * MICROS,
          30 * MICROS,
          50 * MICROS,
          75 * MICROS,
          100 * MICROS,
          150 * MICROS,
          200 * MICROS,
          300 * MICROS,
          500 * MICROS,
          750 * MICROS,
          1 * MILLIS,
          1_500 * MICROS,
          3 * MILLIS,
          5 * MILLIS,
          10 * MILLIS,
          15 * MILLIS,
          50 * MILLIS,
          100 * MILLIS,
          1 * SECONDS);

  private final long[] bounds;
  private final byte[] firstByZeros = new byte[Long.SIZE + 1];

  private Buckets(long... bounds) {
    this.bounds = bounds;
    for (int zeros = 1; zeros <= Long.SIZE; zeros++) {
      long smallest = zeros == Long.SIZE ? 0 : Long.MIN_VALUE >>> zeros;
      byte bucket = 0;
      while (bucket < bounds.length && bounds[bucket] < smallest) {
        bucket++;
      }
      firstByZeros[zeros] = bucket;
    }
  }

  /** Returns how many buckets there are, the one without a bound included. */
  int count() {
    return bounds.length + 1;
  }

  /** Returns the bucket whose bound is the smallest that is not below {@code nanos}, >= 0. */
  int indexOf(long nanos) {
    int bucket = firstByZeros[Long.numberOfLeadingZeros(nanos)];
    while (bucket < bounds.length && bounds[bucket] < nanos) {
      bucket++;
    }
    return bucket;
  }

  /** Returns the bounds in seconds, ending with infinity. */
  double[] seconds() {
    double[] seconds = new double[count()];
    for (int i = 0; i < bounds.length; i++) {
      // one correctly rounded division, so that 0.1 is printed as 0.1
      seconds[i] = bounds[i] / 1e9;
    }
    seconds[bounds.length] = Double.POSITIVE_INFINITY;
    return seconds;
  }
}
