package io.fairlead.router.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small stand-in for kube-proxy: each new connection to its port goes to one of the endpoints of
 * a Service that are ready now, in turn, and stays there until either side closes it. One that is
 * refused there is cut: nobody tries another.
 */
public final class ServiceProxy implements AutoCloseable {
  private static final int BACKLOG = 1000;

  private final int targetPort;
  private final ServerSocket listener;
  private final ServiceEndpoints endpoints;
  private final AtomicInteger next = new AtomicInteger();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  /** Begins to listen at a free port of 127.0.0.1. */
  public ServiceProxy(ApiServer server, String namespace, String service, int targetPort)
      throws IOException {
    this.targetPort = targetPort;
    listener = new ServerSocket(0, BACKLOG, InetAddress.ofLiteral("127.0.0.1"));
    endpoints = new ServiceEndpoints(server, namespace, service, changed -> {});
    Thread.ofVirtual().name("kube-proxy").start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Returns the addresses of the endpoints that are ready. */
  public List<String> endpoints() {
    return endpoints.addresses();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket caller = listener.accept();
        sockets.add(caller);
        Thread.ofVirtual().start(() -> connect(caller));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket caller) {
    List<String> ready = endpoints.addresses();
    if (ready.isEmpty()) {
      cut(caller);
      return;
    }
    String chosen = ready.get(Math.floorMod(next.getAndIncrement(), ready.size()));
    try {
      var endpoint = new Socket(InetAddress.ofLiteral(chosen), targetPort);
      sockets.add(endpoint);
      caller.setTcpNoDelay(true);
      endpoint.setTcpNoDelay(true);
      Thread back = Thread.ofVirtual().start(() -> relay(endpoint, caller));
      relay(caller, endpoint);
      back.join();
      for (Socket each : List.of(caller, endpoint)) {
        sockets.remove(each);
        each.close();
      }
    } catch (IOException refused) {
      cut(caller);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Passes on what comes, and how it ends: a FIN as a FIN, and a reset as a reset. */
  private void relay(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException reset) {
      cut(from);
      cut(to);
    }
  }

  private void cut(Socket socket) {
    sockets.remove(socket);
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException closed) {
      // that is what was wanted
    }
  }

  @Override
  public void close() {
    endpoints.close();
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sockets.forEach(this::cut);
  }
}
