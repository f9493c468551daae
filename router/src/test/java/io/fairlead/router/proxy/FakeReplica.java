package io.fairlead.router.proxy;

import io.fairlead.router.Soon;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A model server that does to the byte what a test says, on a real socket. Each request, on
 * whatever connection, runs the next {@link Script}; when there is none left, the one given to
 * {@link #always}. Whatever a test waits for comes from a queue within ten seconds, or the test
 * fails.
 */
final class FakeReplica implements Closeable {
  static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  /** How the router ended a connection. */
  enum End {
    FIN,
    RST
  }

  private final ServerSocket listener;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<Script> scripts = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> partials = new LinkedBlockingQueue<>();
  private final BlockingQueue<End> ends = new LinkedBlockingQueue<>();
  private final Semaphore go = new Semaphore(0);
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger peak = new AtomicInteger();
  private volatile Script always = Script.respond(OK);

  private FakeReplica(ServerSocket listener) {
    this.listener = listener;
  }

  /** Opens a free port of the loopback address. */
  static FakeReplica start() throws IOException {
    FakeReplica replica =
        new FakeReplica(new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().name("fake-replica-accept").start(replica::accept);
    return replica;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Gives the scripts of the next requests, one each. */
  FakeReplica next(Script... nextScripts) {
    scripts.addAll(List.of(nextScripts));
    return this;
  }

  /** Gives the script of all requests that have none of their own. */
  FakeReplica always(Script script) {
    always = script;
    return this;
  }

  /** Lets one script go on that waits for it, or will. */
  void go() {
    go.release();
  }

  /** Returns the next whole request, verbatim, waiting for it. */
  String takeRequest() throws InterruptedException {
    return take(requests, "a request");
  }

  /** Returns what came of the next request that was never completed, waiting for it. */
  String takePartialRequest() throws InterruptedException {
    return take(partials, "a request that is cut short");
  }

  /** Returns what has come so far of requests that were never completed. */
  List<String> partialRequests() {
    return List.copyOf(partials);
  }

  /** Returns how the router ended the next connection whose script waits for that. */
  End takeEnd() throws InterruptedException {
    return take(ends, "the end of a connection");
  }

  /** Returns how many whole requests have come that were not taken. */
  int untakenRequests() {
    return requests.size();
  }

  /** Returns how many connections were accepted so far. */
  int acceptedConnections() {
    return accepted.get();
  }

  /** Waits until no more than {@code count} connections are open on this side. */
  void awaitConnections(int count) {
    Soon.become("no more than " + count + " connections", () -> connections.size() <= count);
  }

  /** Returns the most requests it had at once, from first byte to the end of their script. */
  int peakConcurrency() {
    return peak.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        connections.add(socket);
        accepted.incrementAndGet();
        Thread.ofVirtual().name("fake-replica").start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      RawConnection connection = new RawConnection(socket);
      while (!socket.isClosed() && connection.waitForByte()) {
        peak.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        play(connection);
      }
    } catch (IOException gone) {
      // the router may leave whenever it likes; tests look at what it did through the queues
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(socket);
    }
  }

  @SuppressWarnings("ReferenceEquality") // the last step itself, not one that looks like it
  private void play(RawConnection connection) throws IOException, InterruptedException {
    Script script = scripts.poll();
    List<Script.Step> steps = (script == null ? always : script).steps();
    boolean counts = true;
    try {
      for (int i = 0; i < steps.size(); i++) {
        Script.Step step = steps.get(i);
        if (step instanceof Script.Step.Send && i == steps.size() - 1) {
          inFlight.decrementAndGet(); // before the router can know that it is served
          counts = false;
        }
        perform(step, connection);
      }
    } finally {
      inFlight.addAndGet(counts ? -1 : 0);
    }
  }

  private void perform(Script.Step step, RawConnection connection)
      throws IOException, InterruptedException {
    switch (step) {
      case Script.Step.ReadRequest() -> readRequest(connection);
      case Script.Step.ReadBytes(int count) -> connection.read(count);
      case Script.Step.Send(byte[] bytes, boolean oneByOne) -> connection.send(bytes, oneByOne);
      case Script.Step.WaitForGo() -> waitForGo();
      case Script.Step.WaitForEnd() -> ends.add(connection.waitForEnd());
      case Script.Step.HalfClose() -> connection.halfClose();
      case Script.Step.Close() -> connection.close();
      case Script.Step.Reset() -> connection.reset();
    }
  }

  private void readRequest(RawConnection connection) throws IOException {
    try {
      requests.add(connection.readRequest());
    } catch (RawConnection.CutShort e) {
      partials.add(e.partial());
      throw e;
    }
  }

  private void waitForGo() throws IOException, InterruptedException {
    if (!go.tryAcquire(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new IOException("go() was not called within " + Soon.PATIENCE);
    }
  }

  private static <T> T take(BlockingQueue<T> queue, String what) throws InterruptedException {
    @Nullable T taken = queue.poll(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    if (taken == null) {
      throw new AssertionError("nothing came (expected: " + what + ")");
    }
    return taken;
  }
}
