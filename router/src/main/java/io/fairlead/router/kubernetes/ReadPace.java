package io.fairlead.router.kubernetes;

/**
 * When to read on in a stream of events: at once as long as they come one by one, or have piled up;
 * in a storm five times a second, so that what has come meanwhile is dealt with in one go. Waking
 * up for each costs more than what there is to do. For one thread at a time.
 */
final class ReadPace {
  /** From the beginning of one reading to the next. */
  static final long PERIOD_NANOS = 200_000_000;

  /** What comes sooner than that had come already, even if the thread was busy with others. */
  static final long AT_ONCE_NANOS = 5_000_000;

  private long askedNanos;
  private long begunNanos;

  /** Begins as if there had been silence before. */
  ReadPace(long nowNanos) {
    askedNanos = nowNanos;
    begunNanos = nowNanos - PERIOD_NANOS;
  }

  /**
   * Something has come; returns how long to wait, once it is dealt with, before asking for more.
   */
  long pauseNanos(long nowNanos) {
    boolean hadPiledUp = nowNanos - askedNanos < AT_ONCE_NANOS;
    long sinceBegun = nowNanos - begunNanos;
    if (hadPiledUp) {
      return 0;
    }
    if (sinceBegun >= PERIOD_NANOS) {
      begunNanos = nowNanos;
      return 0;
    }
    begunNanos += PERIOD_NANOS;
    return PERIOD_NANOS - sinceBegun;
  }

  /** More is asked for now. */
  void asked(long nowNanos) {
    askedNanos = nowNanos;
  }
}
