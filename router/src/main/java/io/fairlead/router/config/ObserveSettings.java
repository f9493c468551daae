package io.fairlead.router.config;

/**
 * What is kept and told of single requests.
 *
 * @param decisionFailures failed requests whose decision each event loop remembers
 * @param decisionSuccesses sampled successes that it remembers beside them
 * @param decisionSamplesPerSecond successes that each event loop samples for that
 * @param accessLog where the access log goes
 * @param accessLogSample share of the requests that succeed which it tells of, 0 to 1
 */
public record ObserveSettings(
    int decisionFailures,
    int decisionSuccesses,
    int decisionSamplesPerSecond,
    LogTarget accessLog,
    double accessLogSample) {
  /** The defaults. */
  public static final ObserveSettings DEFAULT =
      new ObserveSettings(1_024, 256, 10, new LogTarget.StandardError(), 0);
}
