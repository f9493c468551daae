package io.fairlead.router.http;

/** A request method, as far as a rule of the router knows it. */
public enum Method {
  GET,
  HEAD,
  POST,
  PUT,
  PATCH,
  DELETE,
  OPTIONS,
  CONNECT,
  TRACE,
  /** Any other token. */
  OTHER;

  /** Returns the method in {@code bytes[from, to)}; methods are case-sensitive (RFC 9110 9.1). */
  public static Method of(byte[] bytes, int from, int to) {
    Method only =
        switch (to - from) {
          case 3 -> bytes[from] == 'G' ? GET : PUT;
          case 4 -> bytes[from] == 'P' ? POST : HEAD;
          case 5 -> bytes[from] == 'P' ? PATCH : TRACE;
          case 6 -> DELETE;
          case 7 -> bytes[from] == 'C' ? CONNECT : OPTIONS;
          default -> OTHER;
        };
    return only.isSpelled(bytes, from, to) ? only : OTHER;
  }

  private boolean isSpelled(byte[] bytes, int from, int to) {
    String spelling = name();
    int i = 0;
    while (i < to - from && i < spelling.length() && bytes[from + i] == spelling.charAt(i)) {
      i++;
    }
    return i == to - from && i == spelling.length();
  }
}
