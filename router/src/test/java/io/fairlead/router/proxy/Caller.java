package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fairlead.router.Soon;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** A caller that sends what a test says, to the byte, and reads what comes back. */
final class Caller implements Closeable {
  private final Socket socket;
  private final InputStream in;

  Caller(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(Soon.PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  static Caller connect(int port) throws IOException {
    return new Caller(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Returns a request that scores {@code body}, with more fields, each a line without its end. */
  static String post(String body, String... fields) {
    return head("POST " + TestRouter.SCORE, fields, "Content-Length: " + body.length()) + body;
  }

  /** Returns a request without a body. */
  static String get(String target, String... fields) {
    return head("GET " + target, fields);
  }

  /** Returns a head: the request line's beginning, then {@code Host} and these fields. */
  static String head(String start, String[] fields, String... more) {
    var head = new StringBuilder(start).append(" HTTP/1.1\r\nHost: models.test\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    for (String field : more) {
      head.append(field).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  Caller send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends, and does not mind if the router has had enough of it. */
  Caller sendIfWanted(String text) {
    try {
      return send(text);
    } catch (IOException gone) {
      return this;
    }
  }

  /** Reads the next response. */
  Answer answer() throws IOException {
    return Answer.read(in, false);
  }

  /** Reads the next response, which is to HEAD. */
  Answer answerToHead() throws IOException {
    return Answer.read(in, true);
  }

  /** Sends a request and reads its answer. */
  Answer call(String request) throws IOException {
    return send(request).answer();
  }

  /** Reads as many bytes. */
  String read(int count) throws IOException {
    return new String(in.readNBytes(count), ISO_8859_1);
  }

  /** Reads what comes until the router ends the connection, however it does. */
  String readAll() {
    var all = new StringBuilder();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        all.append((char) b);
      }
    } catch (IOException reset) {
      // what came before is what a test wants to see
    }
    return all.toString();
  }

  /** Reads until the router ends the connection, and returns how it does. */
  FakeReplica.End end() {
    try {
      while (in.read() >= 0) {}
      return FakeReplica.End.FIN;
    } catch (IOException reset) {
      return FakeReplica.End.RST;
    }
  }

  /** Returns whether the router ends the connection without another byte. */
  boolean isClosed() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  /** Returns whether nothing has come. */
  boolean isQuiet() throws IOException {
    return in.available() == 0;
  }

  /** Leaves with a RST. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
