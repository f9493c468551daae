package io.fairlead.router.rate;

import io.fairlead.router.model.RateLimit;
import io.fairlead.router.model.RateLimit.Per;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;

/**
 * Lets in as many requests to an endpoint as its {@link RateLimit} allows. Safe for use by several
 * event loops.
 *
 * <p>A token bucket: {@code burst} requests at once when it is full, {@code requestsPerSecond} in
 * the long run, and never more than {@code burst + requestsPerSecond x t} in any time t. It decides
 * as the generic cell rate algorithm (ITU-T I.371) would, but stores a level instead of an arrival
 * time: the interval between two cells is no whole number of nanoseconds for most rates, while the
 * level is exact.
 *
 * <p>A request that is refused takes nothing, so asking too often does not make the wait longer.
 * One monitor is held for a few additions; all loops share it, for a limit that each had to itself
 * would be another limit.
 */
public final class RateLimiter {
  /** Callers of one endpoint that are told apart. */
  static final int MOST_CALLERS = 10_000;

  private final RateLimit limit;
  private final Refusal refusal;
  private final BucketTable buckets;
  private final long capacity;
  private final long fillNanos;
  private final Object lock = new Object();

  /** Starts with full buckets. */
  public RateLimiter(String endpoint, RateLimit limit) {
    this.limit = limit;
    this.refusal = refusal(endpoint, limit);
    this.capacity = limit.burst() * Bucket.TOKEN;
    this.fillNanos = capacity / limit.requestsPerSecond() + 1;
    this.buckets = new BucketTable(limit.per() == Per.KEY ? MOST_CALLERS : 1, capacity);
  }

  private static Refusal refusal(String endpoint, RateLimit limit) {
    String whose = limit.per() == Per.KEY ? "this credential at endpoint " : "endpoint ";
    return new Refusal(
        RouterError.RATE_LIMITED,
        "the rate limit of "
            + whose
            + endpoint
            + " is reached (expected: at most "
            + limit.requestsPerSecond()
            + " requests per second, "
            + limit.burst()
            + " at once)");
  }

  /** Returns what it allows. */
  public RateLimit limit() {
    return limit;
  }

  /** Returns what a caller is told who came too often. */
  public Refusal refusal() {
    return refusal;
  }

  /**
   * Lets one request in.
   *
   * @param caller stands for the credential of the request
   * @return 0 if it is in, else the nanoseconds after which one would be
   */
  public long tryAcquire(long caller, long nowNanos) {
    synchronized (lock) {
      return buckets
          .of(whose(caller), nowNanos)
          .take(limit.requestsPerSecond(), capacity, fillNanos, nowNanos);
    }
  }

  /** Returns what {@link #tryAcquire} would, and lets nobody in. */
  public long foresee(long caller, long nowNanos) {
    synchronized (lock) {
      Bucket bucket = buckets.find(whose(caller));
      return bucket == null
          ? 0
          : bucket.nanosToToken(limit.requestsPerSecond(), capacity, fillNanos, nowNanos);
    }
  }

  private long whose(long caller) {
    return limit.per() == Per.KEY ? caller : 0;
  }
}
