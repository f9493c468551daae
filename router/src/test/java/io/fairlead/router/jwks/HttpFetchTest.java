package io.fairlead.router.jwks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client against a small server on this machine. */
@Timeout(60)
class HttpFetchTest {
  private final HttpFetch fetch = new HttpFetch(Thread.ofVirtual()::start, Duration.ofSeconds(30));
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicInteger followed = new AtomicInteger();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext("/good", exchange -> answer(exchange, 200, Sets.of("one")));
    server.createContext("/missing", exchange -> answer(exchange, 404, "no"));
    server.createContext("/huge", exchange -> answer(exchange, 200, "x".repeat(300_000)));
    server.createContext(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().add("location", "/followed");
          answer(exchange, 302, "");
        });
    server.createContext(
        "/followed",
        exchange -> {
          followed.incrementAndGet();
          answer(exchange, 200, Sets.of("one"));
        });
    server.createContext(
        "/slow",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.setExecutor(Thread.ofVirtual()::start);
    server.start();
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @AfterEach
  void stop() {
    over.countDown();
    fetch.close();
    server.stop(0);
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  @Test
  void getsADocument() throws Exception {
    assertThat(fetch.get(at("/good"))).isEqualTo(Sets.of("one"));
  }

  @Test
  void anotherStatusIsAFailure() {
    assertThatThrownBy(() -> fetch.get(at("/missing")))
        .isInstanceOf(FetchFailure.class)
        .hasMessage("status 404 (expected: 200)");
  }

  @Test
  void aRedirectIsNotFollowed() {
    assertThatThrownBy(() -> fetch.get(at("/moved"))).hasMessage("status 302 (expected: 200)");
    assertThat(followed).hasValue(0);
  }

  @Test
  void tooMuchIsNotRead() {
    assertThatThrownBy(() -> fetch.get(at("/huge"))).isInstanceOf(FetchFailure.class);
  }

  @Test
  void aBodyThatDoesNotEndIsGivenUp() {
    try (var impatient = new HttpFetch(Thread.ofVirtual()::start, Duration.ofMillis(200))) {
      assertThatThrownBy(() -> impatient.get(at("/slow")))
          .isInstanceOf(FetchFailure.class)
          .hasMessage("no whole answer (expected: within 200 ms)");
    }
  }

  @Test
  void nobodyThereIsAFailure() throws IOException {
    int free;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    assertThatThrownBy(() -> fetch.get(URI.create("http://127.0.0.1:" + free + "/")))
        .isInstanceOf(FetchFailure.class)
        .hasMessageContaining("ConnectException");
  }

  @Test
  void aServerWithoutACertificateThatIsTrustedIsAFailure() {
    URI https = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/good");
    assertThatThrownBy(() -> fetch.get(https)).isInstanceOf(FetchFailure.class);
  }
}
