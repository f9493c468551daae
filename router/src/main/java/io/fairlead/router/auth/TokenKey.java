package io.fairlead.router.auth;

import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * A public key that tokens are verified with.
 *
 * @param id its {@code kid}; null if it has none
 */
record TokenKey(@Nullable String id, TokenAlgorithm algorithm, PublicKey key) {
  /** Returns whether a token that names {@code kid} and {@code alg} may mean this key. */
  boolean isFor(@Nullable String kid, TokenAlgorithm alg) {
    return algorithm == alg && (kid == null || kid.equals(id));
  }
}
