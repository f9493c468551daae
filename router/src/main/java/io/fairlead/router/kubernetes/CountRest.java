package io.fairlead.router.kubernetes;

import io.fairlead.router.resource.Report;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long replicas have been as many as they are, while their resource says another number. While
 * pods come and go it would be written again and again; what has come back to what is said needs no
 * write at all. For one thread.
 */
final class CountRest {
  /** So long unchanged is worth saying. */
  private static final long REST_NANOS = 2_000_000_000L;

  /** So long wrong is worth correcting, however restless. */
  private static final long LONGEST_NANOS = 10_000_000_000L;

  private @Nullable List<Report.Count> last;
  private long lastAt;
  private long wrongSince;

  /** Takes the counts as {@code said} and as they are; returns whether these are to be said now. */
  boolean isDue(List<Report.Count> said, List<Report.Count> counts, long nowNanos) {
    if (counts.equals(said)) {
      last = null;
      return false;
    }
    if (last == null) {
      wrongSince = nowNanos;
    }
    if (!counts.equals(last)) {
      last = counts;
      lastAt = nowNanos;
    }
    return nowNanos - lastAt >= REST_NANOS || nowNanos - wrongSince >= LONGEST_NANOS;
  }
}
