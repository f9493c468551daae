package io.fairlead.router.config;

import static io.fairlead.router.config.Option.bytes;
import static io.fairlead.router.config.Option.count;
import static io.fairlead.router.config.Option.seconds;

import io.fairlead.router.model.Limits.Http2;
import java.time.Duration;
import java.util.List;

/** The limits of one HTTP/2 connection. */
final class Http2Options {
  private static final Option<Integer> MAX_CONCURRENT_STREAMS =
      count(
          "http2MaxConcurrentStreams",
          Http2.DEFAULT.maxConcurrentStreams(),
          1,
          10_000,
          "Streams open at once.");
  private static final Option<Integer> INITIAL_STREAM_WINDOW =
      bytes(
          "http2InitialStreamWindowBytes",
          Http2.DEFAULT.initialStreamWindow(),
          1024,
          16_777_216,
          "Window that a stream starts with.");
  private static final Option<Integer> MAX_STREAM_WINDOW =
      bytes(
          "http2MaxStreamWindowBytes",
          Http2.DEFAULT.maxStreamWindow(),
          1024,
          16_777_216,
          "Window that a stream may grow to.");
  private static final Option<Integer> CONNECTION_WINDOW =
      bytes(
          "http2ConnectionWindowBytes",
          Http2.DEFAULT.connectionWindow(),
          65_535,
          1 << 30,
          "Window of a connection.");
  private static final Option<Integer> MAX_FRAME_BYTES =
      bytes(
          "http2MaxFrameBytes",
          Http2.DEFAULT.maxFrameBytes(),
          16_384,
          16_777_215,
          "Largest frame taken (RFC 9113 6.5.2).");
  private static final Option<Integer> HEADER_TABLE_BYTES =
      bytes(
          "http2HeaderTableBytes",
          Http2.DEFAULT.headerTableBytes(),
          0,
          65_536,
          "Table of header compression, either way.");
  private static final Option<Integer> MAX_HEADER_LIST_BYTES =
      bytes(
          "http2MaxHeaderListBytes",
          Http2.DEFAULT.maxHeaderListBytes(),
          256,
          1 << 20,
          "Largest header list, 32 bytes a field added.");
  private static final Option<Integer> MAX_CONTINUATIONS =
      count(
          "http2MaxContinuations",
          Http2.DEFAULT.maxContinuations(),
          0,
          1000,
          "CONTINUATION frames of one header block.");
  private static final Option<Integer> MAX_CLIENT_RESETS =
      count(
          "http2MaxClientResets",
          Http2.DEFAULT.maxResetsByClient(),
          1,
          1_000_000,
          "Streams the caller may reset in 30 s.");
  private static final Option<Integer> MAX_SERVER_RESETS =
      count(
          "http2MaxServerResets",
          Http2.DEFAULT.maxResetsByUs(),
          1,
          1_000_000,
          "Streams the caller may make the router reset in 30 s.");
  private static final Option<Integer> MAX_QUEUED_CONTROL_FRAMES =
      count(
          "http2MaxQueuedControlFrames",
          Http2.DEFAULT.maxQueuedControlFrames(),
          1,
          1_000_000,
          "Control frames waiting to be written.");
  private static final Option<Integer> MAX_EMPTY_DATA_FRAMES =
      count(
          "http2MaxEmptyDataFrames",
          Http2.DEFAULT.maxEmptyDataFrames(),
          0,
          1000,
          "Empty DATA frames in a row that do not end the stream.");
  private static final Option<Integer> MAX_PRIORITY_FRAMES =
      count(
          "http2MaxPriorityFramesPerStream",
          Http2.DEFAULT.maxPriorityPerStream(),
          0,
          1_000_000,
          "PRIORITY frames for each stream.");
  private static final Option<Integer> MAX_WINDOW_UPDATES =
      count(
          "http2MaxWindowUpdatesPerData",
          Http2.DEFAULT.maxWindowUpdatesPerData(),
          1,
          1000,
          "WINDOW_UPDATE frames for each DATA frame sent.");
  private static final Option<Integer> GLITCH_BUDGET =
      count(
          "http2GlitchBudget",
          Http2.DEFAULT.glitchBudget(),
          1,
          1_000_000,
          "Protocol oddities after which a connection is closed.");
  private static final Option<Duration> PING_IDLE =
      seconds(
          "http2PingIdleSeconds",
          Http2.DEFAULT.pingIdle(),
          1,
          3600,
          "Silence after which a PING is sent.");
  private static final Option<Duration> PING_TIMEOUT =
      seconds(
          "http2PingTimeoutSeconds", Http2.DEFAULT.pingTimeout(), 1, 3600, "Time for its answer.");

  /** All of them, in the order of the help. */
  static final List<Option<?>> ALL =
      List.of(
          MAX_CONCURRENT_STREAMS,
          INITIAL_STREAM_WINDOW,
          MAX_STREAM_WINDOW,
          CONNECTION_WINDOW,
          MAX_FRAME_BYTES,
          HEADER_TABLE_BYTES,
          MAX_HEADER_LIST_BYTES,
          MAX_CONTINUATIONS,
          MAX_CLIENT_RESETS,
          MAX_SERVER_RESETS,
          MAX_QUEUED_CONTROL_FRAMES,
          MAX_EMPTY_DATA_FRAMES,
          MAX_PRIORITY_FRAMES,
          MAX_WINDOW_UPDATES,
          GLITCH_BUDGET,
          PING_IDLE,
          PING_TIMEOUT);

  private Http2Options() {}

  static Http2 http2(Values values) {
    return new Http2(
        values.get(MAX_CONCURRENT_STREAMS),
        values.get(INITIAL_STREAM_WINDOW),
        values.get(MAX_STREAM_WINDOW),
        values.get(CONNECTION_WINDOW),
        values.get(MAX_FRAME_BYTES),
        values.get(HEADER_TABLE_BYTES),
        values.get(MAX_HEADER_LIST_BYTES),
        values.get(MAX_CONTINUATIONS),
        values.get(MAX_CLIENT_RESETS),
        values.get(MAX_SERVER_RESETS),
        values.get(MAX_QUEUED_CONTROL_FRAMES),
        values.get(MAX_EMPTY_DATA_FRAMES),
        values.get(MAX_PRIORITY_FRAMES),
        values.get(MAX_WINDOW_UPDATES),
        values.get(GLITCH_BUDGET),
        values.get(PING_IDLE),
        values.get(PING_TIMEOUT));
  }
}
