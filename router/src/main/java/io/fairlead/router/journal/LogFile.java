package io.fairlead.router.journal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A log in a file that is appended to. When something else has the name, because a rotation moved
 * the file away, a new one is begun within a second; one that is cut to nothing is appended to.
 */
public final class LogFile implements LogOutput {
  private static final long LOOK_NANOS = 1_000_000_000L;

  private final Path path;
  private final LongSupplier nanos;
  private OutputStream stream;
  private @Nullable Object key;
  private long lookedNanos;

  private LogFile(Path path, LongSupplier nanos) throws IOException {
    this.path = path;
    this.nanos = nanos;
    this.stream = open();
    this.key = key();
    this.lookedNanos = nanos.getAsLong();
  }

  /**
   * Opens {@code path}, and makes it if there is none.
   *
   * @throws IOException if it cannot be written to
   */
  public static LogFile open(Path path, LongSupplier nanos) throws IOException {
    return new LogFile(path, nanos);
  }

  private OutputStream open() throws IOException {
    return Files.newOutputStream(
        path, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);
  }

  /** Returns what tells this file from another of its name; null where there is none. */
  private @Nullable Object key() throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  @Override
  public void write(byte[] bytes, int count) throws IOException {
    long now = nanos.getAsLong();
    if (now - lookedNanos >= LOOK_NANOS) {
      lookedNanos = now;
      if (!Files.exists(path) || !Objects.equals(key, key())) {
        stream.close();
        stream = open();
        key = key();
      }
    }
    stream.write(bytes, 0, count);
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException e) {
      // every line was handed over before
    }
  }
}
