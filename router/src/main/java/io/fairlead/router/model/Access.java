package io.fairlead.router.model;

import org.jspecify.annotations.Nullable;

/**
 * Who may call an endpoint, how often and with how much.
 *
 * @param clientCertificates what the caller's own certificate must be; null if none is asked for
 * @param forwardAuthorization whether the model sees the caller's {@code Authorization}
 * @param cors which pages of other origins may call; null for none
 * @param rateLimit null for no limit
 * @param maxRequestBytes largest request body in bytes; 0 for the router's limit
 */
public record Access(
    Authentication authentication,
    @Nullable ClientCertificates clientCertificates,
    boolean forwardAuthorization,
    @Nullable Cors cors,
    @Nullable RateLimit rateLimit,
    long maxRequestBytes) {
  /** Anybody may call, as often as he likes. */
  public static final Access OPEN =
      new Access(new Authentication.Anyone(), null, false, null, null, 0);

  public Access {
    if (maxRequestBytes < 0) {
      throw new IllegalArgumentException(
          "maxRequestBytes: " + maxRequestBytes + " (expected: >= 0)");
    }
  }
}
