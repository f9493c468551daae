package io.fairlead.router.journal;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Lines on their way from one thread to another: a ring of bytes with one writer and one reader,
 * neither of which ever waits for the other. Its memory is taken with the first line.
 */
final class LineRing {
  private final int size;
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong read = new AtomicLong();

  /** Set once by the writer, before the first count of bytes that the reader can see. */
  private byte @Nullable [] ring;

  /** Makes a ring for so many bytes. */
  LineRing(int size) {
    this.size = size;
  }

  /** Adds a line, unless there is no room; returns whether it did. For the writer. */
  boolean offer(byte[] line, int length) {
    byte[] to = ring;
    if (to == null) {
      to = new byte[size];
      ring = to;
    }
    long end = written.getPlain();
    if (end + length - read.getAcquire() > size) {
      return false;
    }
    int at = (int) (end % size);
    int first = Math.min(length, size - at);
    System.arraycopy(line, 0, to, at, first);
    System.arraycopy(line, first, to, 0, length - first);
    written.setRelease(end + length);
    return true;
  }

  /** Returns whether more than half of it is taken. For the writer. */
  boolean isHalfFull() {
    return written.getPlain() - read.getAcquire() > size / 2;
  }

  /** Takes whole lines, as many as {@code to} holds; returns how many bytes. For the reader. */
  int take(byte[] to) {
    long start = read.getPlain();
    int count = (int) Math.min(written.getAcquire() - start, to.length);
    byte[] from = ring;
    if (count == 0 || from == null) {
      return 0;
    }
    int at = (int) (start % size);
    int first = Math.min(count, size - at);
    System.arraycopy(from, at, to, 0, first);
    System.arraycopy(from, 0, to, first, count - first);
    while (to[count - 1] != '\n') { // there is one: no line is longer than what takes it
      count--;
    }
    read.setRelease(start + count);
    return count;
  }
}
