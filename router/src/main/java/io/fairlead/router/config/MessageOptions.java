package io.fairlead.router.config;

import static io.fairlead.router.config.Option.bytes;
import static io.fairlead.router.config.Option.count;
import static io.fairlead.router.config.Option.manyBytes;
import static io.fairlead.router.config.Option.seconds;

import io.fairlead.router.model.Limits.Body;
import io.fairlead.router.model.Limits.Connections;
import io.fairlead.router.model.Limits.Head;
import java.time.Duration;
import java.util.List;

/** The limits of messages and of the connections that bring them. */
final class MessageOptions {
  private static final Option<Integer> MAX_REQUEST_LINE_BYTES =
      bytes(
          "maxRequestLineBytes",
          Head.DEFAULT.maxRequestLineBytes(),
          64,
          1 << 20,
          "Longest request line; beyond it 414.");
  private static final Option<Integer> MAX_HEAD_BYTES =
      bytes(
          "maxHeadBytes",
          Head.DEFAULT.maxHeadBytes(),
          256,
          1 << 20,
          "Longest message head; beyond it 431.");
  private static final Option<Integer> MAX_HEADER_FIELDS =
      count("maxHeaderFields", Head.DEFAULT.maxFields(), 1, 1000, "Header fields of a request.");
  private static final Option<Integer> MAX_HEADER_FIELD_BYTES =
      bytes(
          "maxHeaderFieldBytes",
          Head.DEFAULT.maxFieldBytes(),
          64,
          1 << 20,
          "Longest header field line.");
  private static final Option<Duration> HEAD_TIMEOUT =
      seconds(
          "headTimeoutSeconds",
          Head.DEFAULT.timeout(),
          1,
          3600,
          "Time to receive a head; beyond it 408.");
  private static final Option<Long> MAX_REQUEST_BYTES =
      manyBytes(
          "maxRequestBytes",
          Body.DEFAULT.maxBytes(),
          0,
          1L << 50,
          "Largest request body unless the endpoint says otherwise; beyond it 413.");
  private static final Option<Integer> MIN_UPLOAD_RATE =
      count(
          "minUploadBytesPerSecond",
          Body.DEFAULT.minBytesPerSecond(),
          0,
          1 << 30,
          "Slowest upload; below it 408.");
  private static final Option<Duration> UPLOAD_RATE_GRACE =
      seconds(
          "uploadRateGraceSeconds",
          Body.DEFAULT.rateGrace(),
          0,
          3600,
          "Time before the rate of an upload counts.");
  private static final Option<Duration> WRITE_STALL =
      seconds(
          "writeStallTimeoutSeconds",
          Body.DEFAULT.writeStall(),
          1,
          3600,
          "Longest time a response waits for a caller who does not read.");
  private static final Option<Duration> STREAM_IDLE =
      seconds(
          "streamIdleTimeoutSeconds",
          Body.DEFAULT.streamIdle(),
          1,
          86_400,
          "Longest silence of a streamed response.");
  private static final Option<Integer> MAX_TRAILER_BYTES =
      bytes(
          "maxTrailerBytes",
          Body.DEFAULT.maxTrailerBytes(),
          0,
          1 << 20,
          "Longest trailers of a message.");
  private static final Option<Integer> MAX_CONNECTIONS_PER_LISTENER =
      count(
          "maxConnectionsPerListener",
          Connections.DEFAULT.maxPerListener(),
          1,
          1_000_000,
          "Connections of callers on one listener.");
  private static final Option<Integer> MAX_CONNECTIONS =
      count(
          "maxConnections",
          Connections.DEFAULT.maxTotal(),
          1,
          1_000_000,
          "Connections of callers in all.");
  private static final Option<Duration> TLS_HANDSHAKE =
      seconds(
          "tlsHandshakeTimeoutSeconds",
          Connections.DEFAULT.tlsHandshake(),
          1,
          3600,
          "Time to shake hands.");
  private static final Option<Integer> MAX_CLIENT_HELLO_BYTES =
      bytes(
          "maxClientHelloBytes",
          Connections.DEFAULT.maxClientHelloBytes(),
          512,
          65_536,
          "Longest first message of TLS.");
  private static final Option<Duration> KEEP_ALIVE_IDLE =
      seconds(
          "keepAliveIdleSeconds",
          Connections.DEFAULT.keepAliveIdle(),
          1,
          86_400,
          "Time an idle connection stays open.");
  private static final Option<Integer> MAX_REQUESTS_PER_CONNECTION =
      count(
          "maxRequestsPerConnection",
          Connections.DEFAULT.maxRequests(),
          1,
          1_000_000_000,
          "Requests after which a connection is closed.");
  private static final Option<Duration> MAX_CONNECTION_AGE =
      seconds(
          "maxConnectionAgeSeconds",
          Connections.DEFAULT.maxAge(),
          1,
          604_800,
          "Age at which a connection is closed, a fifth more or less.");
  private static final Option<Integer> MAX_REQUESTS_IN_FLIGHT =
      count(
          "maxRequestsInFlight",
          Connections.DEFAULT.maxRequestsInFlight(),
          1,
          1_000_000,
          "Requests in progress in all; beyond it 503.");
  private static final Option<Duration> DRAIN_DELAY =
      seconds(
          "drainDelaySeconds",
          Connections.DEFAULT.drainDelay(),
          0,
          3600,
          "Time still accepting, though not ready, once told to stop.");
  private static final Option<Duration> DRAIN =
      seconds(
          "drainSeconds",
          Connections.DEFAULT.drain(),
          0,
          3600,
          "Time for requests in progress to finish after that.");

