package io.fairlead.router.config;

import io.fairlead.router.auth.TokenAlgorithm;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What {@code token} is asked for. */
public sealed interface TokenSettings {
  /**
   * A new key that signs tokens.
   *
   * @param jwksOut where its public half goes, as a JWK Set
   * @param keyOut where its private half goes, as PEM
   * @param kid null for its thumbprint
   */
  record Keygen(Path jwksOut, Path keyOut, TokenAlgorithm alg, @Nullable String kid)
      implements TokenSettings {}

  /**
   * A token.
   *
   * @param kid null for the key's thumbprint
   */
  record Issue(
      Path key, @Nullable String kid, String issuer, String audience, String subject, Duration ttl)
      implements TokenSettings {}

  /**
   * A key for an endpoint, or two in a Secret.
   *
   * @param secret name of the Secret; null for one key alone
   */
  record Key(@Nullable String secret, String namespace) implements TokenSettings {}
}
