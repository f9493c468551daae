package io.fairlead.router.http;

/** The syntax of {@code host[:port]} (RFC 3986 3.2), without user information. */
final class Authority {
  private static final int MAX_HOST_LENGTH = 255;
  private static final int MAX_PORT_DIGITS = 5;
  private static final int MAX_PORT = 65_535;

  private Authority() {}

  /** Returns whether the range is a host name, an IPv4 or a bracketed IPv6 address, with a port. */
  static boolean isValid(byte[] b, int from, int to) {
    boolean bracketed = from < to && b[from] == '[';
    int hostEnd = bracketed ? literalEnd(b, from + 1, to) : nameEnd(b, from, to);
    if (hostEnd == from || hostEnd - from > MAX_HOST_LENGTH) {
      return false;
    }
    return hostEnd == to || (b[hostEnd] == ':' && isPort(b, hostEnd + 1, to));
  }

  private static int nameEnd(byte[] b, int from, int to) {
    int i = from;
    while (i < to && isNameCharacter(b[i])) {
      i++;
    }
    return i;
  }

  private static boolean isNameCharacter(byte c) {
    int letter = c | 0x20;
    return (letter >= 'a' && letter <= 'z') || (c >= '-' && c <= '9' && c != '/') || c == '_';
  }

  /** Returns the position behind the closing bracket, or one before {@code from} if malformed. */
  private static int literalEnd(byte[] b, int from, int to) {
    int i = from;
    int colons = 0;
    while (i < to && (Ascii.hex(b[i]) >= 0 || b[i] == ':' || b[i] == '.')) {
      colons += b[i++] == ':' ? 1 : 0;
    }
    return i < to && b[i] == ']' && colons >= 2 ? i + 1 : from - 1;
  }

  private static boolean isPort(byte[] b, int from, int to) {
    long port = Ascii.decimal(b, from, to);
    return to - from <= MAX_PORT_DIGITS && port > 0 && port <= MAX_PORT;
  }
}
