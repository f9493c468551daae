package io.fairlead.router.http;

/**
 * The trace that a request belongs to, as {@code traceparent} says (W3C Trace Context, level 1):
 * {@code 00-}32 hexadecimal digits{@code -}16{@code -}2.
 *
 * <p>It is passed on as it is, unless the router makes a span of its own (see {@link
 * TraceContext}). One that is malformed, or not alone, is passed on neither to a model nor to a
 * log, and then nor is {@code tracestate} (section 4.3): two readers could disagree on it.
 */
public final class TraceParent {
  /** The length of a trace id as text. */
  public static final int TRACE_ID_LENGTH = 32;

  private static final int TRACE_ID = 3;
  private static final int PARENT_ID = 36;
  private static final int FLAGS = 53;
  private static final int LENGTH = 55;

  private TraceParent() {}

  /** Returns where the trace id stands in the bytes of {@code head}; -1 if there is none. */
  public static int traceId(Head head) {
    int field = head.find(FieldId.TRACEPARENT);
    return field >= 0 && isGood(head, field) ? head.valueStart(field) + TRACE_ID : -1;
  }

  /** Returns whether the span that {@code head} names is recorded; {@link #traceId} is not -1. */
  public static boolean isSampled(Head head, int traceId) {
    int digit = head.bytes()[traceId - TRACE_ID + FLAGS + 1];
    return (Character.digit(digit, 16) & 1) != 0;
  }

  /** Marks what is not passed on. */
  static void check(Head head) {
    boolean any = head.has(FieldId.TRACEPARENT) || head.has(FieldId.TRACESTATE);
    if (any && traceId(head) < 0) {
      drop(head, FieldId.TRACEPARENT);
      drop(head, FieldId.TRACESTATE);
    }
  }

  private static void drop(Head head, int id) {
    for (int i = head.find(id); i >= 0; i = head.next(id, i + 1)) {
      head.drop(i);
    }
  }

  private static boolean isGood(Head head, int field) {
    if (head.next(FieldId.TRACEPARENT, field + 1) >= 0) {
      return false;
    }
    byte[] b = head.bytes();
    int from = head.valueStart(field);
    int length = head.valueEnd(field) - from;
    if (length < LENGTH || !isHex(b, from, 2) || (b[from] == 'f' && b[from + 1] == 'f')) {
      return false;
    }
    boolean first = b[from] == '0' && b[from + 1] == '0';
    // a later version may have more behind another dash
    return (length == LENGTH || (!first && b[from + LENGTH] == '-'))
        && b[from + TRACE_ID - 1] == '-'
        && isId(b, from + TRACE_ID, TRACE_ID_LENGTH)
        && b[from + PARENT_ID - 1] == '-'
        && isId(b, from + PARENT_ID, FLAGS - 1 - PARENT_ID)
        && b[from + FLAGS - 1] == '-'
        && isHex(b, from + FLAGS, 2);
  }

  /** An id of zeros alone is none. */
  private static boolean isId(byte[] b, int from, int length) {
    boolean zero = true;
    for (int i = from; i < from + length; i++) {
      zero &= b[i] == '0';
    }
    return !zero && isHex(b, from, length);
  }

  /** Small letters only: the header's grammar knows no others. */
  private static boolean isHex(byte[] b, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (!((b[i] >= '0' && b[i] <= '9') || (b[i] >= 'a' && b[i] <= 'f'))) {
        return false;
      }
    }
    return true;
  }
}
