package io.fairlead.router.auth;

import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;

/**
 * What can be wrong with a token. Its bearer may know (RFC 6750 3.1): it is his, and nothing here
 * tells how to make a better one.
 */
@SuppressWarnings("ImmutableEnumChecker") // records of strings and an enum
enum TokenFault {
  MALFORMED("is malformed", "a signed JWT in compact form"),
  ALGORITHM("has an algorithm that is not accepted", "RS256, ES256 or EdDSA"),
  TYPE("is of another type", "typ JWT or at+jwt, or none"),
  CRITICAL("has a critical header parameter that is not understood", "no crit"),
  ISSUER("is of another issuer", "iss of this endpoint's issuer"),
  AUDIENCE("is for another audience", "aud with this endpoint's audience"),
  NO_EXPIRY("never expires", "exp"),
  EXPIRED("has expired", "exp in the future"),
  NOT_YET_VALID("is not valid yet", "nbf in the past"),
  NO_KEYS("cannot be verified: the router has no keys of the issuer yet", "the same token later"),
  UNKNOWN_KEY("has a key that is not known", "kid of one of the issuer's keys"),
  SIGNATURE("has a wrong signature", "one by the issuer's key");

  /** A constant: a refusal allocates nothing before its answer is written. */
  final Verdict.Refused refused;

  TokenFault(String what, String expected) {
    refused =
        new Verdict.Refused(
            new Refusal(
                RouterError.UNAUTHORIZED, "token: " + what + " (expected: " + expected + ")"),
            "Bearer error=\"invalid_token\", error_description=\"the token " + what + "\"");
  }
}
