package io.fairlead.router.config;

import static io.fairlead.router.config.Option.count;
import static io.fairlead.router.config.Option.share;

import java.util.List;

/** The table of what is kept and told of single requests. */
public final class ObserveOptions {
  private static final ObserveSettings DEFAULT = ObserveSettings.DEFAULT;

  private static final Option<Integer> DECISION_FAILURES =
      count(
          "decisionFailures",
          DEFAULT.decisionFailures(),
          0,
          1_000_000,
          "Failed requests whose decision each event loop remembers.");
  private static final Option<Integer> DECISION_SUCCESSES =
      count(
          "decisionSuccesses",
          DEFAULT.decisionSuccesses(),
          0,
          1_000_000,
          "Sampled successes that it remembers beside them.");
  private static final Option<Integer> DECISION_SAMPLES =
      count(
          "decisionSamplesPerSecond",
          DEFAULT.decisionSamplesPerSecond(),
          0,
          1_000_000,
          "Successes that each event loop samples for that.");

  private static final Option<LogTarget> ACCESS_LOG =
      new Option<>(
          "accessLog",
          "WHERE",
          DEFAULT.accessLog(),
          LogTarget.EXPECTED,
          LogTarget::parse,
          "Where the access log goes.");
  private static final Option<Double> ACCESS_LOG_SAMPLE =
      share(
          "accessLogSample",
          DEFAULT.accessLogSample(),
          "Share of the requests that succeed which it tells of; it tells of all others.");

  /** All of them, in the order of the help. */
  public static final List<Option<?>> ALL =
      List.of(
          DECISION_FAILURES, DECISION_SUCCESSES, DECISION_SAMPLES, ACCESS_LOG, ACCESS_LOG_SAMPLE);

  private ObserveOptions() {}

  static ObserveSettings observe(Values values) {
    return new ObserveSettings(
        values.get(DECISION_FAILURES),
        values.get(DECISION_SUCCESSES),
        values.get(DECISION_SAMPLES),
        values.get(ACCESS_LOG),
        values.get(ACCESS_LOG_SAMPLE));
  }
}
