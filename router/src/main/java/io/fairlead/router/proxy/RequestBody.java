package io.fairlead.router.proxy;

import io.fairlead.router.http.Head;
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
  private @Nullable Head trailers;

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

  /**
   * Keeps a copy of {@code count} bytes that are about to go on, in case they must be sent again;
   * not where all together would be more than {@code most}.
   */
  void keepCopy(ByteBuf in, int count, boolean last, int most, ByteBufAllocator allocator) {
    if (streamed) {
      return;
    }
    if (kept() + count > most) {
      streamOn();
      return;
    }
    int at = in.readerIndex();
    keep(in, count, last, allocator);
    in.readerIndex(at);
  }

  /** Keeps what {@code other} keeps, which is all of it. */
  void share(RequestBody other) {
    clear();
    received = other.received;
    kept = other.kept == null ? null : other.kept.retainedSlice();
  }

  /** Returns how many bytes are kept. */
  int kept() {
    return kept == null ? 0 : kept.readableBytes();
  }

  /** Returns what is kept, to be read without moving its indices; null if nothing is. */
  @Nullable ByteBuf bytes() {
    return kept;
  }

  /** Gives away what is kept, to be released by who takes it; null if nothing is. */
  @Nullable ByteBuf take() {
    ByteBuf taken = kept;
    kept = null;
    streamed |= received > 0;
    return taken;
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

  /** Keeps a copy of the trailers that end the body. */
  void keepTrailers(Head fields) {
    trailers = Http2Backlog.copyOf(fields);
  }

  /** Returns what ends the body; null if its last byte does. */
  @Nullable Head trailers() {
    return trailers;
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
    trailers = null;
  }
}
