package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.CompositeStreamException;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes one HTTP/2 connection to a model, and tells its {@link Http2Client} what the
 * network does. What is written in a turn of the loop leaves at its end. Runs on that loop.
 */
final class Http2ClientHandler extends Http2ConnectionHandler implements Http2Output.Owner {
  /** Bytes that are gathered in one turn before they go out all the same. */
  private static final int MOST_UNSENT = 262_144;

  private final Loop loop;
  private final Http2Client client;
  private final Http2ClientStreams streams;
  private final Http2FrameScanner scanner;
  private @Nullable ChannelHandlerContext context;
  private int flushes;
  private int reads;

  Http2ClientHandler(Loop loop, Http2Client client, Http2Codec<Http2ClientStreams> codec) {
    super(codec.decoder, codec.encoder, codec.settings, true, false);
    this.loop = loop;
    this.client = client;
    this.streams = codec.streams;
    this.scanner = codec.scanner;
  }

  // ---- from the network

  @Override
  public void handlerAdded(ChannelHandlerContext added) throws Exception {
    context = added;
    streams.output.attach(this);
    streams.guard.expectAck();
    super.handlerAdded(added);
  }

  @Override
  public void channelActive(ChannelHandlerContext from) throws Exception {
    client.onConnected();
    super.channelActive(from); // writes the preface and SETTINGS
    streams.receives.start();
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) throws Exception {
    reads++;
    client.timer.onRead(loop.now());
    super.channelRead(from, message);
    client.afterRead();
    if (streams.output.size() > MOST_UNSENT) {
      flushNow(); // a turn may read much more before it ends
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext from) {
    discardSomeReadBytes();
    from.fireChannelReadComplete(); // what was written is flushed at the end of the turn
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext from) {
    if (from.channel().isWritable()) {
      streams.output.flushLater();
      streams.sends.resume();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext from, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      client.lost();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext from) throws Exception {
    client.lost();
    super.channelInactive(from);
    release();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext removed) throws Exception {
    super.handlerRemoved0(removed);
    release();
  }

  private void release() {
    TimerWheel.disarm(client.timer);
    scanner.close();
    streams.output.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    loop.failed(cause);
    client.lost();
  }

  /** Returns how often something has gone out: tells what was sent from what only was written. */
  int flushes() {
    return flushes;
  }

  /** Returns how often something has come. */
  int reads() {
    return reads;
  }

  // ---- errors

  @Override
  public void onError(ChannelHandlerContext from, boolean outbound, Throwable cause) {
    Http2Exception error = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
    if (error instanceof CompositeStreamException all) {
      for (StreamException one : all) {
        refuse(one);
      }
    } else if (error instanceof StreamException one) {
      refuse(one);
    } else if (error == null) {
      loop.unexpected(cause);
      client.fail(Http2Error.INTERNAL_ERROR, "it met a bug of the router");
    } else {
      client.fail(error.error(), String.valueOf(error.getMessage()));
    }
  }

  private void refuse(StreamException error) {
    streams.refuse(error.streamId(), String.valueOf(error.getMessage()));
  }

  /** Sends what is written last. */
  void sendLast() {
    if (context != null) {
      streams.output.send(context);
    }
  }

  // ---- flushing

  @Override
  public void flush(ChannelHandlerContext from) {
    flushNow();
  }

  @Override
  public void flushNow() {
    streams.sends.writePendingBytes();
    if (streams.output.size() > 0) {
      flushes++;
      streams.output.send(requireNonNull(context));
    }
    if (streams.sends.canGoOn()) {
      streams.output.flushLater();
    }
    client.afterFlush();
  }
}
