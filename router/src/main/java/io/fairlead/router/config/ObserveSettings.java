package io.fairlead.router.config;

/**
 * What is kept and told of single requests.
 *
 * @param decisionFailures failed requests whose decision each event loop remembers
 * @param decisionSuccesses sampled successes that it remembers beside them
 * @param decisionSamplesPerSecond successes that each event loop samples for that
 */
public record ObserveSettings(
    int decisionFailures, int decisionSuccesses, int decisionSamplesPerSecond) {
  /** The defaults. */
  public static final ObserveSettings DEFAULT = new ObserveSettings(1_024, 256, 10);
}
