package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fairlead.router.Soon;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A caller that sends what a test says to the byte, and reads answers as strictly as it can. */
final class RawCaller implements Closeable {
  private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: *([0-9]+)\r\n");

  private final Socket socket = new Socket();
  private final InputStream in;

  /**
   * One answer.
   *
   * @param complete whether its end came as its head said it would
   * @param body decoded; as much as came
   * @param trailers the lines behind the last chunk
   */
  record Answer(String head, String body, String trailers, boolean complete) {
    int status() {
      return Integer.parseInt(head.substring(9, 12));
    }
  }

  private RawCaller(int port, int receiveBytes) throws IOException {
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(Soon.PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream(), 4096);
  }

  static RawCaller of(int port) throws IOException {
    return new RawCaller(port, 0);
  }

  /** Connects with so small a window that not reading is felt at once. */
  static RawCaller slow(int port) throws IOException {
    return new RawCaller(port, 8192);
  }

  RawCaller send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  RawCaller send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Reads one head, an informational one too. */
  String head() throws IOException {
    return readUntil("\r\n\r\n");
  }

  String read(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    return new String(bytes, ISO_8859_1);
  }

  /** Reads and forgets {@code count} bytes. */
  void skip(long count) throws IOException {
    in.skipNBytes(count);
  }

  Answer answer() throws IOException {
    return answer(false);
  }

  /** Reads the rest of an answer whose head was read. */
  Answer answer(boolean toHead) throws IOException {
    return body(head(), toHead);
  }

  Answer body(String head, boolean toHead) throws IOException {
    String lower = head.toLowerCase(Locale.ROOT);
    int status = Integer.parseInt(head.substring(9, 12));
    Matcher length = LENGTH.matcher(lower);
    if (toHead || status == 204 || status == 304) {
      return new Answer(head, "", "", true);
    }
    if (lower.contains("\r\ntransfer-encoding: chunked\r\n")) {
      return chunked(head);
    }
    int expected = length.find() ? Integer.parseInt(length.group(1)) : Integer.MAX_VALUE;
    var body = new ByteArrayOutputStream();
    boolean fin = pull(expected, body);
    boolean complete = body.size() == expected || (expected == Integer.MAX_VALUE && fin);
    return new Answer(head, body.toString(ISO_8859_1), "", complete);
  }

  private Answer chunked(String head) throws IOException {
    var body = new ByteArrayOutputStream();
    var trailers = new StringBuilder();
    try {
      while (true) {
        int size = Integer.parseInt(line(), 16);
        if (size == 0) {
          for (String line = line(); !line.isEmpty(); line = line()) {
            trailers.append(line).append('\n');
          }
          return new Answer(head, body.toString(ISO_8859_1), trailers.toString(), true);
        }
        int before = body.size();
        pull(size, body);
        if (body.size() - before < size || !line().isEmpty()) {
          return new Answer(head, body.toString(ISO_8859_1), "", false);
        }
      }
    } catch (IOException cut) {
      return new Answer(head, body.toString(ISO_8859_1), "", false);
    }
  }

  /** Reads up to {@code count} bytes; returns whether it met a FIN, and not a reset. */
  private boolean pull(int count, ByteArrayOutputStream to) {
    try {
      for (int i = 0; i < count; i++) {
        int next = in.read();
        if (next < 0) {
          return true;
        }
        to.write(next);
      }
    } catch (IOException reset) {
      return false;
    }
    return false;
  }

  /** Reads one chunk, whose size line says how long it is. */
  String chunk() throws IOException {
    String data = read(Integer.parseInt(line(), 16));
    line();
    return data;
  }

  private String line() throws IOException {
    String line = readUntil("\r\n");
    return line.substring(0, line.length() - 2);
  }

  private String readUntil(String end) throws IOException {
    var text = new StringBuilder();
    while (text.length() < end.length() || text.lastIndexOf(end) != text.length() - end.length()) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("end of the connection after " + text);
      }
      text.append((char) next);
    }
    return text.toString();
  }

  /** Waits until the router ends the connection and returns how it did. */
  FakeReplica.End end() {
    try {
      while (in.read() >= 0) {}
      return FakeReplica.End.FIN;
    } catch (IOException reset) {
      return FakeReplica.End.RST;
    }
  }

  /** Leaves, politely or not. */
  void vanish(FakeReplica.End how) throws IOException {
    if (how == FakeReplica.End.RST) {
      socket.setSoLinger(true, 0);
    }
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
