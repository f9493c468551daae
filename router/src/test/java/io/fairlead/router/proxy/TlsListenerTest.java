package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import io.fairlead.router.tls.TlsEngine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTP/1.1 over TLS: who is meant, and what is no handshake. */
final class TlsListenerTest {
  @RegisterExtension final Stage stage = new Stage();
  @TempDir Path directory;
  private @Nullable TestTls tls;
  private int port;

  @BeforeEach
  void start() throws Exception {
    stage.start(stage.replica());
  }

  @AfterEach
  void close() {
    if (tls != null) {
      tls.close();
    }
  }

  private void listen(TlsEngine.Choice choice, String... names) throws Exception {
    var opened = new TestTls(directory, choice, names);
    tls = opened;
    port = stage.router().listen(opened.contexts());
  }

  private Caller caller(String server) throws Exception {
    return new Caller(TestTls.connect(port, server));
  }

  private static String health(String host) {
    return "GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }

  private static String score(String host) {
    return "POST " + TestRouter.SCORE + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }

  @ParameterizedTest
  @EnumSource(
      value = TlsEngine.Choice.class,
      names = {"OPENSSL", "JDK"})
  void refusesARequestForAnotherServer(TlsEngine.Choice choice) throws Exception {
    listen(choice, "a.test", "*.b.test");
    try (var caller = caller("a.test")) {
      assertThat(caller.call(score("a.test")).status()).isEqualTo(200);
      assertThat(caller.call(score("A.Test:443")).status()).isEqualTo(200);
      assertThat(caller.call(score("x.b.test")).status()).as("its certificate's").isEqualTo(200);
      Answer answer = caller.call(score("c.test"));
      assertThat(answer.status()).isEqualTo(421);
      assertThat(answer.reason()).isEqualTo("misdirected_request");
      assertThat(caller.call(score("a.test")).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TlsEngine.Choice.class,
      names = {"OPENSSL", "JDK"})
  void sendsTheLastAnswerBeforeItCloses(TlsEngine.Choice choice) throws Exception {
    listen(choice, "a.test");
    try (var caller = caller("a.test")) {
      String last = score("a.test").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
      Answer answer = caller.call(last);
      assertThat(answer.body()).isEqualTo("ok");
      assertThat(caller.end()).isEqualTo(FakeReplica.End.FIN);
    }
  }

  @ParameterizedTest
  @CsvSource({"'a.test,b.test', ''", "a.test, a.test"})
  void asksNobodyWhoNamedNoServerOrCanMeanOnlyOne(String names, String server) throws Exception {
    listen(TlsEngine.Choice.AUTO, names.split(","));
    try (var caller = caller(server)) {
      assertThat(caller.call(score("c.test")).status()).isEqualTo(200);
      assertThat(caller.call(health("c.test")).status()).isEqualTo(200);
    }
  }

  @Test
  void tellsTheModelThatItWasTls() throws Exception {
    listen(TlsEngine.Choice.AUTO, "a.test");
    var replica = stage.replica();
    try (var router =
        stage.setup.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), replica.port()))) {
      port = router.listen(java.util.Objects.requireNonNull(tls).contexts());
      try (var caller = caller("a.test")) {
        assertThat(caller.call(score("a.test")).status()).isEqualTo(200);
      }
      assertThat(replica.takeRequest()).contains("x-forwarded-proto: https\r\n");
    }
  }

  @Test
  void takesAClientHelloInPieces() throws Exception {
    listen(TlsEngine.Choice.AUTO, "a.test");
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(Soon.PATIENCE_MILLIS);
      for (byte b : clientHello(3)) {
        socket.getOutputStream().write(b);
        stage.router().settle();
      }
      assertThat(socket.getInputStream().read()).as("an alert or a hello").isIn(21, 22);
    }
  }

  @Test
  void refusesAClientHelloThatIsTooLong() throws Exception {
    listen(TlsEngine.Choice.AUTO, "a.test");
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        var caller = new Caller(socket)) {
      // a hello that no library finds too long, but a byte to a record (RFC 8446 4, 5.1)
      for (int i = 0; i < 2_730; i++) {
        byte next = i == 0 ? 1 : i == 2 ? (byte) 0x3e : 0;
        socket.getOutputStream().write(new byte[] {22, 3, 1, 0, 1, next});
      }
      stage.router().settle();
      assertThat(caller.isQuiet()).as("16 380 bytes").isTrue();
      socket.getOutputStream().write(new byte[] {22, 3, 1, 0, 1, 0});
      assertThat(caller.readAll()).isEmpty();
      stage.until(() -> stage.router().meters().count("TLS_HANDSHAKE_FAILED") == 1);
    }
  }

  @Test
  void closesOnWhatIsNoHandshake() throws Exception {
    listen(TlsEngine.Choice.AUTO, "a.test");
    for (String junk : List.of(health("a.test"), "\0\0\0\0\0\0\0\0")) {
      try (var caller = Caller.connect(port)) {
        caller.send(junk);
        caller.readAll();
      }
    }
    stage.until(() -> stage.router().meters().count("CONNECTION_CLOSED") == 2);
    assertThat(stage.router().meters().count("TLS_HANDSHAKE_FAILED")).isEqualTo(2);
    try (var caller = caller("a.test")) {
      assertThat(caller.call(health("a.test")).status()).isEqualTo(200);
    }
  }

  @Test
  void closesAHandshakeThatHasNotBegunWhenItDrains() throws Exception {
    listen(TlsEngine.Choice.AUTO, "a.test");
    try (var caller = Caller.connect(port)) {
      stage.until(() -> stage.router().proxy().connections() == 1);
      assertThat(stage.router().proxy().drain(Duration.ofSeconds(10).toNanos())).isZero();
      assertThat(caller.isClosed()).isTrue();
    }
  }

  /** RFC 5246 7.4.1.2, with one suite. */
  private static byte[] clientHello(int minor) {
    var hello = ByteBuffer.allocate(9 + 41);
    hello.put(new byte[] {22, 3, 1, 0, 45, 1, 0, 0, 41, 3, (byte) minor});
    hello.put(new byte[32]); // random
    hello.put(new byte[] {0, 0, 2, (byte) 0xC0, 0x2B, 1, 0}); // no session, one suite, no deflate
    return hello.array();
  }
}
