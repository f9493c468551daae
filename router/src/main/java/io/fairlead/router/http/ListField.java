package io.fairlead.router.http;

/**
 * A field whose value is a comma-separated list (RFC 9110 5.6.1), in one line or in several.
 *
 * <p>Elements are walked in place: {@code end(...)} gives the end of the element that starts at a
 * position, blanks and empty elements included, and the next one starts one behind it.
 */
public final class ListField {
  private ListField() {}

  /** Returns whether a field with this number lists {@code token}, without regard to case. */
  public static boolean contains(Head head, int id, String token) {
    byte[] bytes = head.bytes();
    for (int i = head.find(id); i >= 0; i = head.next(id, i + 1)) {
      int valueEnd = head.valueEnd(i);
      for (int at = head.valueStart(i), end; at < valueEnd; at = end + 1) {
        end = end(bytes, at, valueEnd);
        int from = skipBlanks(bytes, at, end);
        if (Ascii.is(bytes, from, trimBlanks(bytes, from, end), token)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns how many elements, empty ones too, the fields with this number have together. */
  public static int count(Head head, int id) {
    int count = 0;
    for (int i = head.find(id); i >= 0; i = head.next(id, i + 1)) {
      for (int at = head.valueStart(i); at <= head.valueEnd(i); count++) {
        at = end(head.bytes(), at, head.valueEnd(i)) + 1;
      }
    }
    return count;
  }

  /** Returns where the element that starts at {@code from} ends: at a comma or at {@code to}. */
  public static int end(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && bytes[i] != ',') {
      i++;
    }
    return i;
  }

  /** Returns the first position at or after {@code from} that is no blank, or {@code to}. */
  public static int skipBlanks(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && Ascii.isBlank(bytes[i])) {
      i++;
    }
    return i;
  }

  /** Returns the end of the range without the blanks at its end. */
  public static int trimBlanks(byte[] bytes, int from, int to) {
    int i = to;
    while (i > from && Ascii.isBlank(bytes[i - 1])) {
      i--;
    }
    return i;
  }
}
