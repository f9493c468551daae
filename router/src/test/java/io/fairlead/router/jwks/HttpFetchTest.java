package io.fairlead.router.jwks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fairlead.certs.Authority;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Pem;
import io.fairlead.certs.Validity;
import io.fairlead.router.ClaimedPort;
import io.fairlead.router.tls.ServerTrust;
import io.fairlead.router.tls.TlsProblem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against a small server on this machine. */
@Timeout(60)
class HttpFetchTest {
  private final HttpFetch fetch =
      new HttpFetch(Thread.ofVirtual()::start, Duration.ofSeconds(30), null);
  @TempDir Path directory;
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
    try (var impatient = new HttpFetch(Thread.ofVirtual()::start, Duration.ofMillis(200), null)) {
      assertThatThrownBy(() -> impatient.get(at("/slow")))
          .isInstanceOf(FetchFailure.class)
          .hasMessage("no whole answer (expected: within 200 ms)");
    }
  }

  @Test
  void nobodyThereIsAFailure() throws IOException {
    try (var nobody = new ClaimedPort()) {
      assertThatThrownBy(() -> fetch.get(URI.create("http://127.0.0.1:" + nobody.number() + "/")))
          .isInstanceOf(FetchFailure.class)
          .hasMessageContaining("ConnectException");
    }
  }

  @Test
  void aServerWithoutACertificateThatIsTrustedIsAFailure() {
    URI https = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/good");
    assertThatThrownBy(() -> fetch.get(https)).isInstanceOf(FetchFailure.class);
  }

  /** As one of an organization of its own has: {@code --jwks-ca}. */
  @Test
  void aServerOfTheGivenAuthorityIsTrustedAndNoOther() throws Exception {
    Authority ours = authority();
    HttpsServer tls = serve(ours);
    URI uri = good(tls);
    try (var trusting = trusting(ours);
        var other = trusting(authority())) {
      assertThat(trusting.get(uri)).isEqualTo(Sets.of("one"));
      assertThatThrownBy(() -> other.get(uri)).isInstanceOf(FetchFailure.class);
      assertThatThrownBy(() -> fetch.get(uri)).isInstanceOf(FetchFailure.class);
    } finally {
      tls.stop(0);
    }
  }

  /** {@code --jwks-ca} is a file like the others: what is in it now counts. */
  @Test
  void authoritiesAreReadAgainAndThoseThatWentAreTrustedNoMore() throws Exception {
    Authority before = authority();
    Authority after = authority();
    HttpsServer old = serve(before);
    HttpsServer renewed = serve(after);
    Path file = directory.resolve("ca.pem");
    Files.writeString(file, Pem.of(List.of(before.certificate())));
    var trust = ServerTrust.open(file);
    try (var asking =
        new HttpFetch(Thread.ofVirtual()::start, Duration.ofSeconds(30), trust::context)) {
      assertThat(asking.get(good(old))).isEqualTo(Sets.of("one"));
      assertThatThrownBy(() -> asking.get(good(renewed))).isInstanceOf(FetchFailure.class);

      Files.writeString(file, Pem.of(List.of(after.certificate())));
      assertThat(asking.get(good(renewed))).isEqualTo(Sets.of("one"));
      assertThatThrownBy(() -> asking.get(good(old))).isInstanceOf(FetchFailure.class);

      Files.writeString(file, "half a fi");
      assertThatThrownBy(() -> asking.get(good(renewed)))
          .isInstanceOf(FetchFailure.class)
          .hasMessageContaining(file + ": not PEM (expected: ");

      Files.writeString(file, Pem.of(List.of(before.certificate(), after.certificate())));
      assertThat(asking.get(good(old))).isEqualTo(Sets.of("one"));
      assertThat(asking.get(good(renewed))).isEqualTo(Sets.of("one"));
    } finally {
      old.stop(0);
      renewed.stop(0);
    }
  }

  private static HttpsServer serve(Authority authority) throws Exception {
    HttpsServer tls =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    tls.setHttpsConfigurator(new HttpsConfigurator(serverContext(authority)));
    tls.createContext("/good", exchange -> answer(exchange, 200, Sets.of("one")));
    tls.setExecutor(Thread.ofVirtual()::start);
    tls.start();
    return tls;
  }

  private static URI good(HttpsServer tls) {
    return URI.create("https://127.0.0.1:" + tls.getAddress().getPort() + "/good");
  }

  private static Authority authority() {
    var day = Validity.of(Instant.now(), Duration.ofDays(1));
    return Authority.create("ours", KeyType.EC, day, new SecureRandom());
  }

  private HttpFetch trusting(Authority authority) throws Exception {
    Path file = Files.createTempFile(directory, "ca", ".pem");
    Files.writeString(file, Pem.of(List.of(authority.certificate())));
    return new HttpFetch(
        Thread.ofVirtual()::start, Duration.ofSeconds(30), ServerTrust.open(file)::context);
  }

  private static SSLContext serverContext(Authority authority) throws Exception {
    var day = Validity.of(Instant.now(), Duration.ofDays(1));
    var certified = authority.issue(new Leaf(List.of("127.0.0.1"), KeyType.EC, day, false));
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    char[] password = "x".toCharArray();
    store.setKeyEntry(
        "server", certified.key(), password, certified.chain().toArray(new Certificate[0]));
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  @Test
  void aFileWithoutAnAuthorityIsAClearProblem() throws Exception {
    Path file = Files.writeString(directory.resolve("none.pem"), "nothing");
    assertThatThrownBy(() -> ServerTrust.open(file))
        .isInstanceOf(TlsProblem.class)
        .hasMessageContaining(file + ": not PEM (expected: ");
  }
}
