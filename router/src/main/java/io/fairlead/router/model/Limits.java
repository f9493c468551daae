package io.fairlead.router.model;

import java.time.Duration;

/**
 * Every limit of the data path. The defaults are those of the design; each is one key of the
 * configuration.
 */
public record Limits(
    Head head,
    Body body,
    Connections connections,
    Http2 http2,
    Upstream upstream,
    Overload overload) {
  /** The defaults. */
  public static final Limits DEFAULT =
      new Limits(
          Head.DEFAULT,
          Body.DEFAULT,
          Connections.DEFAULT,
          Http2.DEFAULT,
          Upstream.DEFAULT,
          Overload.DEFAULT);

  /** Returns the same limits but for those of connections from callers. */
  public Limits withConnections(Connections newConnections) {
    return new Limits(head, body, newConnections, http2, upstream, overload);
  }

  /**
   * Bounds of one message head.
   *
   * @param maxRequestLineBytes beyond it: 414
   * @param maxHeadBytes all of a head, beyond it: 431
   * @param maxFields of a request; a response may have 200
   * @param maxFieldBytes one field line
   */
  public record Head(
      int maxRequestLineBytes,
      int maxHeadBytes,
      int maxFields,
      int maxFieldBytes,
      Duration timeout) {
    /** The defaults. */
    public static final Head DEFAULT = new Head(16_384, 65_536, 90, 32_768, Duration.ofSeconds(10));
  }

  /**
   * Bounds of one message body.
   *
   * @param minBytesPerSecond slowest rate of an upload once {@code rateGrace} has passed
   * @param writeStall longest time a response may wait for a caller who does not read
   * @param streamIdle longest silence of a streamed response
   */
  public record Body(
      long maxBytes,
      int minBytesPerSecond,
      Duration rateGrace,
      Duration writeStall,
      Duration streamIdle,
      int maxTrailerBytes) {
    /** The defaults. */
    public static final Body DEFAULT =
        new Body(
            104_857_600L,
            240,
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            8_192);
  }

  /**
   * Bounds of connections from callers.
   *
   * @param maxAge with a jitter of a fifth either way
   */
  public record Connections(
      int maxPerListener,
      int maxTotal,
      Duration tlsHandshake,
      int maxClientHelloBytes,
      Duration keepAliveIdle,
      int maxRequests,
      Duration maxAge,
      int maxRequestsInFlight,
      Duration drainDelay,
      Duration drain) {
    /** The defaults. */
    public static final Connections DEFAULT =
        new Connections(
            10_000,
            50_000,
            Duration.ofSeconds(10),
            16_384,
            Duration.ofSeconds(75),
            100_000,
            Duration.ofHours(1),
            20_000,
            Duration.ZERO,
            Duration.ofSeconds(60));

    /** Returns the same bounds but for the number of connections in all. */
    public Connections withMaxTotal(int newMaxTotal) {
      return new Connections(
          maxPerListener,
          newMaxTotal,
          tlsHandshake,
          maxClientHelloBytes,
          keepAliveIdle,
          maxRequests,
          maxAge,
          maxRequestsInFlight,
          drainDelay,
          drain);
    }
  }

  /** Bounds of one HTTP/2 connection; windows in bytes, floods counted per 30 s unless said. */
  public record Http2(
      int maxConcurrentStreams,
      int initialStreamWindow,
      int maxStreamWindow,
      int connectionWindow,
      int maxFrameBytes,
      int headerTableBytes,
      int maxHeaderListBytes,
      int maxContinuations,
      int maxResetsByClient,
      int maxResetsByUs,
      int maxQueuedControlFrames,
      int maxEmptyDataFrames,
      int maxPriorityPerStream,
      int maxWindowUpdatesPerData,
      int glitchBudget,
      Duration pingIdle,
      Duration pingTimeout) {
    /** The defaults. */
    public static final Http2 DEFAULT =
        new Http2(
            100,
            65_535,
            262_144,
            1_048_576,
            16_384,
            4_096,
            65_536,
            16,
            200,
            200,
            1_000,
            1,
            100,
            10,
            1_000,
            Duration.ofSeconds(30),
            Duration.ofSeconds(10));
  }

  /**
   * Bounds of connections to models.
   *
   * @param retryPercent retries allowed per hundred requests, beside {@code retryPerSecond}
   * @param maxRequestsPerConnection after which it is closed, so that an address which stands for
   *     many gets to others
   * @param maxIdlePerReplica of one event loop; their time-out is the usual end, this only a bound
   * @param maxStreams of one HTTP/2 connection, where the model takes more
   * @param ejectAfter consecutive failures that eject a replica
   * @param probeEvery time from one probe of a replica to the next, give or take a fifth
   * @param probeTimeout after which a probe has failed
   * @param probeFailures failed probes in a row that eject a replica until one succeeds
   */
  public record Upstream(
      Duration connect,
      Duration idle,
      int maxRequestsPerConnection,
      int maxIdlePerReplica,
      int maxStreams,
      int retryPercent,
      int retryPerSecond,
      int ejectAfter,
      Duration ejectBase,
      Duration ejectMax,
      Duration slowStart,
      Duration probeEvery,
      Duration probeTimeout,
      int probeFailures) {
    /** The defaults. */
    public static final Upstream DEFAULT =
        new Upstream(
            Duration.ofSeconds(1),
            Duration.ofSeconds(4),
            100_000,
            512,
            100,
            20,
            10,
            5,
            Duration.ofSeconds(30),
            Duration.ofSeconds(300),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            3);
  }

  /**
   * What the router gives up when it is short of heap, buffers, memory of its control group,
   * descriptors or time, in percent of what there is; 0 for never.
   *
   * @param noKeepAlivePercent from which connections are closed after their answer
   * @param refusePercent from which requests are refused
   * @param stopAcceptingPercent from which no connection is accepted
   * @param maxLoopLag lateness of an event loop that counts as all of its time
   */
  public record Overload(
      int noKeepAlivePercent, int refusePercent, int stopAcceptingPercent, Duration maxLoopLag) {
    /** The defaults. */
    public static final Overload DEFAULT = new Overload(92, 95, 98, Duration.ofSeconds(1));
  }
}
