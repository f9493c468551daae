package io.fairlead.router.auth;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The public keys of an issuer at one moment. */
public final class KeySet {
  /** What there is before any keys have arrived. */
  public static final KeySet NONE = new KeySet(List.of());

  private final List<TokenKey> keys;

  KeySet(List<TokenKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * Returns the key for a token; null if none is known, or if a token that names none may mean
   * several.
   */
  @Nullable TokenKey find(@Nullable String kid, TokenAlgorithm algorithm) {
    TokenKey found = null;
    for (TokenKey key : keys) {
      if (key.isFor(kid, algorithm)) {
        if (found != null) {
          return null;
        }
        found = key;
      }
    }
    return found;
  }

  /** Returns how many keys there are. */
  public int size() {
    return keys.size();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeySet set && keys.equals(set.keys);
  }

  @Override
  public int hashCode() {
    return keys.hashCode();
  }

  /** Says which keys there are; public ones are no secret, but long. */
  @Override
  public String toString() {
    return keys.stream()
        .map(key -> key.algorithm().text() + " " + Objects.requireNonNullElse(key.id(), "(no kid)"))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
