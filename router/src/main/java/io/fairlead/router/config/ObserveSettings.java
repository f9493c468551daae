package io.fairlead.router.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What is kept and told of single requests.
 *
 * @param decisionFailures failed requests whose decision each event loop remembers
 * @param decisionSuccesses sampled successes that it remembers beside them
 * @param decisionSamplesPerSecond successes that each event loop samples for that
 * @param accessLog where the access log goes
 * @param accessLogSample share of the requests that succeed which it tells of, 0 to 1
 * @param otlpEndpoint where a collector takes traces; null for no tracing
 * @param traceSample share of the requests without a parent that begin a trace, 0 to 1
 */
public record ObserveSettings(
    int decisionFailures,
    int decisionSuccesses,
    int decisionSamplesPerSecond,
    LogTarget accessLog,
    double accessLogSample,
    @Nullable URI otlpEndpoint,
    double traceSample) {
  /** The defaults. */
  public static final ObserveSettings DEFAULT =
      new ObserveSettings(1_024, 256, 10, new LogTarget.StandardError(), 0, null, 0.01);
}
