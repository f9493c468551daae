package io.fairlead.router.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One message head as bytes and an index into them: no {@code String} per field. It is filled by a
 * scanner of HTTP/1.1 or from HTTP/2 frames, read by every rule of the request path, and reused for
 * the next message of its owner. It belongs to one event loop.
 *
 * <p>Fields are in the order received. A field is given as {@code (id, name, value)}, where name
 * and value are ranges of {@link #bytes()}; HTTP/2 names are lower case, HTTP/1.1 names are as
 * sent. Values have no blanks at the ends.
 */
public final class Head {
  /** How the end of the body is known. */
  public enum Framing {
    /** There is no body. */
    NONE,
    /** {@code contentLength} bytes follow. */
    LENGTH,
    /** Chunks follow, then perhaps trailers. */
    CHUNKED,
    /** The body ends with the connection (a response) or with the stream (HTTP/2). */
    UNTIL_END
  }

  private static final int STRIDE = 5;
  private static final int DROPPED = 1 << 31;

  private static final int INITIAL_BYTES = 1024;

  /** Thousands of idle connections shall not each hold what their largest head once needed. */
  private static final int MAX_KEPT_BYTES = 16_384;

  private byte[] bytes = new byte[INITIAL_BYTES];
  private int length;
  private int[] index = new int[STRIDE * 24];
  private int fields;
  private long seen;

  private int methodStart;
  private int methodEnd;
  private int targetStart;
  private int targetEnd;
  private int pathStart;
  private int pathEnd;
  private int authorityStart;
  private int authorityEnd;

  private Method method = Method.OTHER;
  private int minorVersion;
  private int status;
  private Framing framing = Framing.NONE;
  private long contentLength;
  private boolean close;
  private boolean expectContinue;
  private boolean acceptsTrailers;
  private boolean webSocket;
  private boolean grpc;

  /** Empties the head for the next message; the arrays stay, but for one grown by a rare head. */
  public void reset() {
    if (bytes.length > MAX_KEPT_BYTES) {
      bytes = new byte[INITIAL_BYTES];
    }
    length = fields = 0;
    seen = 0;
    methodStart = methodEnd = targetStart = targetEnd = 0;
    pathStart = pathEnd = authorityStart = authorityEnd = 0;
    method = Method.OTHER;
    minorVersion = 1;
    status = 0;
    framing = Framing.NONE;
    contentLength = -1;
    close = expectContinue = acceptsTrailers = webSocket = grpc = false;
  }

  /** Becomes what {@code other} is, what is dropped of it included. */
  public void copy(Head other) {
    reset();
    System.arraycopy(other.bytes, 0, reserve(other.length), 0, other.length);
    if (index.length < other.fields * STRIDE) {
      index = new int[other.index.length];
    }
    System.arraycopy(other.index, 0, index, 0, other.fields * STRIDE);
    length = other.length;
    fields = other.fields;
    seen = other.seen;
    method(other.method, other.methodStart, other.methodEnd);
    target(other.targetStart, other.targetEnd);
    path(other.pathStart, other.pathEnd);
    authority(other.authorityStart, other.authorityEnd);
    minorVersion = other.minorVersion;
    status = other.status;
    framing(other.framing, other.contentLength);
    close = other.close;
    expectContinue = other.expectContinue;
    acceptsTrailers = other.acceptsTrailers;
    webSocket = other.webSocket;
  }

  /** Returns the array that all ranges refer to; it may be replaced by {@link #reserve}. */
  public byte[] bytes() {
    return bytes;
  }

  /** Returns how many of {@link #bytes()} are in use. */
  public int length() {
    return length;
  }

  /** Sets how many of {@link #bytes()} are in use, after writing them. */
  public void length(int newLength) {
    length = newLength;
  }

  /** Makes room for {@code more} bytes behind {@link #length()} and returns the array. */
  public byte[] reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
    return bytes;
  }

  /** Appends an ASCII string and returns where it starts. */
  public int append(CharSequence ascii) {
    reserve(ascii.length());
    for (int i = 0; i < ascii.length(); i++) {
      bytes[length++] = (byte) ascii.charAt(i);
    }
    return length - ascii.length();
  }

  /** Adds a field whose name and value are in {@link #bytes()} already. */
  public void addField(int id, int nameStart, int nameEnd, int valueStart, int valueEnd) {
    int at = fields * STRIDE;
    if (at == index.length) {
      index = Arrays.copyOf(index, index.length * 2);
    }
    index[at] = id;
    index[at + 1] = nameStart;
    index[at + 2] = nameEnd;
    index[at + 3] = valueStart;
    index[at + 4] = valueEnd;
    fields++;
    seen |= 1L << id;
  }

  /** Appends a field whose name and whose value, {@code valueLength} bytes of it, are elsewhere. */
  public void addField(int id, byte[] name, byte[] value, int valueLength) {
    int nameStart = length;
    int valueStart = nameStart + name.length;
    byte[] to = reserve(name.length + valueLength);
    System.arraycopy(name, 0, to, nameStart, name.length);
    System.arraycopy(value, 0, to, valueStart, valueLength);
    length = valueStart + valueLength;
    addField(id, nameStart, valueStart, valueStart, length);
  }

  /** Returns the number of fields. */
  public int fields() {
    return fields;
  }

  /** Returns the number of field {@code i}, see {@link FieldId}. */
  public int id(int i) {
    return index[i * STRIDE] & ~DROPPED;
  }

  /** Takes field {@code i} out of what is forwarded. */
  public void drop(int i) {
    index[i * STRIDE] |= DROPPED;
  }

  /** Returns whether field {@code i} is not forwarded. */
  public boolean isDropped(int i) {
    return index[i * STRIDE] < 0;
  }

  /** Returns where the name of field {@code i} starts. */
  public int nameStart(int i) {
    return index[i * STRIDE + 1];
  }

  /** Returns where the name of field {@code i} ends, exclusive. */
  public int nameEnd(int i) {
    return index[i * STRIDE + 2];
  }

  /** Returns where the value of field {@code i} starts. */
  public int valueStart(int i) {
    return index[i * STRIDE + 3];
  }

  /** Returns where the value of field {@code i} ends, exclusive. */
  public int valueEnd(int i) {
    return index[i * STRIDE + 4];
  }

  /** Returns whether a field with this number (not {@link FieldId#OTHER}) is present. */
  public boolean has(int id) {
    return (seen & (1L << id)) != 0;
  }

  /** Returns the first field with this number, or -1. */
  public int find(int id) {
    return has(id) ? next(id, 0) : -1;
  }

  /** Returns the first field with this number at or after {@code from}, or -1. */
  public int next(int id, int from) {
    for (int i = from; i < fields; i++) {
      if (id(i) == id) {
        return i;
      }
    }
    return -1;
  }

  /** Returns the value of field {@code i} as text, for messages and rare fields. */
  public String value(int i) {
    return text(valueStart(i), valueEnd(i));
  }

  /** Returns a range as text, a char per byte. */
  public String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** Returns whether the value of field {@code i} is {@code lowerCase}, without regard to case. */
  public boolean valueIs(int i, String lowerCase) {
    return Ascii.is(bytes, valueStart(i), valueEnd(i), lowerCase);
  }

  /** Sets the range of the method and what it is. */
  public void method(Method newMethod, int start, int end) {
    method = newMethod;
    methodStart = start;
    methodEnd = end;
  }

  /** Returns the method of a request. */
  public Method method() {
    return method;
  }

  /** Returns the method as text. */
  public String methodText() {
    return text(methodStart, methodEnd);
  }

  /** Returns where the method starts. */
  public int methodStart() {
    return methodStart;
  }

  /** Returns where the method ends, exclusive. */
  public int methodEnd() {
    return methodEnd;
  }

  /** Sets the whole target: path with query, or the absolute form. */
  public void target(int start, int end) {
    targetStart = start;
    targetEnd = end;
  }

  /** Returns where the target starts. */
  public int targetStart() {
    return targetStart;
  }

  /** Returns where the target, with its query, ends, exclusive. */
  public int targetEnd() {
    return targetEnd;
  }

  /** Sets the path, which ends where the query ({@code ?}) or the target ends. */
  public void path(int start, int end) {
    pathStart = start;
    pathEnd = end;
  }

  /** Returns where the path starts. */
  public int pathStart() {
    return pathStart;
  }

  /** Returns where the path ends, exclusive; from here to {@link #targetEnd} is {@code ?query}. */
  public int pathEnd() {
    return pathEnd;
  }

  /** Sets the host and port the request is for. */
  public void authority(int start, int end) {
    authorityStart = start;
    authorityEnd = end;
  }

  /** Returns where the authority starts. */
  public int authorityStart() {
    return authorityStart;
  }

  /** Returns where the authority ends, exclusive; equal to its start if there is none. */
  public int authorityEnd() {
    return authorityEnd;
  }

  /** Sets the minor version: 0 or 1 of HTTP/1. */
  public void minorVersion(int newMinorVersion) {
    minorVersion = newMinorVersion;
  }

  /** Returns the minor version of HTTP/1. */
  public int minorVersion() {
    return minorVersion;
  }

  /** Sets the status of a response. */
  public void status(int newStatus) {
    status = newStatus;
  }

  /** Returns the status of a response. */
  public int status() {
    return status;
  }

  /** Sets how the body ends. */
  public void framing(Framing newFraming, long newContentLength) {
    framing = newFraming;
    contentLength = newContentLength;
  }

  /** Returns how the body ends. */
  public Framing framing() {
    return framing;
  }

  /** Returns the declared length of the body in bytes, or -1. */
  public long contentLength() {
    return contentLength;
  }

  /** Sets whether the connection ends after this message. */
  public void close(boolean newClose) {
    close = newClose;
  }

  /** Returns whether the connection ends after this message. */
  public boolean close() {
    return close;
  }

  /** Sets whether the sender waits for 100 Continue. */
  public void expectContinue(boolean newExpectContinue) {
    expectContinue = newExpectContinue;
  }

  /** Returns whether the sender waits for 100 Continue. */
  public boolean expectContinue() {
    return expectContinue;
  }

  /** Sets whether the sender of this request takes trailers. */
  public void acceptsTrailers(boolean newAcceptsTrailers) {
    acceptsTrailers = newAcceptsTrailers;
  }

  /** Returns whether the sender of this request takes trailers ({@code TE: trailers}). */
  public boolean acceptsTrailers() {
    return acceptsTrailers;
  }

  /** Sets whether this request asks for a WebSocket, by upgrade or by extended CONNECT. */
  public void webSocket(boolean newWebSocket) {
    webSocket = newWebSocket;
  }

  /** Sets whether this request is a call of gRPC. */
  public void grpc(boolean newGrpc) {
    grpc = newGrpc;
  }

  /** Returns whether this request is a call of gRPC, which comes over HTTP/2 alone. */
  public boolean grpc() {
    return grpc;
  }

  /** Returns whether this request asks for a WebSocket. */
  public boolean webSocket() {
    return webSocket;
  }
}
