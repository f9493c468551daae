package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.http.Head;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * What of one message the windows do not let through yet.
 *
 * <p>The bytes are copied together: what may wait is little, and small pieces must not hold large
 * buffers.
 */
final class Http2Backlog {
  private @Nullable ByteBuf bytes;
  private @Nullable Head trailers;
  private boolean ends;

  /** Keeps {@code count} bytes of {@code body}, consuming them; {@code last} ends the message. */
  void keep(ByteBuf body, int count, boolean last, ByteBufAllocator allocator) {
    ends |= last;
    ByteBuf to = bytes;
    if (to == null) {
      to = allocator.directBuffer(Math.max(count, 256));
      bytes = to;
    }
    to.discardSomeReadBytes();
    to.writeBytes(body, count);
  }

  /** Keeps a copy of the trailers that end the message. */
  void keep(Head fields) {
    trailers = copyOf(fields);
  }

  /** Returns a copy of the fields that are not dropped. */
  static Head copyOf(Head fields) {
    var copy = new Head();
    copy.reset();
    for (int i = 0; i < fields.fields(); i++) {
      if (!fields.isDropped(i)) {
        int name = copy.append(fields.text(fields.nameStart(i), fields.nameEnd(i)));
        int value = copy.append(fields.value(i));
        copy.addField(fields.id(i), name, value, value, copy.length());
      }
    }
    return copy;
  }

  /** Returns whether nothing waits, not even the end. */
  boolean isEmpty() {
    return bytes == null;
  }

  int size() {
    return bytes == null ? 0 : bytes.readableBytes();
  }

  ByteBuf bytes() {
    return requireNonNull(bytes);
  }

  /** Returns what ends the message behind the bytes; null if the last of them does. */
  @Nullable Head trailers() {
    return trailers;
  }

  /** Returns whether the message ends with these bytes. */
  boolean endsWithBytes() {
    return ends && trailers == null;
  }

  /** Returns whether the message ends here, one way or the other. */
  boolean ends() {
    return ends || trailers != null;
  }

  void clear() {
    if (bytes != null) {
      bytes.release();
      bytes = null;
    }
    trailers = null;
    ends = false;
  }
}
