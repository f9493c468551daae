package io.fairlead.router.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A PEM file as it was read at one moment: its text, or why there is none.
 *
 * @param text as Latin-1: comments may be in any encoding, blocks are ASCII
 * @param unreadable empty if it could be read
 */
record PemFile(Path path, String text, String unreadable) {
  /** A full chain is a few KiB; somebody's core dump is not a certificate. */
  private static final int MAX_BYTES = 1 << 20;

  private static final String BYTE_ORDER_MARK =
      new String(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}, StandardCharsets.ISO_8859_1);

  static PemFile read(Path path) {
    if (Files.isDirectory(path)) {
      return unreadable(path, "is a directory (expected: a PEM file)");
    }
    try (var in = Files.newInputStream(path)) {
      var content = in.readNBytes(MAX_BYTES + 1);
      return content.length > MAX_BYTES
          ? unreadable(path, "more than " + MAX_BYTES + " bytes (expected: a PEM file)")
          : new PemFile(path, new String(content, StandardCharsets.ISO_8859_1), "");
    } catch (NoSuchFileException e) {
      return unreadable(path, "no such file (expected: a PEM file)");
    } catch (AccessDeniedException e) {
      return unreadable(path, "permission denied (expected: a file this process may read)");
    } catch (IOException e) {
      return unreadable(path, "cannot be read: " + e.getMessage());
    }
  }

  /** Returns the blocks in the file, at least one. */
  List<PemBlock> blocks() throws TlsProblem {
    if (!unreadable.isEmpty()) {
      throw problem(unreadable);
    }
    if (text.isEmpty()) {
      throw problem("empty (expected: a PEM file)");
    }
    try {
      var blocks =
          PemBlock.scan(
              text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text);
      if (blocks.isEmpty()) {
        throw new TlsProblem("not PEM (expected: a line that begins with -----BEGIN)");
      }
      return blocks;
    } catch (TlsProblem e) {
      throw problem(e.lines().getFirst());
    }
  }

  /** Stands for what was read, so that a key need not be kept to see that it changed. */
  String fingerprint() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(unreadable.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  TlsProblem problem(String line) {
    return new TlsProblem(path + ": " + line);
  }

  /** Says which file it is, and nothing of what it holds. */
  @Override
  public String toString() {
    return "PemFile[" + path + "]";
  }

  private static PemFile unreadable(Path path, String why) {
    return new PemFile(path, "", why);
  }
}
