package io.fairlead.router.proxy;

import io.fairlead.router.model.Limits;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * The codec of one connection to a model, made of the same parts as that of a caller's: {@link
 * Http2Codec}.
 */
final class Http2ClientCodec {
  final Http2Connection connection = new DefaultHttp2Connection(false, 0);
  final Http2Settings settings;
  final Http2Guard guard;
  final Http2Output output;
  final Http2ClientStreams streams;
  final Http2FrameScanner scanner;
  final Http2ConnectionEncoder encoder;
  final Http2ConnectionDecoder decoder;

  Http2ClientCodec(Loop loop, Http2Client client) {
    Limits.Http2 limits = loop.settings.limits().http2();
    settings = Http2Codec.settings(limits).pushEnabled(false);
    guard = new Http2Guard(limits, loop.recorder);
    output = new Http2Output(loop.allocator, loop.flushes, limits.maxFrameBytes());
    streams = new Http2ClientStreams(loop, client, connection, guard, output);
    // our SETTINGS are on the wire before any stream, and so in force for all of them
    streams.receives.initialWindowSize(limits.initialStreamWindow());
    scanner =
        new Http2FrameScanner(
            loop.http2Responses,
            new Http2FieldTable(limits.maxHeaderListBytes()),
            guard,
            streams,
            limits.maxFrameBytes());
    connection.local().flowController(streams.receives);
    connection.remote().flowController(streams.sends);
    encoder = new DefaultHttp2ConnectionEncoder(connection, new Http2CodecOutput(output));
    decoder = Http2Codec.decoder(connection, encoder, scanner, streams);
  }
}
