package io.fairlead.router.manifest;

import io.fairlead.router.resource.Documents;
import io.fairlead.router.resource.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory of manifests that is looked at again and again. For use by one thread.
 *
 * <p>Files whose name ends with {@code .yaml} or {@code .yml} count, in the order of their names;
 * those that start with a dot do not, nor does what lies in directories below. What counts as a
 * change is the content, so a swap of symbolic links (as Kubernetes mounts a ConfigMap) is seen and
 * a mere touch is not. A change is read once two looks in a row have found the same content, so
 * that a file caught between two writes is not taken for one that has lost its end.
 */
public final class ManifestDirectory {
  private final Path directory;
  private byte[] read = {};
  private byte[] seen = {};
  private boolean isFirst = true;
  private long version;

  public ManifestDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Returns what the directory says now; null if that is what it said before, or if it may still be
   * changing. The first call always returns a reading. Each accepted state has a higher version.
   */
  public @Nullable Reading poll() {
    Map<String, byte[]> contents;
    try {
      contents = contents();
    } catch (IOException e) {
      String message = "cannot be read: " + e + " (expected: a directory of manifests)";
      byte[] hash = message.getBytes(StandardCharsets.UTF_8);
      return settles(hash)
          ? new Reading.Refused(List.of(new Problem(directory.toString(), 0, 0, message)))
          : null;
    }
    if (!settles(hash(contents))) {
      return null;
    }
    Reading reading = Manifests.read(contents, version + 1);
    if (reading instanceof Reading.Accepted) {
      version++;
    }
    return reading;
  }

  /** Notes what was found now; returns whether it is to be read. */
  private boolean settles(byte[] now) {
    boolean settled = isFirst || Arrays.equals(now, seen);
    isFirst = false;
    seen = now;
    if (!settled || Arrays.equals(now, read)) {
      return false;
    }
    read = now;
    return true;
  }

  private Map<String, byte[]> contents() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      entries.filter(ManifestDirectory::counts).sorted().forEach(files::add);
    }
    Map<String, byte[]> contents = new LinkedHashMap<>();
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        // One byte more than allowed tells that there are too many.
        contents.put(file.getFileName().toString(), in.readNBytes(Documents.MAX_FILE_BYTES + 1));
      }
    }
    return contents;
  }

  private static boolean counts(Path file) {
    String name = file.getFileName().toString();
    return !name.startsWith(".")
        && (name.endsWith(".yaml") || name.endsWith(".yml"))
        && Files.isRegularFile(file);
  }

  private static byte[] hash(Map<String, byte[]> contents) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      contents.forEach(
          (name, content) -> {
            byte[] text = name.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(8).putInt(text.length).putInt(content.length).flip());
            digest.update(text);
            digest.update(content);
          });
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
