package io.fairlead.router.auth;

import io.fairlead.router.model.Authentication;
import org.jspecify.annotations.Nullable;

/**
 * What one endpoint asks of its callers, with everything that a check of them needs.
 *
 * @param tokenKeys what tokens are verified with; null where none are asked for
 * @param certificates null where no certificate is asked for
 */
public record Gate(
    Authentication authentication,
    @Nullable KeyRing tokenKeys,
    @Nullable CertificateRule certificates) {
  /** Lets everybody in. */
  public static final Gate OPEN = new Gate(new Authentication.Anyone(), null, null);

  public Gate {
    if ((tokenKeys == null) == (authentication instanceof Authentication.Token)) {
      throw new IllegalArgumentException("tokenKeys: expected with a token, and only then");
    }
  }

  /** Returns the gate of an endpoint that needs nothing from elsewhere: open, or with keys. */
  public static Gate of(Authentication authentication) {
    return new Gate(authentication, null, null);
  }
}