  /** All of them, in the order of the help. */
  static final List<Option<?>> ALL =
      List.of(
          MAX_REQUEST_LINE_BYTES,
          MAX_HEAD_BYTES,
          MAX_HEADER_FIELDS,
          MAX_HEADER_FIELD_BYTES,
          HEAD_TIMEOUT,
          MAX_REQUEST_BYTES,
          MIN_UPLOAD_RATE,
          UPLOAD_RATE_GRACE,
          WRITE_STALL,
          STREAM_IDLE,
          MAX_TRAILER_BYTES,
          MAX_CONNECTIONS_PER_LISTENER,
          MAX_CONNECTIONS,
          TLS_HANDSHAKE,
          MAX_CLIENT_HELLO_BYTES,
          KEEP_ALIVE_IDLE,
          MAX_REQUESTS_PER_CONNECTION,
          MAX_CONNECTION_AGE,
          MAX_REQUESTS_IN_FLIGHT,
          DRAIN_DELAY,
          DRAIN);

  private MessageOptions() {}

  static Head head(Values values) {
    return new Head(
        values.get(MAX_REQUEST_LINE_BYTES),
        values.get(MAX_HEAD_BYTES),
        values.get(MAX_HEADER_FIELDS),
        values.get(MAX_HEADER_FIELD_BYTES),
        values.get(HEAD_TIMEOUT));
  }

  static Body body(Values values) {
    return new Body(
        values.get(MAX_REQUEST_BYTES),
        values.get(MIN_UPLOAD_RATE),
        values.get(UPLOAD_RATE_GRACE),
        values.get(WRITE_STALL),
        values.get(STREAM_IDLE),
        values.get(MAX_TRAILER_BYTES));
  }

  static Connections connections(Values values) {
    return new Connections(
        values.get(MAX_CONNECTIONS_PER_LISTENER),
        values.get(MAX_CONNECTIONS),
        values.get(TLS_HANDSHAKE),
        values.get(MAX_CLIENT_HELLO_BYTES),
        values.get(KEEP_ALIVE_IDLE),
        values.get(MAX_REQUESTS_PER_CONNECTION),
        values.get(MAX_CONNECTION_AGE),
        values.get(MAX_REQUESTS_IN_FLIGHT),
        KubernetesOptions.isAsked(values) && !values.has(DRAIN_DELAY)
            ? KubernetesOptions.DRAIN_DELAY
            : values.get(DRAIN_DELAY),
        values.get(DRAIN));
  }
}
