package io.fairlead.router.proxy;

import static io.netty.handler.codec.http2.Http2Error.COMPRESSION_ERROR;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;

import io.fairlead.router.http.Http2FieldRules;
import io.fairlead.router.proxy.Http2FieldTable.Field;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.Arrays;

/**
 * Reads field blocks in HPACK (RFC 7541) and hands each field to the rules, which fill the head of
 * a request or of a response.
 *
 * <p>The one trick: a string is never an object. It stays where it is in a copy of the block, in
 * the table, or in a scratch array that a coded one is decoded to; the codec's own decoder made 174
 * bytes of garbage per request of it. One serves all connections of a loop, as a block is decoded
 * in one go.
 */
final class Http2FieldReader<R extends Http2FieldRules> {
  private static final int INDEXED = 0x80;
  private static final int KEPT_LITERAL = 0x40;
  private static final int TABLE_SIZE = 0x20;

  final R rules;

  private byte[] block = new byte[1024];
  private int at;
  private int end;
  private byte[] scratch = new byte[1024];
  private int scratchEnd;
  private long listBytes;
  private boolean tooLarge;

  // the string that was read last
  private byte[] string = block;
  private int stringFrom;
  private int stringLength;

  Http2FieldReader(R rules) {
    this.rules = rules;
  }

  /** Returns whether the last block had more than the peer was told to send (431). */
  boolean isTooLarge() {
    return tooLarge;
  }

  /** Reads a whole block of {@code length} bytes, even one too large: the next builds on it. */
  void read(Http2FieldTable table, ByteBuf in, int length) throws Http2Exception {
    if (block.length < length) {
      block = new byte[Integer.highestOneBit(length) << 1];
    }
    in.readBytes(block, 0, length);
    at = 0;
    end = length;
    listBytes = 0;
    tooLarge = false;
    boolean begun = false;
    while (at < end) {
      int first = block[at];
      if ((first & (INDEXED | KEPT_LITERAL | TABLE_SIZE)) == TABLE_SIZE) {
        if (begun) {
          throw malformed("a change of the table's size behind a field"); // RFC 7541 4.2
        }
        table.resize(integer(5));
        continue;
      }
      if (!begun) {
        table.expectNoChange();
        begun = true;
      }
      if ((first & INDEXED) != 0) {
        known(table.get(integer(7)), table);
      } else {
        boolean kept = (first & KEPT_LITERAL) != 0;
        literal(table, integer(kept ? 6 : 4), kept);
      }
    }
  }

  private void known(Field field, Http2FieldTable table) {
    int nameLength = field.nameLength;
    byte[] bytes = field.bytes;
    hand(table, bytes, 0, nameLength, bytes, nameLength, bytes.length - nameLength);
  }

  private void literal(Http2FieldTable table, int number, boolean kept) throws Http2Exception {
    scratchEnd = 0;
    byte[] name;
    int nameFrom;
    int nameLength;
    if (number == 0) {
      string();
      name = string;
      nameFrom = stringFrom;
      nameLength = stringLength;
    } else {
      Field known = table.get(number);
      name = known.bytes;
      nameFrom = 0;
      nameLength = known.nameLength;
    }
    string();
    hand(table, name, nameFrom, nameLength, string, stringFrom, stringLength);
    if (kept) {
      byte[] both = new byte[nameLength + stringLength];
      System.arraycopy(name, nameFrom, both, 0, nameLength);
      System.arraycopy(string, stringFrom, both, nameLength, stringLength);
      table.add(new Field(both, nameLength));
    }
  }

  private void hand(
      Http2FieldTable table,
      byte[] name,
      int nameFrom,
      int nameLength,
      byte[] value,
      int valueFrom,
      int valueLength) {
    listBytes += nameLength + valueLength + Http2FieldTable.OVERHEAD;
    tooLarge |= listBytes > table.maxHeaderListSize();
    if (!tooLarge) {
      rules.field(name, nameFrom, nameLength, value, valueFrom, valueLength);
    }
  }

  /** Reads an integer whose prefix are the lowest {@code bits} of the next byte (RFC 7541 5.1). */
  private int integer(int bits) throws Http2Exception {
    int most = (1 << bits) - 1;
    int value = block[at++] & most;
    if (value < most) {
      return value;
    }
    for (int shift = 0; at < end && shift <= 21; shift += 7) { // more than anything here may be
      int next = block[at++];
      value += (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed("an integer without end, or above 2^28");
  }

  /** Reads a string (RFC 7541 5.2). */
  private void string() throws Http2Exception {
    if (at == end) {
      throw malformed("no string");
    }
    boolean coded = block[at] < 0;
    int length = integer(7);
    if (length > end - at) {
      throw malformed("a string longer than the block");
    }
    if (coded) {
      decode(length);
    } else {
      string = block;
      stringFrom = at;
      stringLength = length;
    }
    at += length;
  }

  private void decode(int length) throws Http2Exception {
    int room = scratchEnd + Http2Huffman.mostDecoded(length);
    if (scratch.length < room) {
      scratch = Arrays.copyOf(scratch, Integer.highestOneBit(room) << 1); // at most 1.6 blocks
    }
    string = scratch;
    stringFrom = scratchEnd;
    stringLength = Http2Huffman.decode(block, at, at + length, scratch, scratchEnd);
    if (stringLength < 0) {
      throw malformed("a string that is not in its code");
    }
    scratchEnd += stringLength;
  }

  private static Http2Exception malformed(String what) {
    return connectionError(COMPRESSION_ERROR, "field block: %s", what);
  }
}
