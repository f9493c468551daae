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
 * The codec of one connection. Netty's keeps the states of streams and says which frames they may
 * get; our own parts in it read, write and bound the frames.
 */
final class Http2Codec {
  /** RFC 8441 3: a WebSocket may be asked for. */
  private static final char ENABLE_CONNECT_PROTOCOL = 8;

  final Http2Settings settings;
  final Http2Guard guard;
  final Http2Output output;
  final Http2Streams streams;
  final Http2FrameScanner scanner;
  final Http2ConnectionEncoder encoder;
  final Http2ConnectionDecoder decoder;

  Http2Codec(Loop loop, Origin origin) {
    Limits.Http2 limits = loop.settings.limits().http2();
    Http2Connection connection = new DefaultHttp2Connection(true, 0);
    connection.remote().maxActiveStreams(limits.maxConcurrentStreams());
    settings = settings(limits).maxConcurrentStreams(limits.maxConcurrentStreams());
    settings.put(ENABLE_CONNECT_PROTOCOL, (Long) 1L);
    guard = new Http2Guard(limits, loop.recorder);
    output = new Http2Output(loop.allocator, loop.flushes, limits.maxFrameBytes());
    streams = new Http2Streams(loop, origin, connection, guard, output);
    scanner =
        new Http2FrameScanner(
            loop.http2Fields,
            new Http2FieldTable(limits.maxHeaderListBytes()),
            guard,
            streams,
            limits.maxFrameBytes());
    connection.local().flowController(streams.receives);
    connection.remote().flowController(streams.sends);
    encoder = new DefaultHttp2ConnectionEncoder(connection, new Http2CodecOutput(output));
    decoder = decoder(connection, encoder, scanner, streams);
  }

  /** Returns what is said of ourselves to callers and to models. */
  static Http2Settings settings(Limits.Http2 limits) {
    return new Http2Settings()
        .initialWindowSize(limits.initialStreamWindow())
        .maxFrameSize(limits.maxFrameBytes())
        .headerTableSize(limits.headerTableBytes())
        .maxHeaderListSize(limits.maxHeaderListBytes());
  }

  /** Makes the half that reads, for connections of callers and to models. */
  static Http2ConnectionDecoder decoder(
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
