package io.fairlead.router.kubernetes;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Cuts bytes into lines. Bytes come from one thread at a time; how many bytes there were, any may
 * ask.
 */
final class LineReader {
  /** Far above the largest object that etcd takes. */
  private static final int LONGEST = 8 << 20;

  private final Consumer<byte[]> lines;
  private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
  private final AtomicLong bytes = new AtomicLong();
  private long lineCount;

  LineReader(Consumer<byte[]> lines) {
    this.lines = lines;
  }

  /** Takes what came. */
  void accept(ByteBuffer buffer) {
    long count = buffer.remaining();
    byte[] came = new byte[buffer.remaining()];
    buffer.get(came);
    int from = 0;
    for (int at = 0; at < came.length; at++) {
      if (came[at] == '\n') {
        rest.write(came, from, at - from);
        from = at + 1;
        byte[] line = rest.toByteArray();
        rest.reset();
        if (line.length > 0) {
          lineCount++;
          lines.accept(line);
        }
      }
    }
    rest.write(came, from, came.length - from);
    if (rest.size() > LONGEST) {
      throw new IllegalStateException("a line of " + rest.size() + " bytes (expected: an object)");
    }
    bytes.addAndGet(count);
  }

  /** Returns how many lines came. For the thread that they come from. */
  long lineCount() {
    return lineCount;
  }

  /** Returns how many bytes came. */
  long bytes() {
    return bytes.get();
  }

  /** Returns what came after the last line. */
  String rest() {
    return rest.toString(StandardCharsets.UTF_8);
  }
}
