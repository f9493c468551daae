package io.fairlead.router.model;

import java.net.URI;

/** Where the public keys come from that tokens are verified with: a JWK Set (RFC 7517). */
public sealed interface TokenKeys {
  /**
   * The set itself, from a Secret.
   *
   * @param json as written
   */
  record Inline(String json) implements TokenKeys {
    @Override
    public String toString() {
      return "Inline[" + json.length() + " characters]";
    }
  }

  /**
   * A file, read again when it changes.
   *
   * @param path as written; relative ones are relative to the working directory
   */
  record File(String path) implements TokenKeys {}

  /** A URL, asked again from time to time and for a key that is not known. */
  record Url(URI url) implements TokenKeys {}

  /** What the issuer's {@code /.well-known/openid-configuration} names. */
  record Discovered() implements TokenKeys {}
}
