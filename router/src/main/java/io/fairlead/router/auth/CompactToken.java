package io.fairlead.router.auth;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Web Token in compact form (RFC 7515 7.1), taken apart and not believed yet.
 *
 * @param signed how many bytes, from the first, the signature is over
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; the array is never written
record CompactToken(
    Map<String, Object> header, Map<String, Object> claims, int signed, byte[] signature) {
  /** Takes {@code bytes[from, to)} apart; returns null if that is no such token. */
  static @Nullable CompactToken parse(byte[] bytes, int from, int to) {
    int first = dot(bytes, from, to);
    int second = dot(bytes, first + 1, to);
    if (second >= to || dot(bytes, second + 1, to) < to) {
      return null;
    }
    try {
      Map<String, Object> header = json(bytes, from, first);
      Map<String, Object> claims = json(bytes, first + 1, second);
      return header == null || claims == null
          ? null
          : new CompactToken(header, claims, second - from, decode(bytes, second + 1, to));
    } catch (ParseException | IllegalArgumentException e) {
      return null;
    }
  }

  /** Returns where the next dot is; {@code to}, or beyond, if there is none. */
  private static int dot(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '.') {
      at++;
    }
    return at;
  }

  /** Null is what the JSON {@code null} becomes. */
  private static @Nullable Map<String, Object> json(byte[] bytes, int from, int to)
      throws ParseException {
    return JSONObjectUtils.parse(new String(decode(bytes, from, to), StandardCharsets.UTF_8));
  }

  private static byte[] decode(byte[] bytes, int from, int to) {
    return Base64.getUrlDecoder().decode(Arrays.copyOfRange(bytes, from, to));
  }
}
