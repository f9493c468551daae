package io.fairlead.router.http;

import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * The one canonicaliser of paths: what routing, authorisation and the model see is the same bytes.
 *
 * <p>A path that two readers could understand differently is refused: dot segments, empty segments,
 * {@code ;}, backslashes, characters that RFC 3986 does not allow raw, and the encoded forms of
 * {@code / \ . ;}, of controls and of bytes that no UTF-8 text has. Encoded letters, digits, {@code
 * -}, {@code _} and {@code ~} mean the same as the plain ones (RFC 3986 6.2.2.2) and are decoded in
 * place, once. Every other escape stays as sent. A query is not touched.
 */
public final class PathRules {
  private static final Refusal NO_SLASH =
      bad("path: does not begin with a slash (expected: an absolute path)");
  private static final Refusal EMPTY_SEGMENT =
      bad("path: empty segment (expected: one slash between segments)");
  private static final Refusal DOT_SEGMENT =
      bad("path: dot segment (expected: a path without . and ..)");
  private static final Refusal BAD_CHARACTER =
      bad("path: character not allowed (expected: those of RFC 3986, without ; and backslash)");
  private static final Refusal BAD_ESCAPE =
      bad("path: percent sign without two hexadecimal digits (expected: %00 to %FF)");
  private static final Refusal REFUSED_ESCAPE =
      bad("path: escaped slash, backslash, dot, semicolon or control (expected: none of them)");
  private static final Refusal BAD_QUERY =
      bad("query: control, space or # (expected: the characters of RFC 3986)");

  /** May stand in a path as it is; its escaped form stays escaped. */
  private static final byte PLAIN = 1;

  /** The same escaped or not: an escaped one is decoded. */
  private static final byte UNRESERVED = 2;

  private static final byte SLASH = 3;
  private static final byte PERCENT = 4;

  private static final byte[] KINDS = new byte[256];

  /** What an escape may not stand for. */
  private static final boolean[] NEVER_ESCAPED = new boolean[256];

  static {
    for (int c = 0; c < 256; c++) {
      if ((c < 0x80 && Character.isLetterOrDigit(c)) || "-_~".indexOf(c) >= 0) {
        KINDS[c] = UNRESERVED;
      } else if (".!$&'()*+,=:@".indexOf(c) >= 0) {
        KINDS[c] = PLAIN;
      }
      boolean control = c < ' ' || c == 0x7f;
      // 0xC0 and 0xC1 would be the overlong forms of ASCII, a slash among them
      boolean neverInUtf8 = c == 0xc0 || c == 0xc1 || c >= 0xf5;
      NEVER_ESCAPED[c] = control || neverInUtf8 || "/\\.;".indexOf(c) >= 0;
    }
    KINDS['/'] = SLASH;
    KINDS['%'] = PERCENT;
  }

  private PathRules() {}

  /** Returns why the path or the query is refused; else null, and the path is canonical. */
  public static @Nullable Refusal check(Head head) {
    byte[] b = head.bytes();
    int from = head.pathStart();
    int end = head.pathEnd();
    if (from == end || b[from] != '/') {
      // RFC 9112 3.2.4: the asterisk form asks about the server, with OPTIONS alone
      boolean asterisk = end - from == 1 && b[from] == '*' && head.method() == Method.OPTIONS;
      return asterisk ? null : NO_SLASH;
    }
    int decodable = 0;
    for (int i = from; i < end; i++) {
      switch (KINDS[b[i] & 0xff]) {
        case UNRESERVED, PLAIN -> {}
        case SLASH -> {
          Refusal refusal = segment(b, i + 1, end);
          if (refusal != null) {
            return refusal;
          }
        }
        case PERCENT -> {
          int value = i + 2 < end ? (Ascii.hex(b[i + 1]) << 4) | Ascii.hex(b[i + 2]) : -1;
          if (value < 0) {
            return BAD_ESCAPE;
          }
          if (NEVER_ESCAPED[value]) {
            return REFUSED_ESCAPE;
          }
          decodable += KINDS[value] == UNRESERVED ? 1 : 0;
          i += 2;
        }
        default -> {
          return BAD_CHARACTER;
        }
      }
    }
    if (decodable > 0) {
      decode(head);
    }
    return query(b, end, head.targetEnd());
  }

  private static @Nullable Refusal segment(byte[] b, int from, int end) {
    if (from == end) {
      return null;
    }
    if (b[from] == '/') {
      return EMPTY_SEGMENT;
    }
    if (b[from] != '.') {
      return null;
    }
    int behind = from + 1 < end && b[from + 1] == '.' ? from + 2 : from + 1;
    return behind == end || b[behind] == '/' ? DOT_SEGMENT : null;
  }

  /**
   * Decodes escaped unreserved characters from the back, so that the path moves toward its query.
   */
  private static void decode(Head head) {
    byte[] b = head.bytes();
    int end = head.pathEnd();
    int to = end;
    for (int i = end - 1; i >= head.pathStart(); i--) {
      // a percent sign two before is an escape: check() has let no other one through
      if (i - 2 > head.pathStart() && b[i - 2] == '%') {
        int value = (Ascii.hex(b[i - 1]) << 4) | Ascii.hex(b[i]);
        if (KINDS[value] == UNRESERVED) {
          b[--to] = (byte) value;
          i -= 2;
          continue;
        }
      }
      b[--to] = b[i];
    }
    head.target(to, head.targetEnd());
    head.path(to, end);
  }

  private static @Nullable Refusal query(byte[] b, int from, int end) {
    for (int i = from; i < end; i++) {
      int c = b[i];
      if ((c >= 0 && c <= ' ') || c == 0x7f || c == '#') {
        return BAD_QUERY;
      }
    }
    return null;
  }

  private static Refusal bad(String detail) {
    return new Refusal(RouterError.BAD_REQUEST, detail);
  }
}
