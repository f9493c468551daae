package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 stream as the caller's side of an exchange.
 *
 * <p>An exchange is done when its last byte is handed over; the call lives until the stream has
 * ended, with what the windows did not let through.
 */
final class Http2Call extends Http2Flow implements Downstream {
  private @Nullable Http2Streams streams;
  private @Nullable Http2Stream stream;
  private @Nullable Exchange exchange;
  private long bodyExpected = -1;
  private long bodyReceived;
  private boolean bodyEnded;
  private boolean reads = true;
  private boolean headOnly;
  private boolean connect;

  /** Prepares for the next request of a connection, whose head is decoded next. */
  void open(Http2Streams connection) {
    streams = connection;
    stream = null;
    exchange = connection.loop.newExchange(this);
    connection.receives.open(received);
    bodyExpected = -1;
    bodyReceived = 0;
    bodyEnded = false;
    reads = true;
    headOnly = false;
    connect = false;
  }

  // ---- from the caller

  /** Returns the head that the fields of the request go to. */
  Head request() {
    return requireNonNull(exchange).request;
  }

  /** Its head is complete and the stream is there. */
  void begin(Http2Stream newStream, int window, boolean endStream) {
    stream = newStream;
    id = newStream.id();
    sendWindow = window;
    bodyEnded = endStream;
    Head head = request();
    bodyExpected = head.contentLength();
    headOnly = head.method() == Method.HEAD;
    connect = head.method() == Method.CONNECT;
  }

  /** Returns the exchange; null once it has its answer. */
  @Nullable Exchange exchange() {
    return exchange;
  }

  /**
   * Takes DATA.
   *
   * @return how many bytes were taken; the rest is owed until the body is wanted again
   */
  int onData(ByteBuf data, int flowBytes, boolean last) {
    int count = data.readableBytes();
    bodyReceived += count;
    bodyEnded |= last;
    Exchange current = exchange;
    if (current == null) {
      return flowBytes;
    }
    current.onBody(data, count, last);
    return reads ? flowBytes : 0;
  }

  /** Returns whether {@code more} bytes of body fit what was declared (RFC 9113 8.1.1). */
  boolean fits(int more, boolean last) {
    if (bodyExpected < 0) {
      return true;
    }
    long sum = bodyReceived + more;
    return last ? sum == bodyExpected : sum <= bodyExpected;
  }

  /** The router leaves, and no time is left. */
  void onShutdown(long now) {
    if (exchange != null) {
      exchange.onShutdown(now);
    }
  }

  /** Returns whether the stream was opened by CONNECT. */
  boolean isConnect() {
    return connect;
  }

  /** The request has no body. */
  void onNoBody() {
    requireNonNull(exchange).onBody(Unpooled.EMPTY_BUFFER, 0, true);
  }

  /** The body ended with trailers. */
  void onTrailers(Head trailers) {
    bodyEnded = true;
    if (exchange != null) {
      if (trailers.fields() > 0) {
        exchange.body.keepTrailers(trailers);
      }
      exchange.onBody(Unpooled.EMPTY_BUFFER, 0, true);
    }
  }

  /** The stream is no more, whoever ended it. */
  void onClosed() {
    clear();
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      current.onClientGone();
    }
  }

  /** Gives the exchange back of a request that was never begun. */
  void discard() {
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      current.discard();
    }
  }

  // ---- from the exchange

  @Override
  public Origin origin() {
    return streams().origin;
  }

  @Override
  public String protocol() {
    return "HTTP/2";
  }

  @Override
  public void sendContinue() {
    streams().output.head(id, 100, null, -1, false);
  }

  @Override
  public void inform(Head head) {
    if (head.status() != 101) { // RFC 9113 8.6: there is no such thing here
      streams().output.head(id, head.status(), head, -1, false);
    }
  }

  @Override
  public void respond(int status, Head head, ByteBuf body, int count, boolean last) {
    long length = last ? count : -1;
    if (head.framing() == Head.Framing.LENGTH) {
      length = head.contentLength();
    } else if (head.framing() == Head.Framing.NONE) {
      length = lengthWithoutBody(status, head);
    }
    boolean empty = last && count == 0;
    // RFC 8441 5: what HTTP/1.1 switches to is a stream that was accepted
    sendHead(status == 101 ? 200 : status, head, length, empty);
    if (empty) {
      ended();
    } else if (count > 0) {
      data(body, count, last);
    }
  }

  private long lengthWithoutBody(int status, Head head) {
    // of HEAD or 304: what a GET would have got; elsewhere the end of the stream says it all
    return headOnly || status == 304 ? head.contentLength() : -1;
  }

  private void sendHead(int status, Head head, long length, boolean last) {
    requireNonNull(stream).headersSent(false);
    streams().output.head(id, status, head, length, last);
  }

  @Override
  public void data(ByteBuf body, int count, boolean last) {
    streams().sends.send(this, body, count, last);
    if (last) {
      exchange = null;
      if (backlog.isEmpty()) {
        ended();
      }
    }
  }

  @Override
  public void trailers(Head trailers) {
    if (!backlog.isEmpty()) {
      backlog.keep(trailers);
      exchange = null;
    } else {
      streams().output.trailers(id, trailers);
      ended();
    }
  }

  @Override
  public void answer(int status, Head fields, boolean withoutBody, byte[] body) {
    boolean empty = withoutBody || body.length == 0;
    sendHead(status, fields, body.length == 0 ? -1 : body.length, empty);
    if (empty) {
      ended();
    } else {
      data(Unpooled.wrappedBuffer(body), body.length, true);
    }
  }

  @Override
  public void abort() {
    exchange = null;
    // RFC 8441 5: what a TCP reset is to a WebSocket over HTTP/1.1
    Http2Error error = connect ? Http2Error.CANCEL : Http2Error.INTERNAL_ERROR;
    streams().reset(requireNonNull(stream), error);
  }

  @Override
  void cancel() {
    streams().reset(requireNonNull(stream), Http2Error.CANCEL);
  }

  @Override
  public void readBody(boolean wanted) {
    reads = wanted;
    if (wanted && received.held() > 0) {
      streams().receives.consumeBytes(requireNonNull(stream), received.held());
    }
  }

  /** Other streams of the connection may follow: their answers leave together. */
  @Override
  public void sendNow() {}

  @Override
  public long unsentBytes() {
    return backlog.size() + streams().sends.unsentBytes();
  }

  /** The last frame of the response is out. */
  private void ended() {
    exchange = null;
    streams().answered(requireNonNull(stream), bodyEnded);
  }

  @Override
  void allSent() {
    Head trailers = backlog.trailers();
    boolean ends = backlog.ends();
    backlog.clear();
    if (trailers != null) {
      streams().output.trailers(id, trailers);
    }
    if (ends) {
      ended();
    } else {
      resume();
    }
  }

  @Override
  Http2SendWindows sends() {
    return streams().sends;
  }

  @Override
  void goOn() {
    if (exchange != null) {
      exchange.onWritable();
    }
  }

  @Override
  boolean isDone() {
    return exchange == null;
  }

  private Http2Streams streams() {
    return requireNonNull(streams);
  }
}
