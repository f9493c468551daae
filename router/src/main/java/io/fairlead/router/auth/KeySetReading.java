package io.fairlead.router.auth;

import java.util.List;

/** What a JWK Set turned out to be. */
public sealed interface KeySetReading {
  /**
   * At least one key of it can be used.
   *
   * @param ignored why others are not, a line each
   */
  record Accepted(KeySet keys, List<String> ignored) implements KeySetReading {
    public Accepted {
      ignored = List.copyOf(ignored);
    }
  }

  /** Nothing of it can be used. */
  record Refused(String reason) implements KeySetReading {}
}
