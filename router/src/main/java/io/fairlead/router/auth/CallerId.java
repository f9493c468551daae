package io.fairlead.router.auth;

import io.fairlead.router.http.Ascii;

/**
 * Who a caller is within one endpoint, as a number: 0 to 2 for those below, negative for the
 * subject of a token or of a certificate. It tells callers apart, for a rate limit, and says
 * nothing of a credential.
 */
public final class CallerId {
  /** Nothing was asked for. */
  public static final long ANONYMOUS = 0;

  /** Whoever has the primary key. */
  public static final long PRIMARY_KEY = 1;

  /** Whoever has the secondary key. */
  public static final long SECONDARY_KEY = 2;

  private CallerId() {}

  /** Returns the number of a subject, of which {@code digest} is a hash. */
  static long ofSubject(byte[] digest) {
    return Ascii.word(digest, 0) | Long.MIN_VALUE;
  }
}
