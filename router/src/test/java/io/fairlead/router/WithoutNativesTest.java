package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fairlead.certs.DevCertificates;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Validity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A machine on which native libraries cannot be unpacked: a read-only root file system. */
@Timeout(120)
class WithoutNativesTest {
  // A directory that not even root can write to.
  private static final Path READ_ONLY = Path.of("/proc");

  @TempDir Path manifests;
  @TempDir Path files;

  @Test
  void servesWithJavasOwnSocketsAndTlsAndSaysSo() throws Exception {
    assumeTrue(Files.isDirectory(READ_ONLY), "/proc");
    var leaf =
        new Leaf(
            List.of("localhost"),
            KeyType.EC,
            Validity.of(Instant.now(), Duration.ofDays(1)),
            false);
    var certificate =
        DevCertificates.create(
            new DevCertificates.Request(leaf, KeyForm.PKCS8, false),
            files.resolve("certificate"),
            new SecureRandom());
    try (var model = StubModel.start("one")) {
      new ManifestFile(manifests).writeOne(model);
      try (var router =
              RouterProcess.startWith(
                  List.of("-Djava.io.tmpdir=" + READ_ONLY),
                  "serve",
                  "--manifests",
                  manifests.toString(),
                  "--http",
                  "127.0.0.1:0",
                  "--https",
                  "127.0.0.1:0",
                  "--admin",
                  "127.0.0.1:0",
                  "--tls-cert",
                  certificate.cert().toString(),
                  "--tls-key",
                  certificate.key().toString());
          var caller = new Caller(router)) {
        assertThat(caller.score("{}").body()).isEqualTo("one");
        assertThat(caller.admin("/metrics").body())
            .contains("transport=\"nio\"", "tls_engine=\"jdk\"");
        router.awaitLog("transport nio, because epoll is not available: ");
        assertThat(router.err())
            .anyMatch(
                line ->
                    line.contains("transport nio, because epoll is not available: ")
                        && line.contains("TLS JDK ")
                        && line.contains("BoringSSL is not available: "));
      }
    }
  }
}
