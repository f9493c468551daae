package io.fairlead.router;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of the loopback address at which nobody listens, and which no other process is given
 * meanwhile. A server that is told its number may listen there all the same: it reuses addresses.
 */
public final class ClaimedPort implements Closeable {
  private final Socket socket = new Socket();

  /** Claims a free port. */
  public ClaimedPort() throws IOException {
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** Returns its number. */
  public int number() {
    return socket.getLocalPort();
  }

  /** Returns where callers find nobody. */
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), number());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
