package io.fairlead.router.peer;

import java.util.SplittableRandom;

/**
 * How long to wait before a peer is asked again: from 50 ms doubling up to 2 s, half of it by
 * chance, so that routers that lost the same coordinator do not come back together.
 */
final class BackOff {
  private static final long FIRST_NANOS = 50_000_000;
  private static final long MOST_NANOS = 2_000_000_000;
  private static final int DOUBLINGS = 6;

  private final SplittableRandom random;
  private int failures;

  BackOff(SplittableRandom random) {
    this.random = random;
  }

  /** It has worked, or somebody else is asked. */
  void reset() {
    failures = 0;
  }

  /** Returns the wait after one more failure. */
  long nextNanos() {
    long full = Math.min(MOST_NANOS, FIRST_NANOS << Math.min(failures, DOUBLINGS));
    failures++;
    return full / 2 + random.nextLong(full / 2 + 1);
  }
}
