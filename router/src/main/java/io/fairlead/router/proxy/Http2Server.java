package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.control.ProxyEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.CompositeStreamException;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A caller's HTTP/2 connection, over TLS or with prior knowledge (RFC 9113).
 *
 * <pre>
 * phase    meaning                                   leaves by
 * OPEN     serves                                    drain -> LEAVING; idle, age, glitches -> LEAVING
 * LEAVING  GOAWAY is sent, new streams still served  a round trip, or a second -> LAST
 * LAST     GOAWAY has named the last stream          its last stream ends -> CLOSING
 * CLOSING  nothing is read or served any more        the peer closes, or a second passes
 * </pre>
 *
 * <p>An error of the connection leads from everywhere to CLOSING. What is written in a turn of the
 * loop leaves at its end; a peer that does not take it is not read from either. Runs on its own
 * event loop.
 */
final class Http2Server extends Http2ConnectionHandler
    implements CallerConnection, Http2Output.Owner {
  private enum Phase {
    OPEN,
    LEAVING,
    LAST,
    CLOSING
  }

  /** Bytes that wait for the socket before no more requests are read. */
  private static final int MOST_UNSENT = 262_144;

  private static final long PING_IDLE = 1;
  private static final long PING_LEAVING = 2;

  private final Loop loop;
  private final Http2Streams streams;
  private final Http2Output output;
  private final Http2FrameScanner scanner;
  private final Http2Guard guard;
  private final Http2Timer timer;
  private final long lastNanos;
  private Phase phase = Phase.OPEN;
  private @Nullable ChannelHandlerContext context;
  private boolean reading = true;

  private Http2Server(Loop loop, Http2Codec<Http2Streams> codec) {
    super(codec.decoder, codec.encoder, codec.settings, true, false);
    this.loop = loop;
    this.streams = codec.streams;
    this.output = streams.output;
    this.scanner = codec.scanner;
    this.guard = streams.guard;
    this.timer = new Http2Timer(this, loop, streams, scanner);
    this.lastNanos = loop.now() + loop.connectionLifeNanos();
  }

  /** Makes the handler of one connection. */
  static ChannelHandler newHandler(Loop loop, Origin origin) {
    return new Http2Server(loop, Http2Codec.ofCaller(loop, origin));
  }

  // ---- from the network

  @Override
  public void handlerAdded(ChannelHandlerContext added) throws Exception {
    context = added;
    loop.connections.add(this);
    output.attach(this);
    guard.expectAck();
    super.handlerAdded(added); // writes SETTINGS
    streams.receives.start();
    timer.start(loop.now());
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) throws Exception {
    timer.onRead(loop.now());
    super.channelRead(from, message);
    if (phase == Phase.OPEN && mayNotGoOn()) {
      drain();
    } else if (phase == Phase.LEAVING && streams.pingAck() == PING_LEAVING) {
      nameLastStream();
    }
    closeIfDone();
    timer.afterRead();
    if (output.size() > MOST_UNSENT) {
      flushNow(); // a turn may read much more before it ends
    }
  }

  @Override
  protected void decode(ChannelHandlerContext from, ByteBuf in, List<Object> out) throws Exception {
    if (phase == Phase.CLOSING) {
      in.skipBytes(in.readableBytes());
    } else {
      super.decode(from, in, out);
    }
  }

  private boolean mayNotGoOn() {
    return guard.isWeary()
        || timer.readNanos() >= lastNanos
        || streams.requests() >= loop.settings.limits().connections().maxRequests()
        || !loop.admission.keepsConnections();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext from) {
    discardSomeReadBytes();
    from.fireChannelReadComplete(); // what was written is flushed at the end of the turn
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext from) {
    if (from.channel().isWritable()) {
      read(true);
      output.flushLater();
      streams.sends.resume();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext from) throws Exception {
    phase = Phase.CLOSING;
    super.channelInactive(from); // ends all streams
    release();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext removed) throws Exception {
    super.handlerRemoved0(removed);
    release();
  }

  private void release() {
    loop.timers.remove(timer);
    loop.connections.remove(this);
    scanner.close();
    streams.close();
    output.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    loop.failed(cause);
    from.close();
  }

  // ---- errors

  @Override
  public void onError(ChannelHandlerContext from, boolean outbound, Throwable cause) {
    Http2Exception error = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
    try {
      if (error instanceof CompositeStreamException all) {
        for (StreamException one : all) {
          refuse(one);
        }
      } else if (error instanceof StreamException one) {
        refuse(one);
      } else {
        fail(error, cause);
      }
    } catch (Http2Exception flood) {
      fail(flood, flood);
    }
  }

  private void refuse(StreamException error) throws Http2Exception {
    loop.recorder.count(ProxyEvent.PROTOCOL_ERROR);
    streams.refuse(error.streamId(), error.error());
  }

  private void fail(@Nullable Http2Exception error, Throwable cause) {
    if (error == null) {
      loop.unexpected(cause);
      fail(Http2Error.INTERNAL_ERROR);
    } else {
      if (error.error() != Http2Error.ENHANCE_YOUR_CALM) { // counted as a flood
        loop.recorder.count(ProxyEvent.PROTOCOL_ERROR);
      }
      fail(error.error());
    }
  }

  /** Ends the connection for an error, and with it all its streams. */
  private void fail(Http2Error error) {
    if (phase == Phase.CLOSING) {
      return;
    }
    output.goAway(connection().remote().lastStreamCreated(), error.code());
    close();
  }

  private void close() {
    read(true); // to its end, so that what is sent arrives
    phase = Phase.CLOSING;
    scanner.stop();
    try {
      connection()
          .forEachActiveStream(
              stream -> {
                stream.close();
                return true;
              });
    } catch (Http2Exception e) {
      loop.unexpected(e);
    }
    flushNow();
    Writes.closeOutput(context());
    timer.startClosing(loop.now());
  }

  // ---- leaving

  /** RFC 9113 6.8: says good-bye first, and which stream was the last a round trip later. */
  @Override
  public void drain() {
    if (phase == Phase.OPEN) {
      phase = Phase.LEAVING;
      output.goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR.code());
      ping(PING_LEAVING);
      timer.startLeaving(loop.now());
    }
  }

  @Override
  public void endRest() {
    streams.endRest();
  }

  @Override
  public void giveWay() {
    drain();
  }

  /** Asks whether the peer is still there. */
  void ping() {
    ping(PING_IDLE);
  }

  private void ping(long data) {
    guard.expectAck();
    output.ping(false, data);
  }

  /** The peer has seen that we leave, or has had the time to. */
  void nameLastStream() {
    if (phase == Phase.LEAVING) {
      phase = Phase.LAST;
      int last = connection().remote().lastStreamCreated();
      try {
        connection().goAwaySent(last, Http2Error.NO_ERROR.code(), Http2CodecOutput.NO_DEBUG_DATA);
      } catch (Http2Exception e) {
        loop.unexpected(e);
      }
      output.goAway(last, Http2Error.NO_ERROR.code());
      closeIfDone();
    }
  }

  private void closeIfDone() {
    if (phase == Phase.LAST && connection().numActiveStreams() == 0) {
      close();
    }
  }

  /** Nothing was asked for a while. */
  void leaveIdle() {
    phase = Phase.LEAVING;
    nameLastStream();
  }

  /** Waits no longer for the peer. */
  void closeNow() {
    context().close();
  }

  /** A field block was not complete in time: whoever sends so slowly holds us up on purpose. */
  void failSlowHead() {
    fail(Http2Error.ENHANCE_YOUR_CALM);
  }

  // ---- flushing

  @Override
  public void flush(ChannelHandlerContext from) {
    flushNow();
  }

  @Override
  public void flushNow() {
    streams.sends.writePendingBytes();
    output.send(context());
    if (streams.sends.canGoOn()) {
      output.flushLater();
    }
    closeIfDone();
    if (Writes.pending(context().channel()) > MOST_UNSENT) {
      // heads are not flow controlled: without this, requests could be sent for answers never read
      read(false);
    }
  }

  private void read(boolean wanted) {
    if (wanted != reading && phase != Phase.CLOSING) {
      reading = wanted;
      context().channel().config().setAutoRead(wanted);
    }
  }

  private ChannelHandlerContext context() {
    return requireNonNull(context);
  }
}
