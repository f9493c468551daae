package io.fairlead.router.auth;

import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;

/** What the check of a caller came to. */
public sealed interface Verdict {
  /** Let in without a credential. */
  Granted ANONYMOUS = new Granted(CallerId.ANONYMOUS);

  /**
   * Let in.
   *
   * @param caller a {@link CallerId}
   */
  record Granted(long caller) implements Verdict {}

  /**
   * Not let in.
   *
   * @param challenge value of {@code WWW-Authenticate} (RFC 6750 3)
   */
  record Refused(Refusal refusal, String challenge) implements Verdict {
    private static final String BEARER = "Bearer";

    /** The request shows nothing to look at (RFC 6750 3.1: then no error code). */
    static Refused missing(String detail) {
      return new Refused(new Refusal(RouterError.UNAUTHORIZED, detail), BEARER);
    }

    /** What the request shows does not do. */
    static Refused invalid(String detail) {
      return new Refused(
          new Refusal(RouterError.UNAUTHORIZED, detail), BEARER + " error=\"invalid_token\"");
    }
  }
}
