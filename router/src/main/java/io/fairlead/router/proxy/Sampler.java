package io.fairlead.router.proxy;

import io.fairlead.router.control.Sampling;

/**
 * Says of each request of one loop, when it starts, whether it is looked at even if it succeeds.
 *
 * <p>Decisions are sampled by time: the next one is due when the interval has passed. So they cost
 * the same at any rate, and while there is little to see all of it is seen.
 */
final class Sampler {
  private final long intervalNanos;
  private long dueNanos;

  Sampler(Sampling sampling) {
    int perSecond = sampling.decisionsPerSecond();
    intervalNanos = perSecond == 0 ? Long.MAX_VALUE : 1_000_000_000L / perSecond;
    dueNanos = perSecond == 0 ? Long.MAX_VALUE : 0;
  }

  /** Returns whether a request that starts now leaves a decision record; {@code now} is >= 0. */
  boolean wantsDecision(long now) {
    if (now < dueNanos) {
      return false;
    }
    dueNanos = now + intervalNanos;
    return true;
  }
}
