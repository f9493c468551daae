package io.fairlead.router.kubernetes;

/**
 * How often to write to the API server: five times a second in the long run, which is what clients
 * of Kubernetes are used to; after a quiet time a hundred times more, twenty a second. For one
 * thread.
 */
final class WritePace {
  static final long PERIOD_NANOS = 200_000_000;
  static final long MOST_AHEAD_NANOS = 100 * PERIOD_NANOS;
  static final long SHORTEST_PAUSE_MILLIS = 50;

  /** When the last write would have been due had all kept the period. */
  private long due;

  /** Begins as if there had been nothing to write before. */
  WritePace(long nowNanos) {
    due = nowNanos;
  }

  /** Something has been written; returns how long to wait before the next. */
  long pauseMillis(long nowNanos) {
    if (due - nowNanos < 0) {
      due = nowNanos;
    }
    due += PERIOD_NANOS;
    return Math.max(SHORTEST_PAUSE_MILLIS, (due - nowNanos - MOST_AHEAD_NANOS) / 1_000_000);
  }
}
