package io.fairlead.router.tls;

import static io.fairlead.router.tls.TlsClient.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.router.tls.TlsEngine.Choice;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Real handshakes over loopback sockets, between the JDK's client and both libraries. */
class HandshakeTest {
  @TempDir private Path directory;

  private final Instant opened = Instant.now();

  @ParameterizedTest
  @CsvSource({
    "OPENSSL, EC, PKCS8, TLSv1.3",
    "OPENSSL, EC, SEC1, TLSv1.2",
    "OPENSSL, RSA_2048, PKCS8, TLSv1.2",
    "OPENSSL, RSA_2048, PKCS1, TLSv1.3",
    "JDK, EC, PKCS8, TLSv1.2",
    "JDK, EC, SEC1, TLSv1.3",
    "JDK, RSA_2048, PKCS8, TLSv1.3",
    "JDK, RSA_2048, PKCS1, TLSv1.2",
  })
  void servesEachKeyOverEachProtocol(Choice choice, KeyType type, KeyForm form, String protocol)
      throws Exception {
    try (var contexts = open(choice, type, form);
        var server = new TlsServer(contexts);
        var socket = new TlsClient().connect(server.port(), protocol, "h2", "http/1.1")) {
      assertThat(echo(socket, "hello")).isEqualTo("hello");
      assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
      assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
      assertThat(socket.getSession().getPeerCertificates())
          .isEqualTo(contexts.identity().chain().toArray());
      assertThat(ContextFactory.CIPHERS).contains(socket.getSession().getCipherSuite());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "OPENSSL, http/1.1, http/1.1",
    "OPENSSL, spdy/3, ''",
    "JDK, http/1.1, http/1.1",
    "JDK, spdy/3, ''",
  })
  void agreesOnTheApplicationProtocol(Choice choice, String offered, String chosen)
      throws Exception {
    try (var contexts = open(choice, KeyType.EC, KeyForm.PKCS8);
        var server = new TlsServer(contexts);
        var socket = new TlsClient().connect(server.port(), "TLSv1.3", offered)) {
      assertThat(socket.getApplicationProtocol()).isEqualTo(chosen);
    }
  }

  @ParameterizedTest
  @CsvSource({"OPENSSL, 0", "OPENSSL, 1", "OPENSSL, 2", "JDK, 0", "JDK, 1", "JDK, 2"})
  void refusesOldProtocols(Choice choice, int minor) throws Exception {
    try (var contexts = open(choice, KeyType.EC, KeyForm.PKCS8);
        var server = new TlsServer(contexts);
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(clientHello(minor));

      var answer = socket.getInputStream().readNBytes(7);
      assertThat(answer[0]).as("an alert record").isEqualTo((byte) 21);
      assertThat(answer).endsWith(2, 70); // fatal, protocol_version: RFC 8446 6.2
    }
  }

  /** RFC 5246 7.4.1.2 for version 3.minor, with one suite that all of these versions have. */
  private static byte[] clientHello(int minor) {
    var hello = ByteBuffer.allocate(9 + 41);
    hello.put(new byte[] {22, 3, (byte) minor, 0, 45, 1, 0, 0, 41, 3, (byte) minor});
    hello.put(new byte[32]); // random
    hello.put(new byte[] {0, 0, 2, (byte) 0xC0, 0x09, 1, 0}); // no session, one suite, no deflate
    return hello.array();
  }

  @ParameterizedTest
  @EnumSource(
      value = Choice.class,
      names = {"OPENSSL", "JDK"})
  void refusesCiphersWithoutForwardSecrecy(Choice choice) throws Exception {
    try (var contexts = open(choice, KeyType.RSA_2048, KeyForm.PKCS8)) {
      var handler = contexts.newHandler(ByteBufAllocator.DEFAULT);
      try {
        assertThat(handler.engine().getEnabledCipherSuites()).isSubsetOf(ContextFactory.CIPHERS);
        assertThat(handler.engine().getEnabledProtocols()).contains("TLSv1.3", "TLSv1.2");
        assertThat(handler.engine().getEnabledProtocols()).doesNotContain("TLSv1.1", "TLSv1");
        assertThat(handler.engine().getNeedClientAuth()).isFalse();
        assertThat(handler.engine().getWantClientAuth()).isFalse();
      } finally {
        ReferenceCountUtil.release(handler.engine());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Choice.class,
      names = {"OPENSSL", "JDK"})
  void refusesRenegotiation(Choice choice) throws Exception {
    try (var contexts = open(choice, KeyType.EC, KeyForm.PKCS8);
        var server = new TlsServer(contexts);
        var socket = new TlsClient().connect(server.port(), "TLSv1.2")) {
      assertThat(echo(socket, "before")).isEqualTo("before");

      assertThatThrownBy(
              () -> {
                socket.startHandshake();
                echo(socket, "after");
                echo(socket, "again");
              })
          .isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2", "TLSv1.3"})
  void resumesSessionsAcrossAReloadAndOneChangeOfKeys(String protocol) throws Exception {
    try (var contexts = open(Choice.OPENSSL, KeyType.EC, KeyForm.PKCS8);
        var server = new TlsServer(contexts)) {
      var client = new TlsClient();
      assertThat(resumes(client, server, protocol)).as("first").isFalse();
      assertThat(resumes(client, server, protocol)).as("second").isTrue();

      new TestPki(directory).write(TestPki.issueForNow(KeyType.EC), KeyForm.PKCS8);
      assertThat(contexts.poll(opened)).isInstanceOf(ReloadResult.Swapped.class);
      assertThat(resumes(client, server, protocol)).as("after a reload").isTrue();

      assertThat(contexts.rotate(opened.plus(Duration.ofHours(12)))).isTrue();
      assertThat(resumes(client, server, protocol)).as("with the key before").isTrue();

      contexts.rotate(opened.plus(Duration.ofDays(2)));
      assertThat(resumes(client, server, protocol)).as("with a key long gone").isFalse();
    }
  }

  private static boolean resumes(TlsClient client, TlsServer server, String protocol)
      throws Exception {
    long before = nextMilli();
    try (var socket = client.connect(server.port(), protocol)) {
      echo(socket, "x"); // TLS 1.3 sends its tickets after the handshake
      // A resumed session is as old as the handshake that made it.
      return socket.getSession().getCreationTime() < before;
    }
  }

  /** What is older than this millisecond was there before. */
  private static long nextMilli() {
    long now = System.currentTimeMillis();
    while (System.currentTimeMillis() <= now) {
      Thread.onSpinWait();
    }
    return now + 1;
  }

  private TlsContexts open(Choice choice, KeyType type, KeyForm form) throws Exception {
    var files = new TestPki(directory).write(TestPki.issueForNow(type), form);
    return TlsContexts.open(
        files.cert(), files.key(), TlsEngine.choose(choice), new SecureRandom(), opened);
  }
}
