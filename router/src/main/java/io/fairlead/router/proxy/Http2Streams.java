package io.fairlead.router.proxy;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.STREAM_CLOSED;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;
import static io.netty.handler.codec.http2.Http2Exception.streamError;
import static java.util.Objects.requireNonNull;

import io.fairlead.router.http.Http2RequestRules;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one connection: turns frames into requests, and says what becomes of a stream.
 *
 * <p>A malformed request is a stream error and nobody hears of it (RFC 9113 8.1.1); one that is
 * well-formed but refused gets an answer. Runs on the connection's loop.
 */
final class Http2Streams extends Http2ConnectionStreams<Http2Call, Http2RequestRules> {
  final Origin origin;
  private final Http2ClosedStreams closed = new Http2ClosedStreams();

  private @Nullable Http2Call next; // its head is filled by the block that is decoded
  private long pingAck;

  Http2Streams(Loop loop, Origin origin, Http2Connection connection) {
    super(loop, connection, loop.http2Fields);
    this.origin = origin;
  }

  // ---- may this frame come?

  @Override
  public void beginBlock(int stream) {
    isTrailers = connection.stream(stream) != null;
    if (isTrailers) {
      fields.rules.beginTrailers(trailers);
      return;
    }
    if (next == null) {
      next = loop.newHttp2Call(this);
    }
    fields.rules.begin(next.request());
  }

  /** The codec asks the map for nothing: the fields are in the head of the request already. */
  @Override
  public Http2Headers shownToCodec() {
    return EmptyHttp2Headers.INSTANCE;
  }

  @Override
  public boolean takesHeaders(int id) throws Http2Exception {
    Http2Stream stream = connection.stream(id);
    if (stream != null) {
      if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
        throw streamError(id, STREAM_CLOSED, "HEADERS after the end of the stream");
      }
      return true;
    }
    if (closed.wasReset(id)) {
      guard.glitch(); // trailers that were on their way
      return false;
    }
    if (closed.hasEnded(id)) {
      throw connectionError(STREAM_CLOSED, "HEADERS on stream %d, which has ended", id);
    }
    if (connection.remote().mayHaveCreatedStream(id)) {
      // RFC 9113 5.1.1: a new stream's number is above all others
      throw connectionError(PROTOCOL_ERROR, "HEADERS on stream %d, which was passed over", id);
    }
    return true;
  }

  @Override
  public boolean takesData(int id, int flowBytes) throws Http2Exception {
    if (connection.stream(id) == null && closed.wasReset(id)) {
      receives.receiveUnowned(flowBytes);
      return false;
    }
    return true;
  }

  @Override
  public void onGoAway(int lastStream, long errorCode) {} // a caller opens streams or it does not

  // ---- requests

  @Override
  public void onHeadersRead(
      ChannelHandlerContext from,
      int id,
      Http2Headers none,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endStream)
      throws Http2Exception {
    Http2Stream stream = requireNonNull(connection.stream(id));
    if (isTrailers) {
      trailers(stream);
    } else {
      request(stream, endStream);
    }
  }

  private void request(Http2Stream stream, boolean endStream) throws Http2Exception {
    Http2Call call = requireNonNull(next);
    next = null;
    guard.onRequest();
    requests++;
    Refusal refusal = fields.rules.end(endStream);
    if (fields.isTooLarge()) {
      refusal = new Refusal(RouterError.HEADER_TOO_LARGE, tooLarge());
    } else if (refusal != null && refusal.error() == RouterError.BAD_REQUEST) {
      call.discard();
      loop.recycle(call);
      throw streamError(stream.id(), PROTOCOL_ERROR, "%s", refusal.detail());
    }
    calls.put(stream, call);
    call.begin(stream, sends.initialWindowSize(), endStream);
    long now = loop.now();
    Exchange exchange = requireNonNull(call.exchange());
    if (refusal != null) {
      exchange.rejectHead(refusal, now);
      return;
    }
    exchange.start(now);
    if (endStream && call.exchange() != null) {
      call.onNoBody();
    }
  }

  private String tooLarge() {
    return "the request head is too large (expected: at most "
        + loop.settings.limits().http2().maxHeaderListBytes()
        + " bytes, 32 more for each field)";
  }

  private void trailers(Http2Stream stream) throws Http2Exception {
    Http2Call call = requireNonNull(calls.of(stream));
    Refusal refusal = fields.rules.endTrailers();
    // RFC 9113 8.5: on a stream that was opened by CONNECT nothing but DATA follows
    boolean malformed = refusal != null || fields.isTooLarge() || call.isConnect();
    if (malformed || !call.fits(0, true)) {
      throw streamError(stream.id(), PROTOCOL_ERROR, "malformed trailers");
    }
    call.onTrailers(trailers);
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext from, int id, ByteBuf data, int padding, boolean endOfStream)
      throws Http2Exception {
    Http2Call call = requireNonNull(calls.of(id));
    int count = data.readableBytes();
    if (!call.fits(count, endOfStream)) {
      throw streamError(id, PROTOCOL_ERROR, "content-length is not the sum of all DATA");
    }
    return call.onData(data, count + padding, endOfStream);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext from, int id, long errorCode)
      throws Http2Exception {
    guard.onResetByPeer(loop.now());
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext from, long data) {
    pingAck = data;
  }

  /** Returns what the last PING carried that the peer has answered; 0 for none. */
  long pingAck() {
    return pingAck;
  }

  // ---- the ends of streams

  /** The response is out whole: what is left of the request is not wanted (RFC 9113 8.1). */
  void answered(Http2Stream stream, boolean bodyEnded) {
    if (bodyEnded) {
      stream.closeLocalSide();
    } else {
      // not counted with our resets: the request was answered, and nothing of it goes on
      resetNow(stream, Http2Error.NO_ERROR);
    }
  }

  /** Ends what the good-bye has not: there is no time left. */
  void endRest() {
    long now = loop.now();
    calls.forEach(call -> call.onShutdown(now));
  }

  /** Resets a stream for what the peer did, even one that was never opened. */
  void refuse(int id, Http2Error error) throws Http2Exception {
    Http2Stream stream = connection.stream(id);
    if (stream == null) {
      output.reset(id, error.code());
      closed.add(id, true);
    } else {
      reset(stream, error);
    }
    guard.glitch();
    guard.onResetByUs(loop.now());
  }

  @Override
  void ended(Http2Stream stream, @Nullable Http2Call call) {
    closed.add(stream.id(), stream.isResetSent());
    if (call != null) {
      call.onClosed();
      loop.recycle(call);
    }
  }

  /** The connection has ended. */
  void close() {
    if (next != null) {
      next.discard();
      loop.recycle(next);
      next = null;
    }
  }
}
