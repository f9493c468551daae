package io.fairlead.router.proxy;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2HeadersEncoder;

/**
 * Writes field blocks in HPACK (RFC 7541).
 *
 * <p>The one trick: no dynamic table. Names come from the static table where it has them, values
 * are literals, and nothing is kept for a field or a connection. What that costs in bytes is less
 * than what a table costs in time; a block may even be made now and sent later.
 */
final class Http2FieldWriter implements Http2HeadersEncoder.Configuration {
  private static final int INDEXED = 0x80;
  private static final int TABLE_SIZE_UPDATE = 0x20;

  private static final int STATUS = 8;
  private static final int CONTENT_LENGTH = 28;
  private static final int CONTENT_TYPE = 31;
  private static final int DATE = 33;
  private static final int SERVER = 54;

  /** Statuses that the static table has whole, from its index 8 on. */
  private static final int[] INDEXED_STATUS = {200, 204, 206, 304, 400, 404, 500};

  private long tableBytes;
  private boolean sizeUpdateIsDue;

  /** Begins a block with the status of a response. */
  void status(ByteBuf to, int status) {
    announceTable(to);
    for (int i = 0; i < INDEXED_STATUS.length; i++) {
      if (INDEXED_STATUS[i] == status) {
        to.writeByte(INDEXED | (STATUS + i));
        return;
      }
    }
    to.writeByte(STATUS).writeByte(3);
    to.writeByte('0' + status / 100);
    to.writeByte('0' + status / 10 % 10);
    to.writeByte('0' + status % 10);
  }

  /** Begins a block without a status: of a request, or of trailers. */
  void begin(ByteBuf to) {
    announceTable(to);
  }

  /** Writes a field that the static table has whole. */
  static void indexed(ByteBuf to, int index) {
    to.writeByte(INDEXED | index);
  }

  /** Writes a field whose name the static table has. */
  static void known(ByteBuf to, int index, byte[] value, int from, int end) {
    integer(to, 0, 4, index);
    integer(to, 0, 7, end - from);
    to.writeBytes(value, from, end - from);
  }

  /** Writes a field whose name, in small letters, is not in the static table. */
  static void field(ByteBuf to, byte[] name, byte[] value, int count) {
    to.writeByte(0);
    integer(to, 0, 7, name.length);
    to.writeBytes(name);
    integer(to, 0, 7, count);
    to.writeBytes(value, 0, count);
  }

  /**
   * RFC 7541 4.2: where the peer has set a size for the table, the next block says that we use none
   * of it.
   */
  private void announceTable(ByteBuf to) {
    if (sizeUpdateIsDue) {
      sizeUpdateIsDue = false;
      to.writeByte(TABLE_SIZE_UPDATE);
    }
  }

  /** Writes the length of the body. */
  static void contentLength(ByteBuf to, long length) {
    integer(to, 0, 4, CONTENT_LENGTH);
    int digits = 1;
    for (long rest = length; rest >= 10; rest /= 10) {
      digits++;
    }
    to.writeByte(digits);
    int end = to.writerIndex() + digits;
    to.ensureWritable(digits);
    long rest = length;
    for (int at = end - 1; at >= end - digits; at--) {
      to.setByte(at, (int) ('0' + rest % 10));
      rest /= 10;
    }
    to.writerIndex(end);
  }

  /** Writes the fields of {@code head} that are not dropped. */
  static void fields(ByteBuf to, Head head) {
    byte[] bytes = head.bytes();
    for (int i = 0; i < head.fields(); i++) {
      if (!head.isDropped(i)) {
        name(to, head, i);
        int from = head.valueStart(i);
        int count = head.valueEnd(i) - from;
        integer(to, 0, 7, count);
        to.writeBytes(bytes, from, count);
      }
    }
  }

  private static void name(ByteBuf to, Head head, int field) {
    int indexed =
        switch (head.id(field)) {
          case FieldId.CONTENT_TYPE -> CONTENT_TYPE;
          case FieldId.DATE -> DATE;
          case FieldId.SERVER -> SERVER;
          default -> 0;
        };
    integer(to, 0, 4, indexed);
    if (indexed == 0) {
      int from = head.nameStart(field);
      int count = head.nameEnd(field) - from;
      integer(to, 0, 7, count);
      lowerCase(to, head.bytes(), from, count);
    }
  }

  /** RFC 9113 8.2: names are lower case. */
  private static void lowerCase(ByteBuf to, byte[] bytes, int from, int count) {
    int start = to.writerIndex();
    to.writeBytes(bytes, from, count);
    for (int i = 0; i < count; i++) {
      int b = bytes[from + i];
      if (b >= 'A' && b <= 'Z') {
        to.setByte(start + i, b | 0x20);
      }
    }
  }

  /** Writes an integer with a prefix of {@code bits} bits (RFC 7541 5.1). */
  private static void integer(ByteBuf to, int pattern, int bits, int value) {
    int most = (1 << bits) - 1;
    if (value < most) {
      to.writeByte(pattern | value);
      return;
    }
    to.writeByte(pattern | most);
    int rest = value - most;
    for (; rest >= 0x80; rest >>>= 7) {
      to.writeByte((rest & 0x7f) | 0x80);
    }
    to.writeByte(rest);
  }

  @Override
  public void maxHeaderTableSize(long max) {
    tableBytes = max;
    sizeUpdateIsDue = true;
  }

  @Override
  public long maxHeaderTableSize() {
    return tableBytes;
  }

  /** What the peer would like; advisory (RFC 9113 6.5.2), no message is cut for it. */
  @Override
  public void maxHeaderListSize(long max) {}

  @Override
  public long maxHeaderListSize() {
    return Integer.MAX_VALUE;
  }
}
