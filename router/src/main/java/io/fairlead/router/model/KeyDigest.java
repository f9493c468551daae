package io.fairlead.router.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** The SHA-256 of a key: all of it that the router keeps. */
public final class KeyDigest {
  /** The digest of no key that anybody could find. */
  public static final KeyDigest OF_NO_KEY = new KeyDigest(new byte[32]);

  private final byte[] sha256;

  private KeyDigest(byte[] sha256) {
    this.sha256 = sha256;
  }

  /** Digests a key, whose characters are ASCII. */
  public static KeyDigest of(String key) {
    try {
      return new KeyDigest(
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Returns whether {@code digest}, of what a caller sent, is this one; in constant time. */
  public boolean matches(byte[] digest) {
    return MessageDigest.isEqual(sha256, digest);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyDigest digest && MessageDigest.isEqual(sha256, digest.sha256);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sha256);
  }

  @Override
  public String toString() {
    return "KeyDigest[not shown]";
  }
}
