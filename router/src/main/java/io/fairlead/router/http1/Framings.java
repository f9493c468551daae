package io.fairlead.router.http1;

import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.ListField;
import org.jspecify.annotations.Nullable;

/**
 * What the two framing fields say about a body (RFC 9112 6), so strictly that no other reader of
 * the message could see another end of it.
 */
final class Framings {
  private Framings() {}

  /**
   * Sets the framing that the fields declare, {@code otherwise} if they declare none; returns their
   * fault, or null.
   */
  static @Nullable Fault declared(Head head, Head.Framing otherwise) {
    int coding = head.find(FieldId.TRANSFER_ENCODING);
    int length = head.find(FieldId.CONTENT_LENGTH);
    if (coding >= 0) {
      head.framing(Head.Framing.CHUNKED, -1);
      return length >= 0 ? Fault.LENGTH_AND_CODING : coding(head, coding);
    }
    if (length < 0) {
      head.framing(otherwise, -1);
      return null;
    }
    if (head.next(FieldId.CONTENT_LENGTH, length + 1) >= 0) {
      return Fault.TWO_LENGTHS;
    }
    long value = Ascii.decimal(head.bytes(), head.valueStart(length), head.valueEnd(length));
    head.framing(Head.Framing.LENGTH, value);
    return value < 0 ? Fault.LENGTH : null;
  }

  private static @Nullable Fault coding(Head head, int i) {
    if (head.minorVersion() == 0) {
      return Fault.CODING_IN_1_0;
    }
    if (head.next(FieldId.TRANSFER_ENCODING, i + 1) >= 0) {
      return Fault.CODING;
    }
    return head.valueIs(i, "chunked") ? null : otherCoding(head, i);
  }

  /** Tells a list with a coding that we do not know from one that is wrong in itself. */
  private static Fault otherCoding(Head head, int i) {
    byte[] b = head.bytes();
    int valueEnd = head.valueEnd(i);
    boolean unknown = false;
    for (int at = head.valueStart(i), end; at <= valueEnd; at = end + 1) {
      end = ListField.end(b, at, valueEnd);
      int from = ListField.skipBlanks(b, at, end);
      int to = ListField.trimBlanks(b, from, end);
      if (!Ascii.isToken(b, from, to)) {
        return Fault.CODING;
      }
      unknown |= !Ascii.is(b, from, to, "chunked");
    }
    return unknown ? Fault.UNKNOWN_CODING : Fault.CODING;
  }
}
