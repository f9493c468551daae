package io.fairlead.router.auth;

import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;

/**
 * Where the bearer credential of a request stands (RFC 6750 2.1), as a range of the head's bytes.
 * Reused from request to request.
 */
final class BearerField {
  /** What was found. */
  enum Form {
    /** One of this scheme; {@link #isSound} says whether its characters may be. */
    FOUND,
    MISSING,
    /** Two credentials: which one counts is a matter on which two hops may differ. */
    REPEATED,
    /** Another scheme. */
    MALFORMED,
    TOO_LONG
  }

  /** More than any key, and than tokens that issuers give out. */
  static final int MAX_BYTES = 8192;

  private static final String SCHEME = "bearer ";
  private static final boolean[] TOKEN68 = new boolean[128];

  static {
    for (char c = 0; c < TOKEN68.length; c++) {
      TOKEN68[c] = Character.isLetterOrDigit(c) || "-._~+/".indexOf(c) >= 0;
    }
  }

  private int start;
  private int end;

  /** Looks for the credential; {@link #start} and {@link #end} are set if it is found. */
  Form find(Head head) {
    int field = head.find(FieldId.AUTHORIZATION);
    if (field < 0) {
      return Form.MISSING;
    }
    if (head.next(FieldId.AUTHORIZATION, field + 1) >= 0) {
      return Form.REPEATED;
    }
    byte[] bytes = head.bytes();
    int from = head.valueStart(field);
    int to = head.valueEnd(field);
    if (!Ascii.startsWith(bytes, from, to, SCHEME)) {
      return Form.MALFORMED;
    }
    from += SCHEME.length();
    while (from < to && bytes[from] == ' ') {
      from++;
    }
    if (to - from > MAX_BYTES) {
      return Form.TOO_LONG;
    }
    start = from;
    end = to;
    return Form.FOUND;
  }

  /**
   * Returns whether the credential that was found in {@code bytes} has the characters of one (RFC
   * 9110 11.2): letters, digits and six others, then perhaps {@code =}. One that is known has, so
   * nobody needs to look.
   */
  boolean isSound(byte[] bytes) {
    int to = end;
    while (to > start && bytes[to - 1] == '=') {
      to--;
    }
    for (int i = start; i < to; i++) {
      if (bytes[i] < 0 || !TOKEN68[bytes[i]]) {
        return false;
      }
    }
    return to > start;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }
}
