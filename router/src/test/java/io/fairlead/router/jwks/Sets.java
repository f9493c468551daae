package io.fairlead.router.jwks;

/** JWK Sets of one key, that of RFC 7517 A.1 under a name that a test gives. */
final class Sets {
  private Sets() {}

  static String of(String kid) {
    return """
    {"keys": [{"kty": "EC", "crv": "P-256", "kid": "%s",
      "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
      "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}
    """
        .formatted(kid);
  }
}
