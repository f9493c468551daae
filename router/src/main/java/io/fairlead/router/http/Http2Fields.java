package io.fairlead.router.http;

import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one field section of HTTP/2 (RFC 9113 8.2), whatever message it belongs to.
 *
 * <p>Fields are laid down in the head as HTTP/1.1 writes them, {@code name: value CRLF}, so that a
 * run of them can be copied at once.
 */
final class Http2Fields {
  static final Refusal NAME =
      bad("field name: malformed (expected: a token in small letters, a pseudo-header known)");
  static final Refusal VALUE = bad("field value: control or a blank at an end (expected: neither)");
  static final Refusal CONNECTION_SPECIFIC =
      bad(
          "field: one of the connection, such as connection or te (expected: te: trailers at most)");
  static final Refusal CONTENT_LENGTH =
      bad("content-length: malformed or repeated (expected: one number up to 2^63-1)");
  static final Refusal TOO_LARGE =
      new Refusal(RouterError.HEADER_TOO_LARGE, "head: too many or too large fields");

  /** What a field counts beside its bytes (RFC 9113 6.5.2). */
  private static final int OVERHEAD = 32;

  private final int maxBytes;
  private final int maxFieldBytes;
  private final int maxFields;

  private int size;

  Http2Fields(int maxBytes, int maxFieldBytes, int maxFields) {
    this.maxBytes = maxBytes;
    this.maxFieldBytes = maxFieldBytes;
    this.maxFields = maxFields;
  }

  /** Begins a section. */
  void begin() {
    size = 0;
  }

  /** Returns what is wrong with the size or the characters of a field or pseudo-header, or null. */
  @Nullable Refusal check(
      byte[] name, int nameOff, int nameLen, byte[] value, int valueOff, int valueLen) {
    size += nameLen + valueLen + OVERHEAD;
    if (size > maxBytes || nameLen + valueLen > maxFieldBytes) {
      return TOO_LARGE;
    }
    int tokenOff = nameLen > 0 && name[nameOff] == ':' ? nameOff + 1 : nameOff;
    if (!Ascii.isLowerCaseToken(name, tokenOff, nameOff + nameLen)) {
      return NAME;
    }
    return isValue(value, valueOff, valueOff + valueLen) ? null : VALUE;
  }

  /** Adds a checked field to the head; returns why it must not be there, or null. */
  @Nullable Refusal add(
      Head head, byte[] name, int nameOff, int nameLen, byte[] value, int valueOff, int valueLen) {
    if (head.fields() == maxFields) {
      return TOO_LARGE;
    }
    int nameStart = head.length();
    int nameEnd = nameStart + nameLen;
    int valueEnd = nameEnd + 2 + valueLen;
    byte[] to = head.reserve(nameLen + valueLen + 4);
    System.arraycopy(name, nameOff, to, nameStart, nameLen);
    to[nameEnd] = ':';
    to[nameEnd + 1] = ' ';
    System.arraycopy(value, valueOff, to, nameEnd + 2, valueLen);
    to[valueEnd] = '\r';
    to[valueEnd + 1] = '\n';
    head.length(valueEnd + 2);
    int id = FieldId.of(to, nameStart, nameEnd);
    boolean repeated = head.has(id);
    head.addField(id, nameStart, nameEnd, nameEnd + 2, valueEnd);
    return switch (id) {
      case FieldId.CONNECTION,
          FieldId.KEEP_ALIVE,
          FieldId.PROXY_CONNECTION,
          FieldId.TRANSFER_ENCODING,
          FieldId.UPGRADE ->
          CONNECTION_SPECIFIC;
      case FieldId.TE ->
          Ascii.is(to, nameEnd + 2, valueEnd, "trailers") ? null : CONNECTION_SPECIFIC;
      case FieldId.CONTENT_LENGTH ->
          repeated || Ascii.decimal(to, nameEnd + 2, valueEnd) < 0 ? CONTENT_LENGTH : null;
      default -> null;
    };
  }

  /** Appends the value of a pseudo-header to the head and returns where it starts. */
  static int append(Head head, byte[] value, int valueOff, int valueLen) {
    int start = head.length();
    System.arraycopy(value, valueOff, head.reserve(valueLen), start, valueLen);
    head.length(start + valueLen);
    return start;
  }

  /** Returns the declared length of the body, or -1. */
  static long contentLength(Head head) {
    int i = head.find(FieldId.CONTENT_LENGTH);
    return i < 0 ? -1 : Ascii.decimal(head.bytes(), head.valueStart(i), head.valueEnd(i));
  }

  /** Joins the crumbs of a cookie into one field, as HTTP/1.1 wants it (RFC 9113 8.2.3). */
  static void joinCookies(Head head) {
    int crumb = head.find(FieldId.COOKIE);
    if (crumb < 0 || head.next(FieldId.COOKIE, crumb + 1) < 0) {
      return;
    }
    int nameStart = head.append("cookie: ");
    int valueStart = head.length();
    int valueEnd = valueStart;
    for (; crumb >= 0; crumb = head.next(FieldId.COOKIE, crumb + 1)) {
      head.drop(crumb);
      append(
          head,
          head.bytes(),
          head.valueStart(crumb),
          head.valueEnd(crumb) - head.valueStart(crumb));
      valueEnd = head.length();
      head.append("; ");
    }
    head.length(valueEnd);
    head.append("\r\n");
    head.addField(FieldId.COOKIE, nameStart, valueStart - 2, valueStart, valueEnd);
  }

  private static boolean isValue(byte[] b, int from, int to) {
    if (from == to) {
      return true;
    }
    // RFC 9113 8.2.1: no blank at either end, no NUL, CR or LF; we let no other control pass
    if (Ascii.isBlank(b[from]) || Ascii.isBlank(b[to - 1])) {
      return false;
    }
    int control = Ascii.indexOfControl(b, from, to);
    while (control < to && b[control] == '\t') {
      control = Ascii.indexOfControl(b, control + 1, to);
    }
    return control == to;
  }

  private static Refusal bad(String detail) {
    return new Refusal(RouterError.BAD_REQUEST, detail);
  }
}
