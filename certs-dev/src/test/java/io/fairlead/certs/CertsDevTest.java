package io.fairlead.certs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertsDevTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private Path home;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void writesThreeFilesAndSaysWhere() throws Exception {
    var dir = home.resolve("a/b");

    assertThat(run("--dir", dir.toString())).isZero();

    assertThat(out.toString().lines())
        .containsExactly(dir + "/cert.pem", dir + "/key.pem", dir + "/ca.pem");
    assertThat(Files.readString(dir.resolve("cert.pem")))
        .endsWith(Files.readString(dir.resolve("ca.pem")));
    assertThat(certificate(dir).getNotAfter())
        .isEqualTo(Date.from(Instant.parse("2026-05-30T12:00:00Z")));
    try (var files = Files.list(dir)) {
      assertThat(files).as("nothing temporary is left").hasSize(3);
    }
  }

  @Test
  void keepsTheKeyToItsOwner() throws Exception {
    var dir = home.resolve("new");
    run("--dir", dir.toString());

    assertThat(permissions(dir)).isEqualTo("rwx------");
    assertThat(permissions(dir.resolve("key.pem"))).isEqualTo("rw-------");
  }

  @ParameterizedTest
  @CsvSource({
    "ec, pkcs8, -----BEGIN PRIVATE KEY-----",
    "ec, sec1, -----BEGIN EC PARAMETERS-----",
    "rsa2048, pkcs8, -----BEGIN PRIVATE KEY-----",
    "rsa2048, pkcs1, -----BEGIN RSA PRIVATE KEY-----",
  })
  void writesTheKeyInTheFormAskedFor(String key, String form, String firstLine) throws Exception {
    assertThat(run("--dir", home.toString(), "--key", key, "--key-form", form)).isZero();

    assertThat(Files.readAllLines(home.resolve("key.pem")).getFirst()).isEqualTo(firstLine);
  }

  @ParameterizedTest
  @CsvSource({"cert.pem", "key.pem", "ca.pem"})
  void writesNothingOverAFile(String taken) throws Exception {
    Files.writeString(home.resolve(taken), "mine");

    assertThat(run("--dir", home.toString())).isEqualTo(2);

    assertThat(err.toString().strip())
        .isEqualTo(
            "certs-dev: %s: exists (expected: a new file; nothing was written)"
                .formatted(home.resolve(taken)));
    assertThat(home).isDirectoryContaining(path -> path.endsWith(taken));
    try (var files = Files.list(home)) {
      assertThat(files).hasSize(1);
    }
    assertThat(home.resolve(taken)).hasContent("mine");
  }

  @Test
  void doesNotFollowALinkThatLeadsNowhere() throws Exception {
    Files.createSymbolicLink(home.resolve("key.pem"), home.resolve("elsewhere"));

    assertThat(run("--dir", home.toString())).isEqualTo(2);
    assertThat(home.resolve("elsewhere")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--days 0 | certs-dev: --days: 0 (expected: 1 to 3650)",
        "--name a_b | certs-dev: name: a_b (expected: a DNS name or an IP address)",
        "--key rsa2048 --key-form sec1"
            + "| certs-dev: key form: SEC1 (expected: PKCS8 or PKCS1 for a key of RSA)",
        "--keys ec | certs-dev: Unknown options: '--keys', 'ec'",
      })
  void refusesWhatItCannotMake(String arguments, String message) throws Exception {
    var dir = home.resolve("x");

    assertThat(run((arguments + " --dir " + dir).split(" "))).isEqualTo(2);

    assertThat(err.toString().strip()).isEqualTo(message);
    assertThat(dir).doesNotExist();
  }

  @Test
  void makesAnExpiredOneWithAnIntermediate() throws Exception {
    run("--dir", home.toString(), "--expired", "--intermediate");

    assertThat(certificate(home).getNotAfter()).isEqualTo(Date.from(NOW.minusSeconds(3600)));
    try (var in = Files.newInputStream(home.resolve("cert.pem"))) {
      assertThat(CertificateFactory.getInstance("X.509").generateCertificates(in)).hasSize(3);
    }
  }

  private int run(String... arguments) {
    return CertsDev.run(
        Clock.fixed(NOW, ZoneOffset.UTC),
        new SecureRandom(),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        arguments);
  }

  private static X509Certificate certificate(Path directory) throws Exception {
    try (var in = Files.newInputStream(directory.resolve("cert.pem"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
