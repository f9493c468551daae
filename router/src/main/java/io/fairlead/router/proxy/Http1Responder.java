package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.http1.HeadWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * The writing half of a caller's HTTP/1.1 connection: frames one response after another.
 *
 * <p>A head and what there is of its body leave in one buffer while they are small.
 */
final class Http1Responder implements Downstream, FlushBatch.Flushable {
  private final Loop loop;
  private final Http1Server server;
  private final Origin origin;

  private @Nullable ChannelHandlerContext context;
  private boolean http10;
  private boolean headOnly;
  private boolean chunked;
  private boolean untilEnd;
  private boolean marked;
  private boolean unsent; // what was written since the last flush

  Http1Responder(Loop loop, Http1Server server, Origin origin) {
    this.loop = loop;
    this.server = server;
    this.origin = origin;
  }

  void attach(ChannelHandlerContext to) {
    context = to;
  }

  /** Notes what the request that is answered next says of its answer. */
  void begin(Head request) {
    http10 = request.minorVersion() == 0;
    headOnly = request.method() == Method.HEAD;
    chunked = false;
    untilEnd = false;
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public String protocol() {
    return http10 ? "HTTP/1.0" : "HTTP/1.1";
  }

  @Override
  public void sendContinue() {
    server.continued();
    write(Writes.CONTINUE.duplicate());
  }

  @Override
  public void inform(Head head) {
    if (http10) {
      return; // RFC 9110 15.2: a 1.0 client has never heard of them
    }
    HeadWriter out = loop.writer;
    out.reset();
    out.statusLine(head.status());
    out.forwardedFields(head);
    out.end();
    write(buffer(out, 0));
  }

  @Override
  public void respond(int status, Head head, ByteBuf body, int count, boolean last) {
    HeadWriter out = loop.writer;
    out.reset();
    out.statusLine(status);
    out.forwardedFields(head);
    if (status == 101) {
      switchProtocols(out);
    } else {
      frame(out, status, head, count, last);
      endHead(out);
    }
    if (count > Writes.COPY_BELOW) {
      write(buffer(out, 0));
      data(body, count, last);
      return;
    }
    boolean framed = chunked && count > 0;
    if (framed) {
      out.chunkHead(count);
    }
    ByteBuf whole = buffer(out, count).writeBytes(body, count);
    if (framed) {
      whole.writeByte('\r').writeByte('\n');
    }
    write(whole);
    if (last) {
      server.ended();
    }
  }

  /** RFC 9110 7.8: this is the end of HTTP on the connection. */
  private void switchProtocols(HeadWriter out) {
    untilEnd = true;
    out.bytes(Writes.UPGRADE);
    out.end();
    server.switched();
  }

  /** Chooses how the caller will know the end of the body (RFC 9112 6). */
  private void frame(HeadWriter out, int status, Head head, int count, boolean last) {
    switch (head.framing()) {
      case NONE -> {
        if (!headOnly && status != 204 && status != 304) {
          out.contentLength(0); // whatever a 304 declared that goes on as an error
        } else if (head.contentLength() >= 0 && status != 204) {
          out.contentLength(head.contentLength()); // of HEAD or 304: what a GET would have got
        }
      }
      case LENGTH -> out.contentLength(head.contentLength());
      case CHUNKED, UNTIL_END -> {
        if (last) {
          out.contentLength(count);
        } else if (http10) {
          untilEnd = true; // only the end of the connection can end such a body
          server.lastResponse();
        } else {
          chunked = true;
          out.chunked();
        }
      }
    }
  }

  private void endHead(HeadWriter out) {
    if (!server.keepsAlive()) {
      out.bytes(Writes.CLOSE);
    } else if (http10) {
      out.bytes(Writes.KEEP_ALIVE);
    }
    out.end();
  }

  @Override
  public void data(ByteBuf body, int count, boolean last) {
    if (count > 0) {
      if (chunked) {
        write(Writes.chunkHead(loop, count));
      }
      write(body.readRetainedSlice(count));
      if (chunked) {
        write(Writes.CRLF.duplicate());
      }
    }
    if (last) {
      if (chunked) {
        write(Writes.LAST_CHUNK.duplicate());
      }
      server.ended();
    }
  }

  @Override
  public void trailers(Head trailers) {
    if (chunked) {
      HeadWriter out = loop.writer;
      out.reset();
      out.bytes(Writes.LAST_CHUNK_LINE);
      out.forwardedFields(trailers);
      out.end();
      write(buffer(out, 0));
    }
    server.ended();
  }

  @Override
  public void answer(int status, Head fields, boolean withoutBody, byte[] body) {
    HeadWriter out = loop.writer;
    out.reset();
    out.statusLine(status);
    out.forwardedFields(fields);
    out.contentLength(body.length);
    if (status == 408 && server.isReceiving()) {
      server.lastResponse(); // RFC 9110 15.5.9; not where it was the model who was too slow
    }
    endHead(out);
    ByteBuf whole = buffer(out, body.length);
    if (!withoutBody) {
      whole.writeBytes(body);
    }
    write(whole);
    server.ended();
  }

  @Override
  public void abort() {
    if (untilEnd) {
      Writes.resetOnClose(requireNonNull(context)); // a FIN would say that the body is complete
    } else {
      requireNonNull(context).flush(); // what came before is the caller's
    }
    server.abort();
  }

  @Override
  public void readBody(boolean wanted) {
    server.readBody(wanted);
  }

  @Override
  public boolean isWritable() {
    if (!channel().isWritable()) {
      sendNow(); // what the turn has gathered, before the model must wait
    }
    return channel().isWritable();
  }

  /** At the end of the turn it would be one system call as well, and the caller would wait. */
  @Override
  public void sendNow() {
    if (unsent) { // with TLS even a flush of nothing costs 170 bytes and a call
      unsent = false;
      requireNonNull(context).flush();
    }
  }

  @Override
  public long unsentBytes() {
    return Writes.pending(channel());
  }

  private void write(ByteBuf bytes) {
    requireNonNull(context).write(bytes, channel().voidPromise());
    unsent = true;
    loop.flushes.add(this);
  }

  private ByteBuf buffer(HeadWriter out, int more) {
    return loop.allocator
        .directBuffer(out.length() + more + 16)
        .writeBytes(out.array(), 0, out.length());
  }

  private Channel channel() {
    return requireNonNull(context).channel();
  }

  @Override
  public boolean markForFlush() {
    boolean first = !marked;
    marked = true;
    return first;
  }

  @Override
  public void flushNow() {
    marked = false;
    sendNow();
  }
}
