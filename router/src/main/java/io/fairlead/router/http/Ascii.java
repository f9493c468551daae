package io.fairlead.router.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Character classes, comparisons and numbers over ASCII bytes. */
public final class Ascii {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long SPACES = ONES * ' ';
  private static final long DELETES = ONES * 0x7f;

  private static final byte TOKEN = 1;
  private static final byte UPPER = 2;

  private static final byte[] CLASSES = new byte[256];
  private static final byte[] HEX = new byte[256];

  static {
    for (int c = '!'; c < 0x7f; c++) {
      // RFC 9110 5.6.2: a token is any visible character but a delimiter
      CLASSES[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0 ? TOKEN : 0;
    }
    for (int c = 'A'; c <= 'Z'; c++) {
      CLASSES[c] |= UPPER;
    }
    for (int c = 0; c < 256; c++) {
      HEX[c] = (byte) (c < 0x80 ? Character.digit(c, 16) : -1);
    }
  }

  private Ascii() {}

  /** Returns whether {@code b} may stand in a token (RFC 9110 5.6.2). */
  public static boolean isToken(byte b) {
    return (CLASSES[b & 0xff] & TOKEN) != 0;
  }

  /** Returns whether the range is a token, and not empty. */
  public static boolean isToken(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isToken(bytes[i])) {
        return false;
      }
    }
    return from < to;
  }

  /** Returns whether the range is a token without capital letters, and not empty. */
  static boolean isLowerCaseToken(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (CLASSES[bytes[i] & 0xff] != TOKEN) {
        return false;
      }
    }
    return from < to;
  }

  /** Returns whether {@code b} is a blank: a space or a tab. */
  public static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** Returns the value of a hexadecimal digit, or -1. */
  public static int hex(byte b) {
    return HEX[b & 0xff];
  }

  /** Returns {@code b} with a capital letter made small. */
  static byte lower(byte b) {
    return (CLASSES[b & 0xff] & UPPER) != 0 ? (byte) (b | 0x20) : b;
  }

  /** Returns whether the range is {@code lowerCase}, without regard to case. */
  public static boolean is(byte[] bytes, int from, int to, String lowerCase) {
    return to - from == lowerCase.length() && startsWith(bytes, from, to, lowerCase);
  }

  /** Returns whether the range begins with {@code lowerCase}, without regard to case. */
  public static boolean startsWith(byte[] bytes, int from, int to, String lowerCase) {
    int length = lowerCase.length();
    if (to - from < length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lower(bytes[from + i]) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether two ranges of one array are equal without regard to case. */
  public static boolean equal(byte[] bytes, int from, int to, int otherFrom, int otherTo) {
    if (to - from != otherTo - otherFrom) {
      return false;
    }
    for (int i = from, k = otherFrom; i < to; i++, k++) {
      if (lower(bytes[i]) != lower(bytes[k])) {
        return false;
      }
    }
    return true;
  }

  /** Returns the decimal number in the range: digits alone, at most 2^63-1; else -1. */
  public static long decimal(byte[] bytes, int from, int to) {
    long value = from < to ? 0 : -1;
    for (int i = from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /** Returns where the first control character of the range is, a tab among them; else the end. */
  public static int indexOfControl(byte[] bytes, int from, int to) {
    int i = from;
    for (; i + 8 <= to; i += 8) {
      long word = (long) WORDS.get(bytes, i);
      long noDelete = word ^ DELETES;
      // a borrow runs upward only, so the lowest bit set is exact: the first byte in memory
      long found = (((word - SPACES) & ~word) | ((noDelete - ONES) & ~noDelete)) & HIGH_BITS;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    while (i < to && (bytes[i] < 0 || bytes[i] >= ' ') && bytes[i] != 0x7f) {
      i++;
    }
    return i;
  }

  /** Returns the eight bytes at {@code from}, the first in the lowest bits. */
  public static long word(byte[] bytes, int from) {
    return (long) WORDS.get(bytes, from);
  }

  /** Returns eight characters as {@link #word} returns them. */
  public static long word(String eight) {
    long word = 0;
    for (int i = 7; i >= 0; i--) {
      word = (word << 8) | eight.charAt(i);
    }
    return word;
  }
}
