package io.fairlead.router.dispatch;

/**
 * How many second attempts a deployment may still make: a share of its requests and a few a second,
 * so that retries help with one bad replica and do not double the load when all are bad.
 *
 * <p>What is not used fades by a tenth each second: the most that can be saved up is ten seconds'
 * worth (the window of Finagle's budget).
 */
final class RetryBudget {
  private static final long SECOND = 1_000_000_000L;

  /** After so many idle seconds the balance no longer depends on where it started. */
  private static final long SETTLED_SECONDS = 100;

  /** One retry; a balance in thousandths needs no floating point. */
  private static final long RETRY = 1_000;

  private final long perRequest;
  private final long perSecond;
  private long balance;
  private long secondStart;

  RetryBudget(int percent, int retriesPerSecond, long nowNanos) {
    perRequest = percent * RETRY / 100;
    perSecond = retriesPerSecond * RETRY;
    balance = perSecond;
    secondStart = nowNanos;
  }

  /** Counts a first attempt. */
  void request(long nowNanos) {
    advance(nowNanos);
    balance += perRequest;
  }

  /** Takes one retry if there is one. */
  boolean tryTake(long nowNanos) {
    advance(nowNanos);
    if (balance < RETRY) {
      return false;
    }
    balance -= RETRY;
    return true;
  }

  private void advance(long nowNanos) {
    long seconds = (nowNanos - secondStart) / SECOND;
    if (seconds <= 0) {
      return;
    }
    secondStart += seconds * SECOND;
    for (long i = Math.min(seconds, SETTLED_SECONDS); i > 0; i--) {
      balance += perSecond - balance / 10;
    }
  }
}
