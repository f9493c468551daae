package io.fairlead.router.dispatch;

/**
 * How fast slots come free while all are taken, as a moving mean of the time between two releases.
 *
 * <p>Measured only while no slot is free, because only then does it say what the replicas can do;
 * at other times it would say how much is asked of them. A single request on a single slot is
 * already a measurement.
 */
final class DrainRate {
  private long meanNanos;
  private long lastNanos;
  private boolean measured;

  /** All slots are taken from now on. */
  void saturated(long nowNanos) {
    lastNanos = nowNanos;
  }

  /** A slot came free after all had been taken. */
  void released(long nowNanos) {
    long interval = Math.max(0, nowNanos - lastNanos);
    meanNanos = measured ? meanNanos + (interval - meanNanos) / 16 : interval;
    measured = true;
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
}
