package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.http1.HeadWriter;
import io.fairlead.router.model.Replica;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The writing half of a connection to a model: sends one request after another, each with its body
 * at once or as it comes.
 */
final class RequestSender implements FlushBatch.Flushable {
  private final Loop loop;
  private @Nullable Channel channel;
  private boolean chunked;
  private boolean webSocket;
  private boolean complete;
  private boolean marked;
  private boolean flushed;
  private long sentNanos;

  RequestSender(Loop loop) {
    this.loop = loop;
  }

  /** Returns whether the whole request has been handed over. */
  boolean isComplete() {
    return complete;
  }

  /** Returns whether any of the request has left this process. */
  boolean hasBegun() {
    return flushed;
  }

  /** Returns when the last bytes were handed over. */
  long sentNanos() {
    return sentNanos;
  }

  /**
   * Sends the head and what is kept of the body.
   *
   * @param whole whether that is all
   * @param atOnce not at the end of the turn: what comes from now on is an answer
   */
  void begin(Channel to, Exchange exchange, Replica replica, boolean whole, boolean atOnce) {
    channel = to;
    flushed = false;
    HeadWriter head = loop.writer;
    webSocket = exchange.route.isWebSocket();
    chunked = UpstreamHead.write(head, exchange, replica, whole);
    ByteBuf body = webSocket ? null : exchange.body.bytes(); // not before the model has agreed
    int size = body == null ? 0 : body.readableBytes();
    boolean together = size <= Writes.COPY_BELOW;
    if (chunked && size > 0) {
      head.chunkHead(size);
    }
    ByteBuf out = loop.allocator.directBuffer(head.length() + (together ? size : 0));
    out.writeBytes(head.array(), 0, head.length());
    if (body != null && together) {
      out.writeBytes(body, body.readerIndex(), size);
    }
    write(out);
    if (body != null && !together) {
      write(body.retainedSlice());
    }
    if (chunked && size > 0) {
      write(Writes.CRLF.duplicate());
    }
    sent(whole, atOnce);
  }

  /** Sends {@code count} more bytes of the body, consuming them. */
  void more(ByteBuf in, int count, boolean last) {
    if (count > 0) {
      if (chunked) {
        write(Writes.chunkHead(loop, count));
      }
      write(in.readRetainedSlice(count));
      if (chunked) {
        write(Writes.CRLF.duplicate());
      }
    }
    if (last && chunked) {
      write(Writes.LAST_CHUNK.duplicate());
    }
    sent(last, false);
    if (last && webSocket) {
      Writes.closeOutput(channel()); // nothing else would tell the model
    }
  }

  /** Returns whether the model takes more. */
  boolean isWritable() {
    if (!channel().isWritable()) {
      flushed = true;
      channel().flush(); // what the turn has gathered, before the caller must wait
    }
    return channel().isWritable();
  }

  private void sent(boolean last, boolean atOnce) {
    complete = last;
    sentNanos = loop.now();
    if (atOnce) {
      flushNow();
    } else {
      loop.flushes.add(this);
    }
  }

  private void write(ByteBuf bytes) {
    channel().write(bytes, channel().voidPromise());
  }

  private Channel channel() {
    return requireNonNull(channel);
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
    flushed = true;
    channel().flush();
  }
}
