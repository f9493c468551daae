package io.fairlead.router.proxy;

import static io.netty.handler.codec.http2.Http2Error.COMPRESSION_ERROR;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import java.util.Arrays;

/**
 * The fields that a peer may name by number (RFC 7541 2.3): those of the standard, and those it has
 * sent on this connection before, newest first, up to the size we allow.
 */
final class Http2FieldTable implements Http2HeadersDecoder.Configuration {
  /** RFC 7541 4.1: what an entry counts beside its bytes. */
  static final int OVERHEAD = 32;

  /** One field: the name, and right behind it the value. */
  static final class Field {
    final byte[] bytes;
    final int nameLength;

    Field(byte[] bytes, int nameLength) {
      this.bytes = bytes;
      this.nameLength = nameLength;
    }

    int size() {
      return bytes.length + OVERHEAD;
    }
  }

  private static final Field[] STANDARD =
      """
      :authority
      :method=GET
      :method=POST
      :path=/
      :path=/index.html
      :scheme=http
      :scheme=https
      :status=200
      :status=204
      :status=206
      :status=304
      :status=400
      :status=404
      :status=500
      accept-charset
      accept-encoding=gzip, deflate
      accept-language
      accept-ranges
      accept
      access-control-allow-origin
      age
      allow
      authorization
      cache-control
      content-disposition
      content-encoding
      content-language
      content-length
      content-location
      content-range
      content-type
      cookie
      date
      etag
      expect
      expires
      from
      host
      if-match
      if-modified-since
      if-none-match
      if-range
      if-unmodified-since
      last-modified
      link
      location
      max-forwards
      proxy-authenticate
      proxy-authorization
      range
      referer
      refresh
      retry-after
      server
      set-cookie
      strict-transport-security
      transfer-encoding
      user-agent
      vary
      via
      www-authenticate
      """
          .lines()
          .map(Http2FieldTable::standard)
          .toArray(Field[]::new);

  private Field[] ring = new Field[8]; // a power of two long
  private int newest;
  private int count;
  private int bytes;
  private long capacity = Http2CodecUtil.DEFAULT_HEADER_TABLE_SIZE; // chosen by the peer
  private long limit = capacity; // for what it may choose
  private boolean changeIsDue;
  private long maxListBytes;

  /** Creates the table of a connection whose field sections may have {@code maxListBytes}. */
  Http2FieldTable(long maxListBytes) {
    this.maxListBytes = maxListBytes;
  }

  private static Field standard(String line) {
    int nameLength = line.indexOf('=') < 0 ? line.length() : line.indexOf('=');
    return new Field(line.replace("=", "").getBytes(US_ASCII), nameLength);
  }

  /** Returns the field of a number, which starts at 1. */
  Field get(int number) throws Http2Exception {
    if (number >= 1 && number <= STANDARD.length) {
      return STANDARD[number - 1];
    }
    int age = number - STANDARD.length - 1;
    if (number < 1 || age >= count) {
      throw connectionError(COMPRESSION_ERROR, "field %d: unknown", number);
    }
    return ring[(newest - age) & (ring.length - 1)];
  }

  /** Adds a field, for which the oldest make room; RFC 7541 4.4: one too large leaves none. */
  void add(Field field) {
    evictTo(capacity - field.size());
    if (field.size() > capacity) {
      return;
    }
    if (count == ring.length) {
      grow();
    }
    newest = (newest + 1) & (ring.length - 1);
    ring[newest] = field;
    count++;
    bytes += field.size();
  }

  private void grow() {
    Field[] larger = Arrays.copyOf(ring, ring.length * 2);
    for (int i = 0; i < count; i++) { // oldest first
      larger[i] = ring[(newest + 1 + i) & (ring.length - 1)];
    }
    newest = count - 1;
    ring = larger;
  }

  private void evictTo(long most) {
    while (count > 0 && bytes > most) {
      int oldest = (newest - count + 1) & (ring.length - 1);
      bytes -= ring[oldest].size();
      ring[oldest] = null;
      count--;
    }
  }

  /** The peer chooses how large its table is (RFC 7541 6.3). */
  void resize(int size) throws Http2Exception {
    if (size > limit) {
      throw connectionError(COMPRESSION_ERROR, "table: %d bytes (expected: <= %d)", size, limit);
    }
    changeIsDue = false;
    capacity = size;
    evictTo(size);
  }

  /** RFC 7541 4.2: a peer that used a larger table than we now allow must say so before a field. */
  void expectNoChange() throws Http2Exception {
    if (changeIsDue) {
      throw connectionError(COMPRESSION_ERROR, "table: no change of size (expected: one)");
    }
  }

  /** Our SETTINGS are in force. */
  @Override
  public void maxHeaderTableSize(long max) {
    limit = max;
    if (capacity > max) {
      changeIsDue = true;
      evictTo(max);
    }
  }

  @Override
  public long maxHeaderTableSize() {
    return limit;
  }

  @Override
  public void maxHeaderListSize(long max, long goAwayMax) {
    maxListBytes = max;
  }

  @Override
  public long maxHeaderListSize() {
    return maxListBytes;
  }

  /** Returns how long an encoded block may become: a quarter more than what is promised. */
  @Override
  public long maxHeaderListSizeGoAway() {
    return maxListBytes + (maxListBytes >>> 2);
  }
}
