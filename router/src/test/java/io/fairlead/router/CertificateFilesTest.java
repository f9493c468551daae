package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.certs.Authority;
import io.fairlead.certs.Certified;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Pem;
import io.fairlead.certs.Validity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The certificate of a running program: what it starts with, and how it is changed. */
@Timeout(120)
class CertificateFilesTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Validity ALWAYS =
      new Validity(Instant.EPOCH, Instant.parse("2099-01-01T00:00:00Z"));
  private static final Authority ROOT = Authority.create("root", KeyType.EC, ALWAYS, RANDOM);
  static final Certified FIRST = issue("first.test", ALWAYS);
  static final Certified SECOND = issue("second.test", ALWAYS);

  @TempDir Path manifests;
  @TempDir Path files;
  private Path cert;
  private Path key;

  /** Pairs that nothing can be served with, and what is said of each. */
  enum Bad {
    MISSING(": "),
    MISMATCH("does not match the certificate"),
    EXPIRED("expired at"),
    PASSPHRASE("passphrase"),
    EMPTY("cert.pem"),
    HALF_WRITTEN("cert.pem");

    final String said;

    Bad(String said) {
      this.said = said;
    }
  }

  @BeforeEach
  void write() throws IOException {
    cert = files.resolve("cert.pem");
    key = files.resolve("key.pem");
    write(FIRST);
    new ManifestFile(manifests)
        .write(new ManifestFile.Share("blue", 100, List.of("127.0.0.1:5001")));
  }

  @ParameterizedTest
  @EnumSource
  void unusablePairIsOneLineAndExitTwo(Bad bad) throws Exception {
    spoil(bad);

    try (var router = serve()) {
      var ended = router.awaitEnd();

      assertThat(ended.code()).isEqualTo(2);
      assertThat(ended.out()).isEmpty();
      assertThat(ServeTest.complaints(ended))
          .singleElement()
          .asString()
          .contains(bad.said, "(expected: ");
      assertThat(ended.err()).noneMatch(line -> line.startsWith("\tat "));
    }
  }

  @Test
  void newPairIsForNewConnectionsAndOldOnesGoOn() throws Exception {
    try (var router = serve();
        var caller = new Caller(router);
        SSLSocket old = connect(router)) {
      assertThat(nameOf(old)).contains("first.test");

      write(SECOND);

      Awaitility.await().atMost(Soon.PATIENCE).until(() -> nameOf(router), is("second"));
      assertThat(health(old)).startsWith("HTTP/1.1 200");
      router.awaitLog("certificate replaced: valid until");
      assertThat(caller.metric(reloads("accepted"))).isEqualTo(1.0);
    }
  }

  @Test
  void badPairIsRefusedAndTheOldOneServes() throws Exception {
    try (var router = serve();
        var caller = new Caller(router)) {
      assertThat(nameOf(router)).contains("first.test");

      Path half = Files.writeString(files.resolve("next"), Pem.of(SECOND.key(), KeyForm.PKCS8));
      Files.move(half, key, StandardCopyOption.ATOMIC_MOVE); // an empty file would be refused too

      router.awaitLog("certificate refused, the old one stays: " + key + ": does not match");
      assertThat(nameOf(router)).contains("first.test");
      assertThat(caller.metric(reloads("rejected"))).isEqualTo(1.0);
      assertThat(caller.admin("/readyz").statusCode()).isEqualTo(200);

      Files.writeString(cert, Pem.of(SECOND.chain())); // the other half, at last

      Awaitility.await().atMost(Soon.PATIENCE).until(() -> nameOf(router), is("second"));
    }
  }

  private static java.util.function.Predicate<String> is(String host) {
    return name -> name.contains(host + ".test");
  }

  private static String reloads(String result) {
    return "fairlead_reloads_total{result=\"" + result + "\",what=\"certificate\"}";
  }

  private void spoil(Bad bad) throws IOException {
    switch (bad) {
      case MISSING -> Files.delete(key);
      case MISMATCH -> Files.writeString(key, Pem.of(SECOND.key(), KeyForm.PKCS8));
      case EXPIRED -> write(issue("old.test", Validity.expired(Instant.now())));
      case PASSPHRASE ->
          Files.writeString(
              key,
              Files.readString(key)
                  .replace("BEGIN PRIV", "BEGIN ENCRYPTED PRIV")
                  .replace("END PRIV", "END ENCRYPTED PRIV"));
      case EMPTY -> Files.writeString(cert, "");
      case HALF_WRITTEN -> {
        String whole = Files.readString(cert);
        Files.writeString(cert, whole.substring(0, whole.length() / 4));
      }
    }
  }

  private void write(Certified pair) throws IOException {
    Files.writeString(cert, Pem.of(pair.chain()));
    Files.writeString(key, Pem.of(pair.key(), KeyForm.PKCS8));
  }

  private RouterProcess serve() throws IOException {
    return RouterProcess.serve(
        manifests,
        "--https",
        "127.0.0.1:0",
        "--tls-cert",
        cert.toString(),
        "--tls-key",
        key.toString());
  }

  private static Certified issue(String name, Validity validity) {
    return ROOT.issue(new Leaf(List.of(name), KeyType.EC, validity, false));
  }

  static String nameOf(RouterProcess router) throws Exception {
    try (SSLSocket socket = connect(router)) {
      return nameOf(socket);
    }
  }

  private static String nameOf(SSLSocket socket) throws Exception {
    var leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    return String.valueOf(leaf.getSubjectAlternativeNames());
  }

  private static String health(SSLSocket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    byte[] start = socket.getInputStream().readNBytes(12);
    return new String(start, StandardCharsets.US_ASCII);
  }

  private static SSLSocket connect(RouterProcess router) throws Exception {
    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, new TrustManager[] {new TrustsAnyone()}, RANDOM);
    var socket =
        (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", router.port("https"));
    socket.setSoTimeout(Soon.PATIENCE_MILLIS);
    socket.startHandshake();
    return socket;
  }

  /** The test looks at the certificate itself. */
  private static final class TrustsAnyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
