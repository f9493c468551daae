package io.fairlead.router.dispatch;

/**
 * How long it takes until there is a replica where there was none, as it took the last time: from
 * the first request that asked in vain.
 */
final class ColdStart {
  /** A start that should be over by now will be so in a moment. */
  private static final long LEAST_NANOS = 1_000_000_000L;

  private boolean awaited;
  private long sinceNanos;
  private long lastNanos;

  /** Somebody asks while there is no replica. */
  void asked(long nowNanos) {
    if (!awaited) {
      awaited = true;
      sinceNanos = nowNanos;
    }
  }

  /** There is one. */
  void ended(long nowNanos) {
    if (awaited) {
      awaited = false;
      lastNanos = Math.max(LEAST_NANOS, nowNanos - sinceNanos);
    }
  }

  /** Returns how long it may still take; 0 if none was seen before. */
  long estimateNanos(long nowNanos) {
    if (lastNanos == 0) {
      return 0;
    }
    return awaited ? Math.max(LEAST_NANOS, lastNanos - (nowNanos - sinceNanos)) : lastNanos;
  }
}
