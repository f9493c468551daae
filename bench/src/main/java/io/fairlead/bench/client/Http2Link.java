package io.fairlead.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** A connection of HTTP/2 with a bounded number of streams at once. */
final class Http2Link extends Http2FrameAdapter implements Link {
  private static final int CONNECTION_WINDOW = 16 << 20;

  private final Request request;
  private final int maxStreams;
  private final Owner owner;
  private final Http2ConnectionHandler handler;
  private final Http2Connection connection;
  private final Http2Connection.PropertyKey callKey;
  private @Nullable ChannelHandlerContext context;
  private int streams;

  Http2Link(Http2ConnectionHandler handler, Request request, int maxStreams, Owner owner) {
    this.handler = handler;
    this.connection = handler.connection();
    this.callKey = connection.newKey();
    this.request = request;
    this.maxStreams = maxStreams;
    this.owner = owner;
    connection.addListener(new Closes());
    handler.decoder().frameListener(this);
  }

  /** What the caller says first. */
  static Http2Settings settings() {
    return new Http2Settings().initialWindowSize(1 << 20).pushEnabled(false);
  }

  @Override
  public boolean hasRoom() {
    return streams < maxStreams
        && context != null
        && context.channel().isActive()
        && !connection.goAwayReceived();
  }

  @Override
  public void send(Call call) {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("link: not open (expected: open)");
    }
    streams++;
    int id = connection.local().incrementAndGetNextStreamId();
    handler.encoder().writeHeaders(ctx, id, request.http2Head(), 0, false, ctx.newPromise());
    Http2Stream stream = connection.stream(id);
    if (stream == null) {
      streams--;
      call.fail(Call.LOST);
      return;
    }
    stream.setProperty(callKey, call);
    handler.encoder().writeData(ctx, id, request.body(), 0, true, ctx.newPromise());
    handler.flush(ctx); // not ctx.flush(): this one also sends what flow control held
  }

  /** The router has said how many streams it takes: only now are calls sent. */
  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
      throws Http2Exception {
    if (context == null) {
      context = ctx;
      connection
          .local()
          .flowController()
          .incrementWindowSize(connection.connectionStream(), CONNECTION_WINDOW);
      owner.room(this);
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endStream) {
    onHeadersRead(ctx, id, headers, padding, endStream);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean endStream) {
    Call call = call(id);
    if (call != null && headers.status() != null) {
      call.head(Integer.parseInt(headers.status().toString()));
    }
    if (endStream) {
      end(id);
    }
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean endStream) {
    Call call = call(id);
    int length = data.readableBytes();
    if (call != null) {
      call.body(length);
    }
    if (endStream) {
      end(id);
    }
    return length + padding;
  }

  private @Nullable Call call(int id) {
    Http2Stream stream = connection.stream(id);
    return stream == null ? null : stream.getProperty(callKey);
  }

  /** The answer is complete; the stream itself closes a moment later and finds no call. */
  private void end(int id) {
    Http2Stream stream = connection.stream(id);
    Call call = stream == null ? null : stream.removeProperty(callKey);
    if (call != null) {
      call.end();
    }
  }

  /** Counts streams, and tells the calls of those that end without an answer. */
  private final class Closes extends io.netty.handler.codec.http2.Http2ConnectionAdapter {
    @Override
    public void onStreamClosed(Http2Stream stream) {
      Call call = stream.removeProperty(callKey);
      if (call != null) {
        call.fail(Call.LOST);
      }
      boolean wasFull = streams == maxStreams;
      streams--;
      if (wasFull) {
        owner.room(Http2Link.this);
      }
    }
  }
}
