package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.http.Head;
import io.fairlead.router.model.Replica;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * The writing half of one stream to a model: sends one request, with its body at once or as it
 * comes, as far as the windows allow.
 */
final class Http2RequestSender extends Http2Flow {
  final Http2Upstream upstream;
  private final Loop loop;
  private @Nullable Http2Client client;
  private @Nullable Http2Stream stream;
  private int flushesBefore;
  private int readsBefore;
  private long sentNanos;
  private boolean complete;

  Http2RequestSender(Loop loop, Http2Upstream upstream) {
    this.loop = loop;
    this.upstream = upstream;
  }

  /** Opens a stream and sends the head and what is kept of the body. */
  void begin(Http2Client to, Exchange exchange, Replica replica, boolean whole) {
    client = to;
    ByteBuf body = exchange.body.bytes();
    boolean headAlone = whole && body == null && exchange.body.trailers() == null;
    stream = to.streams.open(this, headAlone);
    flushesBefore = to.flushes();
    readsBefore = to.reads();
    to.output.request(id, exchange, replica, headAlone);
    sentNanos = loop.now();
    complete = headAlone;
    if (body != null) {
      int at = body.readerIndex();
      more(exchange, body, body.readableBytes(), whole);
      body.readerIndex(at); // it may have to be sent again
    } else if (whole && !headAlone) {
      more(exchange, Unpooled.EMPTY_BUFFER, 0, true);
    }
  }

  /** Sends {@code count} more bytes of the body, consuming them. */
  void more(Exchange exchange, ByteBuf in, int count, boolean last) {
    sentNanos = loop.now();
    Head trailers = last ? exchange.body.trailers() : null;
    boolean ends = last && trailers == null;
    if (count > 0 || ends) {
      sends().send(this, in, count, ends);
    }
    if (trailers != null && !backlog.isEmpty()) {
      backlog.keep(trailers);
    } else if (last && backlog.isEmpty()) {
      end(trailers);
    }
  }

  /** Nothing of the request waits any more; trailers, if there are any, end it. */
  private void end(@Nullable Head trailers) {
    if (trailers != null) {
      client().output.trailers(id, trailers);
    }
    complete = true;
    stream().closeLocalSide();
  }

  /** Breaks the stream off. */
  void reset(Http2Error error) {
    client().streams.reset(stream(), error);
  }

  /** Returns whether the whole request is on its way. */
  boolean isComplete() {
    return complete;
  }

  /** Returns when the last bytes were handed over. */
  long sentNanos() {
    return sentNanos;
  }

  /** Returns whether the model, which is gone, cannot have seen any of this. */
  boolean cannotHaveBeenSeen() {
    return client().cannotHaveSeen(flushesBefore, readsBefore);
  }

  /** Lets the model send as much more as was held back. */
  void giveWindowBack() {
    if (received.held() > 0) {
      client().streams.receives.consumeBytes(stream(), received.held());
    }
  }

  // ---- from the windows

  @Override
  Http2SendWindows sends() {
    return client().streams.sends;
  }

  @Override
  void allSent() {
    Head trailers = backlog.trailers();
    boolean ends = backlog.ends();
    backlog.clear();
    if (ends) {
      end(trailers);
    }
  }

  @Override
  void goOn() {
    upstream.onWritable();
  }

  /** Returns false: the exchange watches over all that waits. */
  @Override
  boolean isDone() {
    return false;
  }

  @Override
  void cancel() {
    upstream.cancel(false);
  }

  private Http2Client client() {
    return requireNonNull(client);
  }

  private Http2Stream stream() {
    return requireNonNull(stream);
  }
}
