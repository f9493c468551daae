package io.fairlead.router.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.router.http.Head;
import java.util.Arrays;

/**
 * A growable array that heads are written into, one per event loop: written, copied out, reset.
 *
 * <p>Others may write into {@link #array()} themselves, after {@link #ensure} and up to a new
 * {@link #length(int)}.
 */
public final class HeadWriter {
  private static final byte[] CONTENT_LENGTH = "Content-Length: ".getBytes(US_ASCII);
  private static final byte[] CHUNKED = "Transfer-Encoding: chunked\r\n".getBytes(US_ASCII);
  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);

  /** As long as {@link Long#MAX_VALUE}. */
  private static final int MAX_DIGITS = 19;

  private byte[] array = new byte[4_096];
  private int length;

  /** Empties the writer; the array stays. */
  public void reset() {
    length = 0;
  }

  /** Makes room for {@code more} bytes; the array may be replaced. */
  public void ensure(int more) {
    if (array.length - length < more) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, length + more));
    }
  }

  /** Returns the array that is written into, until the next call that makes room. */
  public byte[] array() {
    return array;
  }

  /** Returns how many bytes are written. */
  public int length() {
    return length;
  }

  /** Sets how many bytes are written, after writing them into {@link #array()}. */
  public void length(int newLength) {
    length = newLength;
  }

  /** Appends all of {@code src}. */
  public void bytes(byte[] src) {
    bytes(src, 0, src.length);
  }

  /** Appends {@code src[from, to)}. */
  public void bytes(byte[] src, int from, int to) {
    int count = to - from;
    ensure(count);
    System.arraycopy(src, from, array, length, count);
    length += count;
  }

  /** Appends a number, which is not negative, in decimal digits. */
  public void number(long value) {
    ensure(MAX_DIGITS);
    int digits = 1;
    for (long rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int i = length + digits - 1; i >= length; i--) {
      array[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }

  /** Appends a field line: {@code name: }, which holds its colon and space, and a value. */
  public void field(byte[] nameColonSpace, byte[] src, int from, int to) {
    bytes(nameColonSpace);
    bytes(src, from, to);
    end();
  }

  /** Appends a status line of HTTP/1.1 with the usual reason. */
  public void statusLine(int status) {
    bytes(StatusLines.of(status));
  }

  /**
   * Appends every field that is not dropped.
   *
   * <p>Fields that stand one behind the other just as we write them, which is nearly all of them,
   * are copied as one run.
   */
  public void forwardedFields(Head head) {
    byte[] src = head.bytes();
    int runStart = 0;
    int runEnd = 0;
    for (int i = 0; i < head.fields(); i++) {
      if (head.isDropped(i)) {
        continue;
      }
      boolean asWritten = isAsWritten(head, i);
      if (!asWritten || head.nameStart(i) != runEnd) {
        bytes(src, runStart, runEnd);
        runStart = runEnd = head.nameStart(i);
      }
      if (asWritten) {
        runEnd = head.valueEnd(i) + 2;
      } else {
        fieldAnew(head, i);
      }
    }
    bytes(src, runStart, runEnd);
  }

  private static boolean isAsWritten(Head head, int i) {
    byte[] src = head.bytes();
    int nameEnd = head.nameEnd(i);
    int valueEnd = head.valueEnd(i);
    return head.valueStart(i) == nameEnd + 2
        && src[nameEnd] == ':'
        && src[nameEnd + 1] == ' '
        && valueEnd + 2 <= head.length()
        && src[valueEnd] == '\r'
        && src[valueEnd + 1] == '\n';
  }

  private void fieldAnew(Head head, int i) {
    byte[] src = head.bytes();
    bytes(src, head.nameStart(i), head.nameEnd(i));
    ensure(2);
    array[length++] = ':';
    array[length++] = ' ';
    bytes(src, head.valueStart(i), head.valueEnd(i));
    end();
  }

  /** Appends the field that declares a length. */
  public void contentLength(long contentLength) {
    bytes(CONTENT_LENGTH);
    number(contentLength);
    end();
  }

  /** Appends the field that declares chunks. */
  public void chunked() {
    bytes(CHUNKED);
  }

  /** Appends CRLF: the end of a line, and of the head behind the last one. */
  public void end() {
    ensure(2);
    array[length++] = '\r';
    array[length++] = '\n';
  }

  /** Appends a chunk's size line. */
  public void chunkHead(int size) {
    ensure(10);
    length = chunkHead(array, length, size);
  }

  /** Writes a chunk's size line into {@code to}, at most ten bytes, and returns where it ends. */
  public static int chunkHead(byte[] to, int at, int size) {
    int digits = Math.max(1, (35 - Integer.numberOfLeadingZeros(size)) / 4);
    int end = at + digits;
    int rest = size;
    for (int i = end - 1; i >= at; i--) {
      to[i] = HEX[rest & 0xf];
      rest >>>= 4;
    }
    to[end] = '\r';
    to[end + 1] = '\n';
    return end + 2;
  }
}
