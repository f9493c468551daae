package io.fairlead.router.http;

import java.nio.charset.StandardCharsets;

/** The two ids of a request: our UUID, and the client's own of at most 40 characters. */
public final class RequestIds {
  /** The length of a UUID as text. */
  public static final int UUID_LENGTH = 36;

  /** The longest client request id that is passed on. */
  public static final int MAX_CLIENT_ID_LENGTH = 40;

  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private RequestIds() {}

  /** Returns whether the range is a UUID as text (RFC 9562 4), in small or capital letters. */
  public static boolean isUuid(byte[] b, int from, int to) {
    if (to - from != UUID_LENGTH) {
      return false;
    }
    for (int i = 0; i < UUID_LENGTH; i++) {
      byte c = b[from + i];
      if (isDashAt(i) ? c != '-' : Ascii.hex(c) < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Writes a UUID of version 4 (RFC 9562 5.4) made of two random numbers: 36 bytes from {@code at}.
   */
  public static void writeRandom(byte[] to, int at, long high, long low) {
    long first = (high & 0xffff_ffff_ffff_0fffL) | 0x4000L;
    long second = (low & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    writeHex(to, at, first >>> 32, 8);
    to[at + 8] = '-';
    writeHex(to, at + 9, first >>> 16, 4);
    to[at + 13] = '-';
    writeHex(to, at + 14, first, 4);
    to[at + 18] = '-';
    writeHex(to, at + 19, second >>> 48, 4);
    to[at + 23] = '-';
    writeHex(to, at + 24, second, 12);
  }

  /**
   * Copies a client's request id: its characters out of {@code [A-Za-z0-9_-]}, the first 40.
   *
   * @return the end of the copy, {@code at} if nothing of the id is usable
   */
  public static int copyClientId(byte[] from, int start, int end, byte[] to, int at) {
    int copied = at;
    for (int i = start; i < end && copied - at < MAX_CLIENT_ID_LENGTH; i++) {
      byte c = from[i];
      int letter = c | 0x20;
      if ((letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
        to[copied++] = c;
      }
    }
    return copied;
  }

  private static boolean isDashAt(int i) {
    return i == 8 || i == 13 || i == 18 || i == 23;
  }

  static void writeHex(byte[] to, int at, long value, int digits) {
    long rest = value;
    for (int i = at + digits - 1; i >= at; i--) {
      to[i] = DIGITS[(int) rest & 0xf];
      rest >>>= 4;
    }
  }
}
