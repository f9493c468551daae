package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fairlead.router.Soon;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A model that a test plays itself, byte by byte, on the next connection that comes. */
final class RawModel implements Closeable {
  private final ServerSocket listener;
  private final List<Connection> connections = new ArrayList<>();

  private RawModel(ServerSocket listener) throws IOException {
    this.listener = listener;
    listener.setSoTimeout(Soon.PATIENCE_MILLIS);
  }

  static RawModel start() throws IOException {
    return new RawModel(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()));
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
  }

  Connection accept() throws IOException {
    var connection = new Connection(listener.accept());
    connections.add(connection);
    return connection;
  }

  /** Opens the WebSocket that is asked for next. */
  Connection agree() throws IOException {
    Connection connection = accept();
    connection.send(WebSockets.agreement(connection.head()));
    return connection;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Connection connection : connections) {
      connection.close();
    }
  }

  /** One connection. */
  static final class Connection implements Closeable {
    private final Socket socket;
    private final InputStream in;

    private Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
      socket.setSoTimeout(Soon.PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
    }

    /** Reads a head, with the empty line that ends it. */
    String head() throws IOException {
      var head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        int b = in.read();
        if (b < 0) {
          throw new IOException("the connection ended within: " + head);
        }
        head.append((char) b);
      }
      return head.toString();
    }

    String read(int count) throws IOException {
      return new String(in.readNBytes(count), ISO_8859_1);
    }

    /** Returns whether nothing has come that was not read. */
    boolean isQuiet() throws IOException {
      return in.available() == 0;
    }

    /** Reads to the end and returns how it ended. */
    FakeReplica.End end() {
      try {
        while (in.read() >= 0) {}
        return FakeReplica.End.FIN;
      } catch (IOException reset) {
        return FakeReplica.End.RST;
      }
    }

    void send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** Ends this side; reading goes on. */
    void endOutput() throws IOException {
      socket.shutdownOutput();
    }

    /** Leaves with a RST. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
