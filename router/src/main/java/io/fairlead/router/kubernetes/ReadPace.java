package io.fairlead.router.kubernetes;

/**
 * When to read on in a stream of events. In a storm twice a second, so that what has come meanwhile
 * is dealt with in one go: waking up for each costs more than what there is to do. Otherwise at
 * once, be it that they come one by one or that more have piled up than a storm brings: to wait
 * would hold the server up, which sends no more than fits into the buffers between. For one thread
 * at a time.
 */
final class ReadPace {
  /** A pause in a storm; for at least so long what comes is counted before that is decided. */
  static final long PERIOD_NANOS = 500_000_000;

  /** A storm brings more events a period. */
  private static final int FEW = 8;

  /** A storm brings no more events a period: more are a backlog. */
  private static final int MANY = 80;

  /** What comes sooner than that had come already. */
  private static final long AT_ONCE_NANOS = 5_000_000;

  private long askedNanos;
  private long begunNanos;
  private long eventsBefore;

  /** Begins as if there had been silence before. */
  ReadPace(long nowNanos) {
    askedNanos = nowNanos;
    begunNanos = nowNanos;
  }

  /**
   * Something has come; returns how long to wait, once it is dealt with, before asking for more.
   *
   * @param events that had come before
   */
  long pauseNanos(long nowNanos, long events) {
    boolean hadPiledUp = nowNanos - askedNanos < AT_ONCE_NANOS;
    long sinceBegun = nowNanos - begunNanos;
    if (hadPiledUp || sinceBegun < PERIOD_NANOS) {
      return 0;
    }
    long perPeriod = (events - eventsBefore) * PERIOD_NANOS / sinceBegun;
    begunNanos = nowNanos;
    eventsBefore = events;
    return perPeriod > FEW && perPeriod <= MANY ? PERIOD_NANOS : 0;
  }

  /** More is asked for now. */
  void asked(long nowNanos) {
    askedNanos = nowNanos;
  }
}
