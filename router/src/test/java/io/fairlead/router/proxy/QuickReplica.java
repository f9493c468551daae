package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;

/** A model that answers every POST of {@link #BODY}, as fast as a plain socket lets it. */
final class QuickReplica implements AutoCloseable {
  static final String BODY = "{}";

  private static final byte[] END_OF_REQUEST = ("\r\n\r\n" + BODY).getBytes(US_ASCII);
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
          .getBytes(US_ASCII);

  private final ServerSocket listener;

  private QuickReplica(ServerSocket listener) {
    this.listener = listener;
  }

  static QuickReplica start() throws IOException {
    var replica = new QuickReplica(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().name("quick-replica-accept").start(replica::accept);
    return replica;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        Thread.ofVirtual().name("quick-replica").start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** The router has one request at a time on a connection, so its end is the end of what came. */
  private static void serve(Socket socket) {
    byte[] buffer = new byte[4_096];
    int length = 0;
    try (socket) {
      InputStream in = socket.getInputStream();
      for (int n = in.read(buffer); n > 0; n = in.read(buffer, length, buffer.length - length)) {
        length += n;
        int from = Math.max(0, length - END_OF_REQUEST.length);
        if (Arrays.equals(buffer, from, length, END_OF_REQUEST, 0, END_OF_REQUEST.length)) {
          socket.getOutputStream().write(ANSWER);
          length = 0;
        }
      }
    } catch (IOException gone) {
      // the router closes connections as it likes
    }
  }
}
