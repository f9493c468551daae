package io.fairlead.router.fleet;

/**
 * A coordinator's own time, from 0. It passes only while it is looked after: a pause of the
 * process, or a clock that jumps, makes it wait longer for others and never less.
 */
final class OwnTime {
  /** More time than this between two looks was a pause, and does not count. */
  private static final long LONGEST_STEP_NANOS = 500_000_000;

  private long lastNanos;
  private long passedNanos;

  OwnTime(long nowNanos) {
    lastNanos = nowNanos;
  }

  void look(long nowNanos) {
    passedNanos += Math.clamp(nowNanos - lastNanos, 0, LONGEST_STEP_NANOS);
    lastNanos = nowNanos;
  }

  long now() {
    return passedNanos;
  }

  long since(long then) {
    return passedNanos - then;
  }
}
