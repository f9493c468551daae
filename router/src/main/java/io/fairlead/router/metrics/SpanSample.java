package io.fairlead.router.metrics;

import io.fairlead.router.control.Phases;
import io.fairlead.router.http.TraceContext;

/**
 * One request with a span: what to show beside a histogram that counted it.
 *
 * @param queueNanos -1 where the queue's histogram did not count it
 * @param upstreamNanos -1 where no model was asked
 * @param overheadNanos -1 where no model was asked
 */
record SpanSample(
    String traceId,
    String spanId,
    long totalNanos,
    long queueNanos,
    long upstreamNanos,
    long overheadNanos) {
  /** Returns the sample of a request that took {@code phases}; see {@link Series#finished}. */
  static SpanSample of(TraceContext span, Phases phases) {
    boolean asked = phases.upstreamNanos() > 0;
    return new SpanSample(
        span.traceId(),
        span.spanId(),
        phases.totalNanos(),
        asked || phases.queueNanos() > 0 ? phases.queueNanos() : -1,
        asked ? phases.upstreamNanos() : -1,
        asked ? phases.overheadNanos() : -1);
  }

  /** Returns what the histogram of {@code phase} counted of it; -1 for nothing. */
  long nanos(Phase phase) {
    return switch (phase) {
      case REQUEST -> totalNanos;
      case QUEUE -> queueNanos;
      case UPSTREAM -> upstreamNanos;
      case OVERHEAD -> overheadNanos;
    };
  }
}
