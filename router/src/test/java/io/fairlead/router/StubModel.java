package io.fairlead.router;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A model that answers with its own name: at once, or, once {@link #hold held}, when it is let go.
 */
final class StubModel implements AutoCloseable {
  private static final int ANY_NUMBER = Integer.MAX_VALUE;
  private static final int PATIENCE_SECONDS = 60;

  private final HttpServer server;
  private final String name;
  private final Semaphore go = new Semaphore(ANY_NUMBER);
  private final Semaphore arrived = new Semaphore(0);

  private StubModel(String name, InetSocketAddress address) throws IOException {
    this.name = name;
    server = HttpServer.create(address, 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/score", this::answer);
    server.start();
  }

  static StubModel start(String name) throws IOException {
    return new StubModel(name, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** Starts one at an address of its own, as pods have: {@code 127.1.2.3:5001}. */
  static StubModel startAt(String name, String host, int port) throws IOException {
    return new StubModel(name, new InetSocketAddress(host, port));
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Makes every request wait for {@link #release} from now on. */
  StubModel hold() {
    go.drainPermits();
    return this;
  }

  /** Lets every request go, those that wait and those that come. */
  void release() {
    go.drainPermits();
    go.release(ANY_NUMBER);
  }

  /** Waits until one more request is here. */
  void awaitRequest() throws InterruptedException {
    if (!arrived.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("no request came to " + name);
    }
  }

  private void answer(HttpExchange call) throws IOException {
    try (call) {
      call.getRequestBody().readAllBytes();
      arrived.release();
      go.acquire();
      go.release();
      byte[] body = name.getBytes(StandardCharsets.UTF_8);
      call.sendResponseHeaders(200, body.length);
      call.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes the port and every connection. */
  void stop() {
    server.stop(0);
  }

  @Override
  public void close() {
    release();
    stop();
  }
}
