package io.fairlead.router.proxy;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;
import static java.util.Objects.requireNonNull;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.Http2ResponseRules;
import io.fairlead.router.model.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one connection to a model: opens them, turns frames into responses, and says what
 * becomes of a stream.
 *
 * <p>A malformed response ends its stream and no other. Runs on the connection's loop.
 */
final class Http2ClientStreams
    extends Http2ConnectionStreams<Http2RequestSender, Http2ResponseRules> {
  private static final Http2Headers INFORMATIONAL =
      ReadOnlyHttp2Headers.serverHeaders(false, AsciiString.cached("100"));

  private final Http2Client client;
  private final Head head = new Head();

  private boolean hasSettings;
  private int parts;

  Http2ClientStreams(Loop loop, Http2Client client, Http2Connection connection) {
    super(loop, connection, loop.http2Responses);
    this.client = client;
  }

  // ---- requests

  /** Opens a stream; {@code headAlone} says that the head ends the request. */
  Http2Stream open(Http2RequestSender call, boolean headAlone) {
    try {
      int id = 2 * requests + 1;
      Http2Stream stream = connection.local().createStream(id, headAlone);
      stream.headersSent(false);
      call.id = id;
      call.sendWindow = sends.initialWindowSize();
      receives.open(call.received);
      calls.put(stream, call);
      guard.onRequest();
      requests++;
      return stream;
    } catch (Http2Exception e) {
      throw new IllegalStateException("a stream was opened where there is no room", e);
    }
  }

  /** A stream has met an error of its own. */
  void refuse(int id, String detail) {
    Http2RequestSender call = calls.of(id);
    if (call != null) {
      call.upstream.onMalformed(detail);
    }
  }

  /** The connection has met an error that ends it, and all its streams. */
  void refuseAll(String detail) {
    calls.forEach(call -> call.upstream.onMalformed(detail));
  }

  /** Ends what is open, for whatever reason each has. */
  void closeAll() {
    calls.forEach(call -> requireNonNull(connection.stream(call.id)).close());
  }

  @Override
  void ended(Http2Stream stream, @Nullable Http2RequestSender call) {
    if (call != null) {
      call.upstream.onClosed();
    }
    if (connection.numActiveStreams() == 0) {
      client.onIdle();
    }
  }

  // ---- may this frame come?

  @Override
  public void beginBlock(int stream) {
    Http2RequestSender call = calls.of(stream);
    isTrailers = call != null && call.upstream.response().hasHead();
    if (isTrailers) {
      fields.rules.beginTrailers(trailers);
    } else {
      fields.rules.begin(head);
    }
  }

  /** The codec asks for one thing: whether another head may follow this one. */
  @Override
  public Http2Headers shownToCodec() {
    return !isTrailers && fields.rules.isInformational()
        ? INFORMATIONAL
        : EmptyHttp2Headers.INSTANCE;
  }

  @Override
  public boolean takesHeaders(int id) throws Http2Exception {
    parts++;
    return isOpen(id, "HEADERS");
  }

  @Override
  public boolean takesData(int id, int flowBytes) throws Http2Exception {
    parts++;
    if (isOpen(id, "DATA")) {
      return true;
    }
    receives.receiveUnowned(flowBytes);
    return false;
  }

  /** What comes for a stream that has ended was on its way, and means nothing. */
  private boolean isOpen(int id, String frame) throws Http2Exception {
    if (connection.stream(id) != null) {
      return true;
    }
    if (!connection.local().mayHaveCreatedStream(id)) {
      throw connectionError(PROTOCOL_ERROR, "%s on stream %d, which is not open", frame, id);
    }
    return false;
  }

  // ---- responses

  @Override
  public void onHeadersRead(
      ChannelHandlerContext from,
      int id,
      Http2Headers none,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endStream) {
    Http2Upstream call = upstream(id);
    Refusal refusal =
        isTrailers
            ? fields.rules.endTrailers()
            : fields.rules.end(call.response().method(), endStream);
    if (refusal != null) {
      call.onMalformed(refusal.detail());
    } else if (fields.isTooLarge()) {
      call.onMalformed("fields: more than it was told to send");
    } else if (isTrailers) {
      call.onTrailers(trailers);
    } else if (fields.rules.isInformational()) {
      call.onInformational(head);
    } else {
      call.onHead(head, endStream);
    }
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext from, int id, ByteBuf data, int padding, boolean endOfStream) {
    return upstream(id).onData(data, data.readableBytes() + padding, endOfStream);
  }

  private Http2Upstream upstream(int id) {
    return requireNonNull(calls.of(id)).upstream;
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext from, int id, long errorCode) {
    parts++;
    Http2RequestSender call = calls.of(id);
    if (call != null) {
      call.upstream.onReset(errorCode);
    }
  }

  /** RFC 9113 6.8: what is above the last stream was never looked at. */
  @Override
  public void onGoAway(int lastStream, long errorCode) throws Http2Exception {
    calls.forEach(
        call -> {
          if (call.id > lastStream) {
            call.upstream.onUnseen();
          }
        });
    connection.goAwayReceived(lastStream, errorCode, Http2CodecOutput.NO_DEBUG_DATA);
  }

  // ---- the connection

  @Override
  public void onSettingsRead(ChannelHandlerContext from, Http2Settings settings) {
    hasSettings = true;
  }

  /** Returns whether the model has said what it takes, and so that it speaks HTTP/2. */
  boolean hasSettings() {
    return hasSettings;
  }

  /** Returns how many parts of responses have come; it only matters whether it changes. */
  int parts() {
    return parts;
  }
}
