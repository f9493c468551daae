package io.fairlead.router.proxy;

import io.fairlead.router.control.Sampling;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.TraceParent;
import java.util.SplittableRandom;

/**
 * Says of each request of one loop, when it starts, whether it is looked at even if it succeeds.
 *
 * <p>Decisions are sampled by time: the next one is due when the interval has passed. So they cost
 * the same at any rate, and while there is little to see all of it is seen.
 */
final class Sampler {
  private final long intervalNanos;
  private final SplittableRandom random;

  /** Of 2^31 draws so many are logged. */
  private final long logged;

  /** Of 2^31 draws so many begin a trace; negative where no spans are made. */
  private final long traced;

  private long dueNanos;

  Sampler(Sampling sampling, SplittableRandom random) {
    this.random = random;
    logged = (long) (sampling.accessLogShare() * (1L << 31));
    Double share = sampling.traceShare();
    traced = share == null ? -1 : (long) (share * (1L << 31));
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

  /** Returns whether a request has a span: as its parent has, by chance if there is none. */
  boolean wantsSpan(Head request) {
    if (traced < 0) {
      return false;
    }
    int parent = TraceParent.traceId(request);
    return parent >= 0 ? TraceParent.isSampled(request, parent) : random.nextInt() >>> 1 < traced;
  }

  /** Returns whether a request that starts now is logged. */
  boolean wantsLogLine() {
    return logged > 0 && random.nextInt() >>> 1 < logged;
  }
}
