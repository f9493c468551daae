package io.fairlead.router.routing;

import java.nio.charset.StandardCharsets;

/**
 * What a message quotes of a request: at most {@value #MOST} bytes, all of them printable ASCII.
 */
final class Excerpt {
  static final int MOST = 64;

  private Excerpt() {}

  /** Returns {@code bytes[from, to)}, cut with {@code ...} and with {@code \xNN} where needed. */
  static String of(byte[] bytes, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < Math.min(to, from + MOST); i++) {
      int b = bytes[i] & 0xff;
      if (b < ' ' || b > '~' || b == '\\' || b == '"') {
        text.append(String.format("\\x%02x", b));
      } else {
        text.append((char) b);
      }
    }
    return text.append(to - from > MOST ? "..." : "").toString();
  }

  /** Returns the bytes of ASCII text. */
  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
