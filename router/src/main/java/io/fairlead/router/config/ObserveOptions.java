package io.fairlead.router.config;

import static io.fairlead.router.config.Option.count;
import static io.fairlead.router.config.Option.share;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  private static final Option<URI> OTLP_ENDPOINT =
      new Option<>(
          "otlpEndpoint",
          "URL",
          null,
          "an http or https URL, such as http://collector:4318; /v1/traces if it has no path",
          ObserveOptions::collector,
          "Where a collector takes traces by OTLP over HTTP; without it there are none.");
  private static final Option<Double> TRACE_SAMPLE =
      share(
          "traceSample",
          DEFAULT.traceSample(),
          "Share of the requests without a parent that begin a trace; others do as their parent.");

  /** All of them, in the order of the help. */
  public static final List<Option<?>> ALL =
      List.of(
          DECISION_FAILURES,
          DECISION_SUCCESSES,
          DECISION_SAMPLES,
          ACCESS_LOG,
          ACCESS_LOG_SAMPLE,
          OTLP_ENDPOINT,
          TRACE_SAMPLE);

  private ObserveOptions() {}

  static ObserveSettings observe(Values values) {
    return new ObserveSettings(
        values.get(DECISION_FAILURES),
        values.get(DECISION_SUCCESSES),
        values.get(DECISION_SAMPLES),
        values.get(ACCESS_LOG),
        values.get(ACCESS_LOG_SAMPLE),
        values.find(OTLP_ENDPOINT),
        values.get(TRACE_SAMPLE));
  }

  /** A password in it would end up in logs, and a query is no part of the protocol. */
  private static @Nullable URI collector(String text) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      return null;
    }
    boolean good =
        ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
            && url.getHost() != null
            && url.getRawUserInfo() == null
            && url.getRawQuery() == null
            && url.getRawFragment() == null;
    if (!good) {
      return null;
    }
    return url.getPath().isEmpty() || url.getPath().equals("/") ? url.resolve("/v1/traces") : url;
  }
}
