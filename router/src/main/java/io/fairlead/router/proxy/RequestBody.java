package io.fairlead.router.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * What has come of a request's body and is kept: until there is a connection to send it on, and a
 * little longer in case it must be sent again.
 *
 * <p>A body that came in one piece is kept as a slice of what was read. Anything else is copied
 * together, so that many small pieces cannot hold many large buffers.
 */
final class RequestBody {
  private @Nullable ByteBuf kept;
  private long received;
  private boolean streamed;

  /** Counts bytes that came, whatever becomes of them. */
  void count(int bytes) {
    received += bytes;
  }

  /** Returns how many bytes have come. */
  long received() {
    return received;
  }

  /** Keeps {@code count} bytes of {@code in}, consuming them. */
  void keep(ByteBuf in, int count, boolean last, ByteBufAllocator allocator) {
    if (count == 0) {
      return;
    }
    ByteBuf to = kept;
    if (to == null) {
      if (last) {
        kept = in.readRetainedSlice(count);
        return;
      }
      to = allocator.buffer(Math.max(count, 4096));
      kept = to;
    }
    to.writeBytes(in, count);
  }

  /** Returns how many bytes are kept. */
  int kept() {
    return kept == null ? 0 : kept.readableBytes();
  }

  /** Returns what is kept, to be read without moving its indices; null if nothing is. */
  @Nullable ByteBuf bytes() {
    return kept;
  }

  /** Says that bytes went on which are not kept: the body cannot be sent a second time. */
  void streamOn() {
    streamed = true;
    release();
  }

  /** Returns whether all that has come is kept. */
  boolean isWhole() {
    return !streamed;
  }

  /** Gives up what is kept. */
  void release() {
    if (kept != null) {
      kept.release();
      kept = null;
    }
    streamed |= received > 0;
  }

  /** Becomes the body of the next request. */
  void clear() {
    release();
    received = 0;
    streamed = false;
  }
}
