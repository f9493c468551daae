package io.fairlead.router.model;

import java.util.List;

/** What a caller must show to be let in: the table of section 2 of the contract. */
public sealed interface Authentication {
  /** Returns the mode as resources spell it. */
  AuthMode mode();

  /** Nothing. */
  record Anyone() implements Authentication {
    @Override
    public AuthMode mode() {
      return AuthMode.NONE;
    }
  }

  /**
   * One of the endpoint's keys, as a bearer credential.
   *
   * @param accepted digests of the primary and the secondary key; both are good at all times
   */
  record Keys(List<KeyDigest> accepted) implements Authentication {
    public Keys {
      accepted = List.copyOf(accepted);
      if (accepted.isEmpty()) {
        throw new IllegalArgumentException("accepted: none (expected: at least one key)");
      }
    }

    @Override
    public AuthMode mode() {
      return AuthMode.KEY;
    }
  }

  /**
   * A signed JSON Web Token (RFC 7519), as a bearer credential.
   *
   * @param mode {@code AML_TOKEN} or {@code AAD_TOKEN}
   * @param issuer the only {@code iss} that is accepted
   * @param audience what {@code aud} must contain
   */
  record Token(AuthMode mode, String issuer, String audience, TokenKeys keys)
      implements Authentication {
    public Token {
      if (mode != AuthMode.AML_TOKEN && mode != AuthMode.AAD_TOKEN) {
        throw new IllegalArgumentException("mode: " + mode + " (expected: AML_TOKEN or AAD_TOKEN)");
      }
    }
  }
}
