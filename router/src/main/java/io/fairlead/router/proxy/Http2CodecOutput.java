package io.fairlead.router.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * What the codec writes by itself, SETTINGS and answers to them, put among the other frames of a
 * connection. Messages do not come this way: they need no promise.
 */
final class Http2CodecOutput implements Http2FrameWriter {
  static final ByteBuf NO_DEBUG_DATA = Unpooled.EMPTY_BUFFER;

  private final Http2Output output;

  Http2CodecOutput(Http2Output output) {
    this.output = output;
  }

  @Override
  public ChannelFuture writeSettings(
      ChannelHandlerContext context, Http2Settings settings, ChannelPromise promise) {
    output.settings(settings);
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture writeSettingsAck(ChannelHandlerContext context, ChannelPromise promise) {
    output.settingsAck();
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture writePing(
      ChannelHandlerContext context, boolean ack, long data, ChannelPromise promise) {
    output.ping(ack, data);
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture writeRstStream(
      ChannelHandlerContext context, int streamId, long errorCode, ChannelPromise promise) {
    output.reset(streamId, errorCode);
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture writeWindowUpdate(
      ChannelHandlerContext context, int streamId, int increment, ChannelPromise promise) {
    output.windowUpdate(streamId, increment);
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture writeGoAway(
      ChannelHandlerContext context, int last, long code, ByteBuf debug, ChannelPromise promise) {
    debug.release();
    output.goAway(last, code);
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture writeData(
      ChannelHandlerContext context,
      int streamId,
      ByteBuf data,
      int padding,
      boolean endStream,
      ChannelPromise promise) {
    throw notByTheCodec();
  }

  @Override
  public ChannelFuture writeHeaders(
      ChannelHandlerContext context,
      int streamId,
      Http2Headers headers,
      int padding,
      boolean endStream,
      ChannelPromise promise) {
    throw notByTheCodec();
  }

  @Override
  public ChannelFuture writeHeaders(
      ChannelHandlerContext context,
      int streamId,
      Http2Headers headers,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endStream,
      ChannelPromise promise) {
    throw notByTheCodec();
  }

  @Override
  public ChannelFuture writePriority(
      ChannelHandlerContext context,
      int streamId,
      int streamDependency,
      short weight,
      boolean exclusive,
      ChannelPromise promise) {
    throw notByTheCodec();
  }

  @Override
  public ChannelFuture writePushPromise(
      ChannelHandlerContext context,
      int streamId,
      int promisedStreamId,
      Http2Headers headers,
      int padding,
      ChannelPromise promise) {
    throw notByTheCodec();
  }

  @Override
  public ChannelFuture writeFrame(
      ChannelHandlerContext context,
      byte frameType,
      int streamId,
      Http2Flags flags,
      ByteBuf payload,
      ChannelPromise promise) {
    throw notByTheCodec();
  }

  private static IllegalStateException notByTheCodec() {
    return new IllegalStateException("the codec itself writes no such frame");
  }

  @Override
  public Configuration configuration() {
    return output;
  }

  @Override
  public void close() {
    output.close();
  }
}
