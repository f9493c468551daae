package io.fairlead.router.kubernetes;

/**
 * When to ask again for what was found: five seconds later, but no two within a tenth of a second,
 * so that many make a steady ten questions a second and no burst. For one thread at a time.
 */
final class AskPace {
  static final long AGAIN_NANOS = 5_000_000_000L;
  static final long APART_NANOS = 100_000_000L;

  /** When the last of them is due. */
  private long lastNanos;

  /** Begins as if nothing had been asked before. */
  AskPace(long nowNanos) {
    lastNanos = nowNanos;
  }

  /** Something was found; returns when to ask for it again. */
  long againNanos(long nowNanos) {
    long soonest = nowNanos + AGAIN_NANOS;
    long free = lastNanos + APART_NANOS;
    lastNanos = free - soonest > 0 ? free : soonest;
    return lastNanos;
  }
}
