package io.fairlead.router.dispatch;

/**
 * How fast slots come free while all are taken, as a moving mean of the time between two releases.
 *
 * <p>Measured only while no slot is free, because only then does it say what the replicas can do;
 * at other times it would say how much is asked of them. A single request on a single slot is
 * already a measurement.
 */
final class DrainRate {
  /** Releases after which a request may be refused because of what they say. */
  private static final int ENOUGH = 8;

  /** A pause after which they say nothing any more of what the replicas do now. */
  private static final long PAUSE_NANOS = 10_000_000_000L;

  private long meanNanos;
  private long lastNanos;
  private boolean measured;
  private int recent;

  /** All slots are taken from now on. */
  void saturated(long nowNanos) {
    if (nowNanos - lastNanos > PAUSE_NANOS) {
      recent = 0;
    }
    lastNanos = nowNanos;
  }

  /** A slot came free after all had been taken. */
  void released(long nowNanos) {
    long interval = Math.max(0, nowNanos - lastNanos);
    meanNanos = measured ? meanNanos + (interval - meanNanos) / 16 : interval;
    measured = true;
    recent = Math.min(recent + 1, ENOUGH);
    lastNanos = nowNanos;
  }

  /**
   * Returns how long it takes until {@code releases} more slots have come free; 0 if nothing was
   * measured yet. A release that is overdue adds what it is late: replicas that hang let the
   * estimate grow.
   */
  long estimateNanos(int releases, long nowNanos) {
    if (!measured) {
      return 0;
    }
    return releases * meanNanos + Math.max(0, nowNanos - lastNanos - meanNanos);
  }

  /** Returns whether enough was measured lately to turn somebody away because of it. */
  boolean isKnown() {
    return recent >= ENOUGH;
  }

  /**
   * Returns the soonest that {@code releases} more slots can be expected to have come free. What
   * has passed of the time to the next release counts, and one that is overdue may take as long
   * again as it is late.
   */
  long soonestNanos(int releases, long nowNanos) {
    long passed = Math.max(0, nowNanos - lastNanos);
    return (releases - 1) * meanNanos + Math.abs(meanNanos - passed);
  }
}
