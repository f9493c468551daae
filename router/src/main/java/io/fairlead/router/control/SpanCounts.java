package io.fairlead.router.control;

/**
 * What became of requests with a span.
 *
 * @param exported that the collector has taken
 * @param dropped that found too many others waiting
 * @param failed that the collector did not take
 */
public record SpanCounts(long exported, long dropped, long failed) {}
