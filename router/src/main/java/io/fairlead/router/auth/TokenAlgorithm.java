package io.fairlead.router.auth;

import org.jspecify.annotations.Nullable;

/**
 * The signatures (RFC 7518 3.1, RFC 8037 3.1) that are believed. There is no other: nothing is
 * unsigned, and no public key is ever taken for a shared secret.
 */
public enum TokenAlgorithm {
  RS256("RS256", "SHA256withRSA", 0),
  /** Over P-256; the two numbers stand side by side (RFC 7518 3.4), not in DER. */
  ES256("ES256", "SHA256withECDSAinP1363Format", 64),
  /** Over Ed25519 alone. */
  EDDSA("EdDSA", "Ed25519", 64);

  private final String text;
  private final String signature;
  private final int signatureBytes;

  TokenAlgorithm(String text, String signature, int signatureBytes) {
    this.text = text;
    this.signature = signature;
    this.signatureBytes = signatureBytes;
  }

  /** Returns the algorithm that {@code alg} names; null if it is none of these. */
  public static @Nullable TokenAlgorithm of(@Nullable Object alg) {
    for (TokenAlgorithm algorithm : values()) {
      if (algorithm.text.equals(alg)) {
        return algorithm;
      }
    }
    return null;
  }

  /** Returns the value of {@code alg}. */
  public String text() {
    return text;
  }

  /** Returns the name of its {@link java.security.Signature}. */
  public String signature() {
    return signature;
  }

  /** Returns whether a signature may have {@code bytes} bytes; RSA's depends on the key. */
  boolean mayHave(int bytes) {
    return signatureBytes == 0 || bytes == signatureBytes;
  }
}
