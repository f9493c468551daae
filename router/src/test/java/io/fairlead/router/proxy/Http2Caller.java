package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fairlead.router.Soon;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Map;

/**
 * A caller that sends the frames a test says, well-formed or not, with prior knowledge on a real
 * socket, and reads whatever comes back. Acknowledges nothing by itself.
 */
final class Http2Caller implements Closeable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;
  static final int PADDED = 8;

  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final ByteArrayOutputStream batch = new ByteArrayOutputStream();
  private final DefaultHttp2HeadersEncoder encoder =
      new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true);
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

  /** A frame as it came. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(int type, int flags, int stream, byte[] payload) {
    boolean has(int flag) {
      return (flags & flag) != 0;
    }

    /** Returns the error that RST_STREAM (at 0) or GOAWAY (at 4) names, or any other number. */
    int intAt(int index) {
      return Unpooled.wrappedBuffer(payload).getInt(index);
    }

    String text() {
      return new String(payload, ISO_8859_1);
    }
  }

  /** A field section as it came. */
  record Head(int stream, Map<String, String> fields, boolean last) {
    @org.jspecify.annotations.Nullable
    String field(String name) {
      return fields.get(name);
    }
  }

  /** What a stream got: status, fields and body; or the error it was reset with. */
  record Answer(int status, Map<String, String> fields, String body, int reset) {}

  private Http2Caller(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** Connects, sends the preface and our SETTINGS, in hexadecimal, ids and values. */
  static Http2Caller connect(int port, int... settings) throws IOException {
    Http2Caller caller = connectSilently(port);
    ByteBuf payload = Unpooled.buffer();
    for (int i = 0; i < settings.length; i += 2) {
      payload.writeShort(settings[i]).writeInt(settings[i + 1]);
    }
    caller.batch.write(PREFACE.getBytes(ISO_8859_1));
    caller.put(SETTINGS, 0, 0, bytes(payload)).put(SETTINGS, ACK, 0).send();
    return caller;
  }

  /** Begins on a socket that is connected: sends the preface and our SETTINGS. */
  static Http2Caller over(Socket socket) throws IOException {
    Http2Caller caller = of(socket);
    caller.batch.write(PREFACE.getBytes(ISO_8859_1));
    caller.put(SETTINGS, 0, 0).put(SETTINGS, ACK, 0).send();
    return caller;
  }

  /** Takes the other end: speaks as a server on a connection whose client has connected. */
  static Http2Caller of(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(Soon.PATIENCE_MILLIS);
    return new Http2Caller(socket);
  }

  /** Connects and sends nothing. */
  static Http2Caller connectSilently(int port) throws IOException {
    var socket = new Socket();
    socket.setReceiveBufferSize(16_384); // so that little is on the way to who does not read
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(Soon.PATIENCE_MILLIS);
    return new Http2Caller(socket);
  }

  // ---- frames out

  /** Appends a frame to what {@link #send} sends. */
  Http2Caller put(int type, int flags, int stream, byte... payload) {
    ByteBuf header = Unpooled.buffer(9);
    header.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    batch.writeBytes(bytes(header));
    batch.writeBytes(payload);
    return this;
  }

  /** Appends a frame that holds one number. */
  Http2Caller putInt(int type, int flags, int stream, int value) {
    return put(type, flags, stream, bytes(Unpooled.buffer(4).writeInt(value)));
  }

  /** Appends HEADERS with {@code fields}, names and values in turn. */
  Http2Caller headers(int stream, boolean last, String... fields) {
    return put(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, block(fields));
  }

  /** Appends the head of a POST to the score path with more fields. */
  Http2Caller post(int stream, boolean last, String... more) {
    String[] fields = new String[8 + more.length];
    String[] first = {
      ":method", "POST", ":scheme", "http", ":authority", "test", ":path", TestRouter.SCORE
    };
    System.arraycopy(first, 0, fields, 0, 8);
    System.arraycopy(more, 0, fields, 8, more.length);
    return headers(stream, last, fields);
  }

  Http2Caller data(int stream, boolean last, String body) {
    return put(DATA, last ? END_STREAM : 0, stream, body.getBytes(ISO_8859_1));
  }

  /** Sends 200 with {@code body}, as a model does. */
  void respond(int stream, String body) throws IOException {
    headers(stream, false, ":status", "200").data(stream, true, body).send();
  }

  /** Encodes a field block. */
  byte[] block(String... fields) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    ByteBuf block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(1, headers, block);
    } catch (Http2Exception e) {
      throw new IllegalArgumentException(e);
    }
    return bytes(block);
  }

  /** Appends bytes that are no frame. */
  void raw(byte[] bytes) {
    batch.writeBytes(bytes);
  }

  void send() throws IOException {
    out.write(batch.toByteArray());
    batch.reset();
  }

  /** Sends, and does not mind if the router has had enough of it. */
  void sendIfWanted() {
    try {
      send();
    } catch (IOException gone) {
      batch.reset();
    }
  }

  // ---- frames in

  /** Reads the next frame; null at the end of the connection. */
  @org.jspecify.annotations.Nullable
  Frame read() throws IOException {
    try {
      int length = (in.readUnsignedShort() << 8) | in.readUnsignedByte();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = new byte[length];
      in.readFully(payload);
      return new Frame(type, flags, stream, payload);
    } catch (EOFException | SocketException end) {
      return null;
    }
  }

  /** Reads on to the next frame of this type, dropping others. */
  Frame await(int type) throws IOException {
    for (Frame frame = read(); frame != null; frame = read()) {
      if (frame.type == type && !(type == SETTINGS && frame.has(ACK))) {
        return frame;
      }
    }
    throw new AssertionError("the connection ended (expected: a frame of type " + type + ")");
  }

  /** Reads on to the next field section, dropping other frames. */
  Head awaitHead() throws IOException, Http2Exception {
    Frame frame = await(HEADERS);
    var fields = new java.util.LinkedHashMap<String, String>();
    decoder
        .decodeHeaders(frame.stream, Unpooled.wrappedBuffer(frame.payload))
        .forEach(field -> fields.put(field.getKey().toString(), field.getValue().toString()));
    return new Head(frame.stream, fields, frame.has(END_STREAM));
  }

  /** Reads the preface of a client. */
  void awaitPreface() throws IOException {
    byte[] preface = in.readNBytes(PREFACE.length());
    if (!new String(preface, ISO_8859_1).equals(PREFACE)) {
      throw new AssertionError("no preface: " + new String(preface, ISO_8859_1));
    }
  }

  /** Returns whether nothing has come that was not read. */
  boolean isQuiet() throws IOException {
    return in.available() == 0;
  }

  /** Reads to the end of the connection and returns the error of the last GOAWAY, or -1. */
  int awaitEnd() throws IOException {
    int error = -1;
    for (Frame frame = read(); frame != null; frame = read()) {
      if (frame.type == GOAWAY) {
        error = frame.intAt(4);
      }
    }
    return error;
  }

  /** Reads until {@code stream} has ended, and returns what it got. */
  Answer answer(int stream) throws IOException, Http2Exception {
    int status = 0;
    var fields = new java.util.LinkedHashMap<String, String>();
    var body = new StringBuilder();
    for (Frame frame = read(); frame != null; frame = read()) {
      if (frame.type == HEADERS) {
        Http2Headers head =
            decoder.decodeHeaders(frame.stream, Unpooled.wrappedBuffer(frame.payload));
        if (frame.stream == stream) {
          head.forEach(field -> fields.put(field.getKey().toString(), field.getValue().toString()));
          status = Integer.parseInt(fields.getOrDefault(":status", "0"));
        }
      }
      if (frame.stream != stream) {
        continue;
      }
      if (frame.type == DATA) {
        body.append(frame.text());
      } else if (frame.type == RST_STREAM) {
        return new Answer(status, fields, body.toString(), frame.intAt(0));
      }
      if ((frame.type == HEADERS || frame.type == DATA) && frame.has(END_STREAM)) {
        return new Answer(status, fields, body.toString(), -1);
      }
    }
    throw new AssertionError("the connection ended (expected: an answer on " + stream + ")");
  }

  private static byte[] bytes(ByteBuf from) {
    byte[] bytes = new byte[from.readableBytes()];
    from.readBytes(bytes);
    return bytes;
  }

  /** Leaves without a word. */
  void hangUp() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
