package io.fairlead.router.proxy;

/**
 * The code of strings in field blocks (RFC 7541 5.2 and appendix B), to be read.
 *
 * <p>The code is canonical: among codes of one length the numbers follow the symbols, so the
 * lengths alone say it all. Up to eight bits, which all usual characters have, one look at a table
 * tells the symbol; a longer code is found by its length.
 */
final class Http2Huffman {
  /** The bits of each symbol's code; the last is the end of a string, which is never written. */
  private static final byte[] LENGTHS = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, //
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, //
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, //
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, //
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, //
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, //
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, //
    6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, //
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, //
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, //
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, //
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, //
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, //
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, //
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, //
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, //
    30
  };

  private static final int END_OF_STRING = 256;
  private static final int LONGEST = 30;
  private static final int SHORT = 8;
  private static final int SYMBOL_BITS = 9;

  /** For each eight bits the symbol they begin with, and its length above; 0 for a longer code. */
  private static final short[] SHORT_CODES = new short[1 << SHORT];

  /** All symbols in the order of their codes. */
  private static final short[] SYMBOLS = new short[LENGTHS.length];

  /** For each length its first code, and where that one's symbol is. */
  private static final int[] FIRST_CODE = new int[LONGEST + 1];

  private static final int[] FIRST_SYMBOL = new int[LONGEST + 2];

  static {
    int code = 0;
    int symbols = 0;
    for (int length = 1; length <= LONGEST; length++) {
      FIRST_CODE[length] = code;
      FIRST_SYMBOL[length] = symbols;
      for (int symbol = 0; symbol < LENGTHS.length; symbol++) {
        if (LENGTHS[symbol] == length) {
          SYMBOLS[symbols++] = (short) symbol;
          for (int rest = 0; length <= SHORT && rest < 1 << (SHORT - length); rest++) {
            SHORT_CODES[(code << (SHORT - length)) + rest] =
                (short) ((length << SYMBOL_BITS) | symbol);
          }
          code++;
        }
      }
      code <<= 1;
    }
    FIRST_SYMBOL[LONGEST + 1] = symbols;
  }

  private Http2Huffman() {}

  /**
   * Returns the most bytes that {@code length} bytes can stand for: the shortest code has 5 bits.
   */
  static int mostDecoded(int length) {
    return length * 8 / 5;
  }

  /**
   * Decodes a string, to {@code out} from {@code outFrom} on, where there is room for {@link
   * #mostDecoded}.
   *
   * @return the length of what was decoded, or -1 where it is no such string
   */
  static int decode(byte[] in, int from, int to, byte[] out, int outFrom) {
    long bits = 0; // the lowest `have` of them are still to be read
    int have = 0;
    int next = from;
    int end = outFrom;
    while (true) {
      while (have <= Long.SIZE - Byte.SIZE && next < to) {
        bits = (bits << Byte.SIZE) | (in[next++] & 0xff);
        have += Byte.SIZE;
      }
      int window = (int) (have >= LONGEST ? bits >>> (have - LONGEST) : bits << (LONGEST - have));
      window &= (1 << LONGEST) - 1;
      int found = SHORT_CODES[window >>> (LONGEST - SHORT)];
      if (found == 0) {
        found = longCode(window);
      }
      int length = found >>> SYMBOL_BITS;
      if (length > have) {
        return isPadding(bits, have) ? end - outFrom : -1;
      }
      int symbol = found & ((1 << SYMBOL_BITS) - 1);
      if (symbol == END_OF_STRING) {
        return -1;
      }
      out[end++] = (byte) symbol;
      have -= length;
    }
  }

  /** Finds the symbol of a code above eight bits: for one length the codes are all in a row. */
  private static int longCode(int window) {
    int length = SHORT + 1;
    int nth = nth(window, length);
    while (nth >= FIRST_SYMBOL[length + 1] - FIRST_SYMBOL[length]) {
      length++;
      nth = nth(window, length);
    }
    return (length << SYMBOL_BITS) | SYMBOLS[FIRST_SYMBOL[length] + nth];
  }

  private static int nth(int window, int length) {
    return (window >>> (LONGEST - length)) - FIRST_CODE[length];
  }

  /** RFC 7541 5.2: less than a byte, and ones alone. */
  private static boolean isPadding(long bits, int have) {
    long ones = (1L << have) - 1;
    return have < Byte.SIZE && (bits & ones) == ones;
  }
}
