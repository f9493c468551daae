package io.fairlead.router.tracing;

import io.fairlead.router.control.Decision;
import io.fairlead.router.control.RequestFacts;
import io.fairlead.router.http.TraceContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request with a span, as it was when it ended: all that is kept until it is exported.
 *
 * @param parentSpanId null if its trace begins here
 * @param endNanos of Unix time
 */
record EndedRequest(
    Decision decision,
    boolean isTls,
    String traceId,
    String spanId,
    @Nullable String parentSpanId,
    long endNanos) {
  /** Keeps {@code facts} of a request that ends {@code now}. */
  static EndedRequest of(RequestFacts facts, TraceContext span, Instant now) {
    Decision kept = new Decision();
    kept.take(facts, now.toEpochMilli());
    long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    return new EndedRequest(
        kept, facts.isTls(), span.traceId(), span.spanId(), span.parentSpanId(), nanos);
  }
}
