package io.fairlead.router.config;

import static io.fairlead.router.config.Option.count;
import static io.fairlead.router.config.Option.millis;
import static io.fairlead.router.config.Option.seconds;

import io.fairlead.router.model.Limits.Upstream;
import java.time.Duration;
import java.util.List;

/** The limits of connections to models. */
final class UpstreamOptions {
  private static final Option<Duration> CONNECT =
      millis(
          "upstreamConnectTimeoutMs",
          Upstream.DEFAULT.connect(),
          1,
          60_000,
          "Time to connect to a model.");
  private static final Option<Duration> IDLE =
      seconds(
          "upstreamIdleSeconds",
          Upstream.DEFAULT.idle(),
          1,
          3600,
          "Time an idle connection to a model is kept.");
  private static final Option<Integer> MAX_REQUESTS =
      count(
          "upstreamMaxRequestsPerConnection",
          Upstream.DEFAULT.maxRequestsPerConnection(),
          1,
          1_000_000_000,
          "Requests after which a connection to a model is closed.");
  private static final Option<Integer> MAX_IDLE =
      count(
          "upstreamMaxIdlePerReplica",
          Upstream.DEFAULT.maxIdlePerReplica(),
          0,
          100_000,
          "Idle connections kept to each replica by each event loop.");
  private static final Option<Integer> MAX_STREAMS =
      count(
          "upstreamMaxStreams",
          Upstream.DEFAULT.maxStreams(),
          1,
          100_000,
          "Requests at once on one HTTP/2 connection to a model, which may take fewer.");
  private static final Option<Integer> RETRY_PERCENT =
      count(
          "upstreamRetryPercent",
          Upstream.DEFAULT.retryPercent(),
          0,
          100,
          "Retries for each hundred requests.");
  private static final Option<Integer> RETRIES_PER_SECOND =
      count(
          "upstreamRetriesPerSecond",
          Upstream.DEFAULT.retryPerSecond(),
          0,
          1_000_000,
          "Retries in each second, beside those.");
  private static final Option<Integer> EJECT_AFTER =
      count(
          "upstreamEjectAfter",
          Upstream.DEFAULT.ejectAfter(),
          1,
          1000,
          "Failures in a row that eject a replica.");
  private static final Option<Duration> EJECT_BASE =
      seconds(
          "upstreamEjectBaseSeconds",
          Upstream.DEFAULT.ejectBase(),
          1,
          3600,
          "Time of the first ejection; the n-th is n times as long.");
  private static final Option<Duration> EJECT_MAX =
      seconds(
          "upstreamEjectMaxSeconds", Upstream.DEFAULT.ejectMax(), 1, 86_400, "Longest ejection.");
  private static final Option<Duration> SLOW_START =
      seconds(
          "upstreamSlowStartSeconds",
          Upstream.DEFAULT.slowStart(),
          0,
          3600,
          "Time in which a new replica gets its full share.");

  private static final Option<Duration> PROBE =
      seconds(
          "probeSeconds",
          Upstream.DEFAULT.probeEvery(),
          1,
          3600,
          "Time between two probes of a replica whose deployment has a healthPath.");
  private static final Option<Duration> PROBE_TIMEOUT =
      millis(
          "probeTimeoutMs",
          Upstream.DEFAULT.probeTimeout(),
          1,
          60_000,
          "Time after which a probe has failed.");
  private static final Option<Integer> PROBE_FAILURES =
      count(
          "probeFailures",
          Upstream.DEFAULT.probeFailures(),
          1,
          1000,
          "Failed probes in a row that eject a replica until one succeeds.");

  /** All of them, in the order of the help. */
  static final List<Option<?>> ALL =
      List.of(
          CONNECT,
          IDLE,
          MAX_REQUESTS,
          MAX_IDLE,
          MAX_STREAMS,
          RETRY_PERCENT,
          RETRIES_PER_SECOND,
          EJECT_AFTER,
          EJECT_BASE,
          EJECT_MAX,
          SLOW_START,
          PROBE,
          PROBE_TIMEOUT,
          PROBE_FAILURES);

  private UpstreamOptions() {}

  static Upstream upstream(Values values) {
    return new Upstream(
        values.get(CONNECT),
        values.get(IDLE),
        values.get(MAX_REQUESTS),
        values.get(MAX_IDLE),
        values.get(MAX_STREAMS),
        values.get(RETRY_PERCENT),
        values.get(RETRIES_PER_SECOND),
        values.get(EJECT_AFTER),
        values.get(EJECT_BASE),
        values.get(EJECT_MAX),
        values.get(SLOW_START),
        values.get(PROBE),
        values.get(PROBE_TIMEOUT),
        values.get(PROBE_FAILURES));
  }
}
