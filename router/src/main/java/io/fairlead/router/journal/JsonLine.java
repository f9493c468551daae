package io.fairlead.router.journal;

import java.util.Arrays;

/**
 * One line of JSON as it is put together: an object of texts and numbers, no more. What is not
 * plain ASCII is escaped, so that nothing a caller sends ends the line, or the text it stands in.
 */
final class JsonLine {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private byte[] bytes = new byte[2_048];
  private int length;

  /** Begins a new line. */
  void begin() {
    length = 0;
    put('{');
  }

  /** Ends the line. */
  void end() {
    put('}');
    put('\n');
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Adds a text, a char per byte; {@code name} and {@code value} are the program's own. */
  JsonLine text(String name, String value) {
    name(name);
    put('"');
    for (int i = 0; i < value.length(); i++) {
      escaped(value.charAt(i) & 0xff);
    }
    put('"');
    return this;
  }

  /** Adds {@code from[start, end)} as a text, a char per byte, of which at most {@code most}. */
  JsonLine text(String name, byte[] from, int start, int end, int most) {
    name(name);
    put('"');
    for (int i = start; i < Math.min(end, start + most); i++) {
      escaped(from[i] & 0xff);
    }
    for (int i = 0; i < 3 && end - start > most; i++) {
      put('.');
    }
    put('"');
    return this;
  }

  /** Adds a claim that is true. */
  JsonLine claim(String name) {
    name(name);
    put('t');
    put('r');
    put('u');
    put('e');
    return this;
  }

  /** Adds a whole number. */
  JsonLine number(String name, long value) {
    name(name);
    digits(value);
    return this;
  }

  /** Adds a duration in milliseconds, to the microsecond. */
  JsonLine millis(String name, long nanos) {
    name(name);
    long micros = Math.max(0, nanos) / 1_000;
    digits(micros / 1_000);
    int rest = (int) (micros % 1_000);
    if (rest > 0) {
      put('.');
      put('0' + rest / 100);
      put('0' + rest / 10 % 10);
      put('0' + rest % 10);
    }
    return this;
  }

  private void name(String name) {
    if (length > 1) {
      put(',');
    }
    put('"');
    for (int i = 0; i < name.length(); i++) {
      put(name.charAt(i));
    }
    put('"');
    put(':');
  }

  private void escaped(int c) {
    if (c == '"' || c == '\\') {
      put('\\');
      put(c);
    } else if (c >= ' ' && c < 0x7f) {
      put(c);
    } else {
      put('\\');
      put('u');
      put('0');
      put('0');
      put(HEX[c >> 4]);
      put(HEX[c & 0xf]);
    }
  }

  private void digits(long value) {
    if (value < 0) {
      put('-');
    }
    int start = length;
    long rest = value;
    do {
      put('0' + (int) Math.abs(rest % 10));
      rest /= 10;
    } while (rest != 0);
    for (int i = start, k = length - 1; i < k; i++, k--) {
      byte swapped = bytes[i];
      bytes[i] = bytes[k];
      bytes[k] = swapped;
    }
  }

  private void put(int c) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, length * 2);
    }
    bytes[length++] = (byte) c;
  }
}
