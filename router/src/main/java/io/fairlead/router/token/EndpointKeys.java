package io.fairlead.router.token;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes keys for endpoints of {@code authMode: Key}: 32 random bytes as base64url. */
public final class EndpointKeys {
  private static final int BYTES = 32;

  private final SecureRandom random;

  public EndpointKeys(SecureRandom random) {
    this.random = random;
  }

  /** Returns a new key. */
  public String next() {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Returns a Secret with two new keys. */
  public String secret(String name, String namespace) {
    return """
    apiVersion: v1
    kind: Secret
    metadata: {name: "%s", namespace: "%s"}
    stringData:
      primaryKey: "%s"
      secondaryKey: "%s"
    """
        .formatted(name, namespace, next(), next());
  }
}
