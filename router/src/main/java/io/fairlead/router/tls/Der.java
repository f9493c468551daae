package io.fairlead.router.tls;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A value in DER (X.690): tag, length, content. The little that is needed to look into a private
 * key and to wrap it; its numbers are for the JDK to read and check.
 *
 * <p>Reading throws {@link IllegalArgumentException} for what is not DER.
 */
final class Der {
  static final int INTEGER = 0x02;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int SEQUENCE = 0x30;

  private final int tag;
  private final byte[] content;

  private Der(int tag, byte[] content) {
    this.tag = tag;
    this.content = content;
  }

  static Der of(int tag, byte[] content) {
    return new Der(tag, content);
  }

  static Der sequence(Der... parts) {
    var content = new ByteArrayOutputStream();
    for (Der part : parts) {
      content.writeBytes(part.encoded());
    }
    return new Der(SEQUENCE, content.toByteArray());
  }

  /** Reads {@code encoded} as one value and nothing after it. */
  static Der read(byte[] encoded) {
    List<Der> values = values(encoded);
    if (values.size() != 1) {
      throw new IllegalArgumentException(values.size() + " values (expected: one)");
    }
    return values.getFirst();
  }

  int tag() {
    return tag;
  }

  /** Returns the values in this one. */
  List<Der> parts() {
    return values(content);
  }

  /** Returns the part at {@code index}, which must have the tag {@code expected}. */
  Der part(int index, int expected) {
    List<Der> parts = parts();
    if (index >= parts.size() || parts.get(index).tag != expected) {
      throw new IllegalArgumentException("part " + index + " (expected: tag " + expected + ")");
    }
    return parts.get(index);
  }

  byte[] encoded() {
    var encoded = new ByteArrayOutputStream();
    encoded.write(tag);
    if (content.length < 0x80) {
      encoded.write(content.length);
    } else {
      int bytes = (39 - Integer.numberOfLeadingZeros(content.length)) / 8;
      encoded.write(0x80 | bytes);
      for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        encoded.write(content.length >>> shift);
      }
    }
    encoded.writeBytes(content);
    return encoded.toByteArray();
  }

  /** Returns the dotted form of an object identifier (X.690 8.19). */
  String dotted() {
    var text = new StringBuilder();
    long arc = 0;
    for (byte next : content) {
      arc = (arc << 7) | (next & 0x7F);
      if (next < 0) {
        continue;
      }
      if (text.isEmpty()) {
        long first = Math.min(arc / 40, 2);
        text.append(first).append('.').append(arc - 40 * first);
      } else {
        text.append('.').append(arc);
      }
      arc = 0;
    }
    return text.toString();
  }

  private static List<Der> values(byte[] bytes) {
    List<Der> values = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      if (bytes.length - at < 2) {
        throw new IllegalArgumentException("ends in a value");
      }
      int tag = bytes[at++] & 0xFF;
      int length = bytes[at++] & 0xFF;
      if (length >= 0x80) {
        int count = length - 0x80;
        if (count < 1 || count > 3 || count > bytes.length - at) {
          throw new IllegalArgumentException("length of " + count + " bytes (expected: 1 to 3)");
        }
        length = 0;
        for (int end = at + count; at < end; at++) {
          length = (length << 8) | (bytes[at] & 0xFF);
        }
      }
      if (length > bytes.length - at) {
        throw new IllegalArgumentException("ends in a value");
      }
      values.add(new Der(tag, Arrays.copyOfRange(bytes, at, at + length)));
      at += length;
    }
    return values;
  }
}
