package io.fairlead.router.jwks;

import io.fairlead.router.auth.KeySetReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** Keys in a file, which is looked at again and again by one thread; its content is what counts. */
final class FileKeys extends KeySource {
  private final Path file;
  private byte[] seen = {};
  private String failure = "";
  private boolean isGood;

  FileKeys(Path file, KeySetListener listener) {
    super(file.toString(), listener, () -> {});
    this.file = file;
  }

  /** Reads the file if it has changed. */
  void poll(long now) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(KeySetReader.MAX_LENGTH + 1); // one more is too many
      if (!Arrays.equals(content, seen) || !failure.isEmpty()) {
        seen = content;
        failure = "";
        isGood = take(new String(content, StandardCharsets.UTF_8), now) == null;
      } else if (isGood) {
        confirm(now);
      }
    } catch (IOException e) {
      String why =
          e instanceof NoSuchFileException
              ? "no such file (expected: a JWK Set)"
              : "cannot be read: " + e;
      if (!why.equals(failure)) {
        failure = why;
        fail(why);
      }
    }
  }
}
