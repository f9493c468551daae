package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.certs.Authority;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Pem;
import io.fairlead.certs.Validity;
import io.fairlead.router.tls.TlsContexts;
import io.fairlead.router.tls.TlsEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Connections of a load balancer that says whose bytes it hands on, on real sockets. */
class ProxyProtocolTest {
  private static final String FROM_SEVEN = "PROXY TCP4 203.0.113.7 192.0.2.1 55555 443\r\n";

  @RegisterExtension final Stage stage = new Stage();
  @TempDir Path directory;

  /** Starts a router that requires the header and takes it from this machine. */
  private FakeReplica start() throws IOException {
    stage.setup.proxyProtocol = true;
    stage.setup.trusted = InetAddress::isLoopbackAddress;
    FakeReplica replica = stage.replica();
    stage.start(replica);
    return replica;
  }

  private int refused() {
    return stage.router().meters().count("PROXY_HEADER_REFUSED");
  }

  private static String next(FakeReplica replica) throws InterruptedException {
    return replica.takeRequest().toLowerCase(Locale.ROOT);
  }

  @Test
  void tellsTheModelWhoseRequestItIs() throws Exception {
    FakeReplica replica = start();
    Caller caller = stage.caller();
    String spoof = "X-Forwarded-For: 6.6.6.6";
    assertThat(caller.call(FROM_SEVEN + Caller.post("{}", spoof)).status()).isEqualTo(200);
    assertThat(next(replica))
        .contains("\r\nx-forwarded-for: 203.0.113.7\r\n", "\r\nx-forwarded-proto: http\r\n")
        .as("who is behind the balancer is nobody's proxy")
        .doesNotContain("6.6.6.6");
    assertThat(caller.call(Caller.post("{}")).status()).as("once per connection").isEqualTo(200);
    assertThat(next(replica)).contains("\r\nx-forwarded-for: 203.0.113.7\r\n");
  }

  @Test
  void speaksHttp2BehindIt() throws Exception {
    FakeReplica replica = start();
    byte[] header = ProxyHeaderTest.binary(0x21, 0x11, "cb007107c0000201d90301bb");
    try (Http2Caller caller = Http2Caller.connectSilently(stage.port())) {
      caller.raw(header);
      caller.raw(Http2Caller.PREFACE.getBytes(ISO_8859_1));
      caller.put(Http2Caller.SETTINGS, 0, 0).post(1, true).send();
      assertThat(caller.answer(1).status()).isEqualTo(200);
    }
    assertThat(next(replica)).contains("\r\nx-forwarded-for: 203.0.113.7\r\n");
  }

  @Test
  void readsItBeforeTheHandshake() throws Exception {
    FakeReplica replica = start();
    var root =
        Authority.create(
            "test root",
            KeyType.EC,
            new Validity(Instant.EPOCH, Instant.parse("2099-01-01T00:00:00Z")),
            new SecureRandom());
    var certified =
        root.issue(
            new Leaf(
                List.of("a.test"),
                KeyType.EC,
                Validity.of(Instant.now(), Duration.ofDays(1)),
                false));
    Path cert = Files.writeString(directory.resolve("cert.pem"), Pem.of(certified.chain()));
    Path key =
        Files.writeString(directory.resolve("key.pem"), Pem.of(certified.key(), KeyForm.PKCS8));
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", root.certificate());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (TlsContexts contexts =
            TlsContexts.open(
                cert,
                key,
                TlsEngine.choose(TlsEngine.Choice.AUTO),
                new SecureRandom(),
                Instant.now());
        Socket plain =
            new Socket(InetAddress.getLoopbackAddress(), stage.router().listen(contexts))) {
      plain.getOutputStream().write(FROM_SEVEN.getBytes(ISO_8859_1));
      try (var caller =
          new Caller(context.getSocketFactory().createSocket(plain, "a.test", 443, true))) {
        String request = "POST " + TestRouter.SCORE + " HTTP/1.1\r\nHost: a.test\r\n\r\n";
        assertThat(caller.call(request).status()).isEqualTo(200);
      }
    }
    assertThat(next(replica))
        .contains("\r\nx-forwarded-for: 203.0.113.7\r\n", "\r\nx-forwarded-proto: https\r\n");
  }

  @Test
  void doesNotMindHowTheBytesAreSplit() throws Exception {
    FakeReplica replica = start();
    String bytes = FROM_SEVEN + Caller.get(TestRouter.SCORE);
    for (int at = 1; at < bytes.length(); at++) {
      try (Caller caller = Caller.connect(stage.port())) {
        caller.send(bytes.substring(0, at));
        stage.router().settle();
        assertThat(caller.call(bytes.substring(at)).status()).as("split at %d", at).isEqualTo(200);
      }
      assertThat(next(replica)).contains("\r\nx-forwarded-for: 203.0.113.7\r\n");
    }
  }

  @Test
  void believesTheBalancerWhereItSpeaksForItself() throws Exception {
    FakeReplica replica = start();
    byte[] local = ProxyHeaderTest.binary(0x20, 0x00, "");
    try (Caller caller = Caller.connect(stage.port())) {
      caller.send(new String(local, ISO_8859_1));
      caller.call(Caller.post("{}", "X-Forwarded-For: 6.6.6.6"));
    }
    assertThat(next(replica))
        .containsSubsequence("x-forwarded-for: 6.6.6.6\r\n", "x-forwarded-for: 127.0.0.1\r\n");
    try (Caller caller = Caller.connect(stage.port())) {
      assertThat(caller.call("PROXY UNKNOWN\r\n" + Caller.post("{}")).status()).isEqualTo(200);
    }
    assertThat(next(replica)).contains("\r\nx-forwarded-for: 127.0.0.1\r\n");
  }

  @Test
  void closesWhatDoesNotBeginWithIt() throws Exception {
    start();
    for (String start : List.of("GET / HTTP/1.1\r\n", "PROXY TCP4 x y 1 2\r\n", "\r\n\r\n\u0001")) {
      try (Caller caller = Caller.connect(stage.port())) {
        caller.send(start);
        assertThat(caller.isClosed()).as("without an answer").isTrue();
      }
    }
    assertThat(refused()).isEqualTo(3);
  }

  @Test
  void closesWhatAPeerSendsThatIsNotTrusted() throws Exception {
    stage.setup.proxyProtocol = true;
    FakeReplica replica = stage.replica();
    stage.start(replica);
    for (String request : List.of(FROM_SEVEN, "", Caller.get("/healthz"))) {
      try (Caller caller = Caller.connect(stage.port())) {
        assertThat(caller.sendIfWanted(request).isClosed()).isTrue();
      }
    }
    assertThat(refused()).isEqualTo(3);
    assertThat(replica.acceptedConnections()).isZero();
  }

  @Test
  void doesNotWaitForeverForIt() throws Exception {
    start();
    Caller caller = stage.caller().send(FROM_SEVEN.substring(0, 20));
    stage.advance(Duration.ofMillis(9_900));
    assertThat(caller.isQuiet()).isTrue();
    assertThat(refused()).isZero();
    stage.advance(Duration.ofMillis(300));
    assertThat(caller.isClosed()).isTrue();
    assertThat(refused()).isEqualTo(1);
  }

  /** Without the option a header is what it looks like: a request line that is none. */
  @Test
  void isNotTakenUnlessItIsAskedFor() throws Exception {
    stage.setup.trusted = address -> true;
    stage.start(stage.replica());
    Answer answer = stage.caller().call(FROM_SEVEN + Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(400);
  }
}
