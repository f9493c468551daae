package io.fairlead.router.dispatch;

/**
 * When a second replica is asked as well because the first is slow, and how often at the most: once
 * in twenty requests, of which ten may be saved up.
 *
 * <p>The share bounds what hedging can cost: if all replicas slow down at once, every request would
 * like a second attempt. Guarded by the dispatcher's lock, but for {@link #delayNanos}.
 */
final class Hedging {
  /** One hedge, in thousandths, so that a twentieth needs no floating point. */
  private static final int HEDGE = 1_000;

  private static final int PER_REQUEST = HEDGE / 20;
  private static final int MOST_SAVED = 10 * HEDGE;

  private final ResponseTimes times = new ResponseTimes();
  private HedgeCounts counts = HedgeCounts.NONE;
  private int balance;
  private volatile long delayNanos;

  /** Counts a request that may be hedged. */
  void request() {
    balance = Math.min(balance + PER_REQUEST, MOST_SAVED);
  }

  /** Takes one hedge if there is one. */
  boolean tryTake() {
    if (balance < HEDGE) {
      return false;
    }
    balance -= HEDGE;
    return true;
  }

  /** Notes how long a request waited for its response to begin. */
  void responded(long nanos) {
    times.add(nanos);
    delayNanos = times.percentileNanos();
  }

  /** Returns how long to wait for a response before another replica is asked; 0 if unknown. */
  long delayNanos() {
    return delayNanos;
  }

  void ended(HedgeResult result) {
    counts = counts.plus(result);
  }

  HedgeCounts counts() {
    return counts;
  }
}
