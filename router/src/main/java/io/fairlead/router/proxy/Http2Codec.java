package io.fairlead.router.proxy;

import io.fairlead.router.model.Limits;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * The codec of one connection, of a caller's or to a model. Netty's keeps the states of streams and
 * says which frames they may get; our own parts in it read, write and bound the frames.
 */
final class Http2Codec<S extends Http2ConnectionStreams<?, ?>> {
  /** RFC 8441 3: a WebSocket may be asked for. */
  private static final char ENABLE_CONNECT_PROTOCOL = 8;

  final Http2Settings settings;
  final S streams;
  final Http2FrameScanner scanner;
  final Http2ConnectionEncoder encoder;
  final Http2ConnectionDecoder decoder;

  private Http2Codec(Limits.Http2 limits, Http2Settings settings, S streams) {
    this.settings = settings;
    this.streams = streams;
    Http2Connection connection = streams.connection;
    scanner =
        new Http2FrameScanner(
            streams.fields,
            new Http2FieldTable(limits.maxHeaderListBytes()),
            streams.guard,
            streams,
            limits.maxFrameBytes());
    connection.local().flowController(streams.receives);
    connection.remote().flowController(streams.sends);
    encoder = new DefaultHttp2ConnectionEncoder(connection, new Http2CodecOutput(streams.output));
    decoder = decoder(connection, encoder, scanner, streams);
  }

  /** Makes the codec of a connection that a caller has opened. */
  static Http2Codec<Http2Streams> ofCaller(Loop loop, Origin origin) {
    Limits.Http2 limits = loop.settings.limits().http2();
    Http2Connection connection = new DefaultHttp2Connection(true, 0);
    connection.remote().maxActiveStreams(limits.maxConcurrentStreams());
    Http2Settings settings = settings(limits).maxConcurrentStreams(limits.maxConcurrentStreams());
    settings.put(ENABLE_CONNECT_PROTOCOL, (Long) 1L);
    return new Http2Codec<>(limits, settings, new Http2Streams(loop, origin, connection));
  }

  /** Makes the codec of a connection to a model. */
  static Http2Codec<Http2ClientStreams> toModel(Loop loop, Http2Client client) {
    Limits.Http2 limits = loop.settings.limits().http2();
    Http2Connection connection = new DefaultHttp2Connection(false, 0);
    var streams = new Http2ClientStreams(loop, client, connection);
    // our SETTINGS are on the wire before any stream, and so in force for all of them
    streams.receives.initialWindowSize(limits.initialStreamWindow());
    return new Http2Codec<>(limits, settings(limits).pushEnabled(false), streams);
  }

  /** Returns what is said of ourselves to callers and to models. */
  private static Http2Settings settings(Limits.Http2 limits) {
    return new Http2Settings()
        .initialWindowSize(limits.initialStreamWindow())
        .maxFrameSize(limits.maxFrameBytes())
        .headerTableSize(limits.headerTableBytes())
        .maxHeaderListSize(limits.maxHeaderListBytes());
  }

  private static Http2ConnectionDecoder decoder(
      Http2Connection connection,
      Http2ConnectionEncoder encoder,
      Http2FrameScanner scanner,
      Http2FrameListener streams) {
    boolean acksSettings = true;
    boolean acksPing = false; // the streams do, and count it
    boolean validates = false; // our own rules do, field by field: Http2MessageRules
    var decoder =
        new DefaultHttp2ConnectionDecoder(
            connection,
            encoder,
            scanner,
            Http2PromisedRequestVerifier.ALWAYS_VERIFY,
            acksSettings,
            acksPing,
            validates,
            validates);
    decoder.frameListener(streams);
    return decoder;
  }
}
