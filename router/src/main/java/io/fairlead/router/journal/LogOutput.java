package io.fairlead.router.journal;

import java.io.IOException;
import java.io.OutputStream;

/** Where the lines of a log go. For one thread. */
public interface LogOutput {
  /** Writes whole lines: the first {@code count} of {@code bytes}. */
  void write(byte[] bytes, int count) throws IOException;

  /** Gives up what it holds. */
  void close();

  /** Returns what writes to {@code stream}, which stays open. */
  static LogOutput to(OutputStream stream) {
    return new LogOutput() {
      @Override
      public void write(byte[] bytes, int count) throws IOException {
        stream.write(bytes, 0, count); // one call: whole lines stay whole beside other writers
        stream.flush();
      }

      @Override
      public void close() {}
    };
  }
}
