package io.fairlead.router.auth;

import io.fairlead.router.model.Authentication;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens (RFC 7519, with the advice of RFC 8725). It belongs to one event loop; a verified
 * token is remembered by others, as this takes a tenth of a millisecond.
 *
 * <p>What is cheap to see comes first and the signature last. That order tells an attacker nothing:
 * he wrote what he is told about.
 */
final class TokenCheck {
  /** How far the clocks of issuer and router may be apart, in seconds. */
  static final long SKEW = 60;

  /** Beyond it a time is no time, and no sum of it overflows: the year 9999. */
  private static final double END_OF_TIME = 253_402_300_799.0;

  /** Either what is wrong, or until when it is good and whose it is. */
  sealed interface Result {
    /** Not believed. */
    record Wrong(TokenFault fault) implements Result {}

    /**
     * Believed.
     *
     * @param subject empty if it names none
     * @param untilEpochSecond when it is to be refused, with what clocks may differ
     */
    record Good(String subject, long untilEpochSecond) implements Result {}
  }

  private final Map<TokenAlgorithm, Signature> signatures = new EnumMap<>(TokenAlgorithm.class);

  /** Verifies the token in {@code bytes[from, to)}. */
  Result verify(
      byte[] bytes, int from, int to, Authentication.Token policy, KeySet keys, long epochSecond) {
    CompactToken token = CompactToken.parse(bytes, from, to);
    if (token == null) {
      return new Result.Wrong(TokenFault.MALFORMED);
    }
    TokenAlgorithm algorithm = TokenAlgorithm.of(token.header().get("alg"));
    TokenFault fault =
        algorithm == null
            ? TokenFault.ALGORITHM
            : headerFault(token.header(), algorithm, token.signature().length);
    if (fault == null) {
      fault = claimsFault(token.claims(), policy, epochSecond);
    }
    if (fault != null || algorithm == null) {
      return new Result.Wrong(fault == null ? TokenFault.ALGORITHM : fault);
    }
    if (keys.size() == 0) {
      return new Result.Wrong(TokenFault.NO_KEYS);
    }
    TokenKey key = keys.find((String) token.header().get("kid"), algorithm);
    if (key == null) {
      return new Result.Wrong(TokenFault.UNKNOWN_KEY);
    }
    return isSigned(bytes, from, token, key)
        ? new Result.Good(
            token.claims().get("sub") instanceof String subject ? subject : "",
            (long) seconds(token.claims(), "exp") + SKEW)
        : new Result.Wrong(TokenFault.SIGNATURE);
  }

  private static @Nullable TokenFault headerFault(
      Map<String, Object> header, TokenAlgorithm algorithm, int signatureBytes) {
    // RFC 7515 4.1.11: what is critical and not understood makes a token invalid; none is here.
    // b64 (RFC 7797) changes what is signed, and must not come without crit.
    if (header.containsKey("crit") || header.containsKey("b64")) {
      return TokenFault.CRITICAL;
    }
    if (header.get("typ") != null && !isJwt(header.get("typ"))) {
      return TokenFault.TYPE;
    }
    if (header.get("kid") != null && !(header.get("kid") instanceof String)) {
      return TokenFault.MALFORMED;
    }
    return algorithm.mayHave(signatureBytes) ? null : TokenFault.SIGNATURE;
  }

  /** RFC 8725 3.11: a token that was made for another purpose is none for this one. */
  private static boolean isJwt(@Nullable Object typ) {
    return typ instanceof String text
        && List.of("jwt", "at+jwt", "application/jwt", "application/at+jwt")
            .contains(text.toLowerCase(Locale.ROOT));
  }

  private static @Nullable TokenFault claimsFault(
      Map<String, Object> claims, Authentication.Token policy, long epochSecond) {
    if (!policy.issuer().equals(claims.get("iss"))) {
      return TokenFault.ISSUER;
    }
    Object audience = claims.get("aud"); // RFC 7519 4.1.3: one, or a list of them
    if (!policy.audience().equals(audience)
        && !(audience instanceof List<?> several && several.contains(policy.audience()))) {
      return TokenFault.AUDIENCE;
    }
    if (claims.get("exp") == null) {
      return TokenFault.NO_EXPIRY;
    }
    double end = seconds(claims, "exp");
    double begin = claims.get("nbf") == null ? 0 : seconds(claims, "nbf");
    if (Double.isNaN(end) || Double.isNaN(begin)) {
      return TokenFault.MALFORMED;
    }
    // RFC 7519 4.1.4, 4.1.5: good before its end and from its begin
    return epochSecond >= (long) end + SKEW
        ? TokenFault.EXPIRED
        : epochSecond < begin - SKEW ? TokenFault.NOT_YET_VALID : null;
  }

  /** Returns a time in seconds; NaN if it is none. */
  private static double seconds(Map<String, Object> claims, String claim) {
    double value = claims.get(claim) instanceof Number number ? number.doubleValue() : Double.NaN;
    return value >= 0 && value <= END_OF_TIME ? value : Double.NaN;
  }

  private boolean isSigned(byte[] bytes, int from, CompactToken token, TokenKey key) {
    try {
      Signature signature = signatures.get(key.algorithm());
      if (signature == null) {
        signature = Signature.getInstance(key.algorithm().signature());
        signatures.put(key.algorithm(), signature);
      }
      signature.initVerify(key.key());
      signature.update(bytes, from, token.signed());
      return signature.verify(token.signature());
    } catch (GeneralSecurityException e) {
      return false; // of another length, or not of the form that the algorithm has
    }
  }
}
