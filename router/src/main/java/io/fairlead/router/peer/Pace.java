package io.fairlead.router.peer;

/**
 * How much one peer may say: a bucket of messages that fills at a steady pace. An urgent report may
 * follow another after a millisecond, so a router that is asked for much has this much to say.
 */
final class Pace {
  static final int PER_SECOND = 1_000;
  static final int BURST = 2_000;
  private static final long NANOS_EACH = 1_000_000_000L / PER_SECOND;

  private long emptyAtNanos;

  Pace(long nowNanos) {
    emptyAtNanos = nowNanos;
  }

  /** Returns whether one more is in order. */
  boolean allows(long nowNanos) {
    if (emptyAtNanos - nowNanos < 0) {
      emptyAtNanos = nowNanos;
    }
    emptyAtNanos += NANOS_EACH;
    return emptyAtNanos - nowNanos <= BURST * NANOS_EACH;
  }
}
