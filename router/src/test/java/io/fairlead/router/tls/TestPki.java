package io.fairlead.router.tls;

import io.fairlead.certs.Authority;
import io.fairlead.certs.Certified;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Pem;
import io.fairlead.certs.Validity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** An authority for tests and the two files a router reads, at a time that never changes. */
final class TestPki {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final Validity A_MONTH = Validity.of(NOW, Duration.ofDays(30));

  /** One for all: it is the leaves that differ. Valid for as long as the tests may be run. */
  static final Authority ROOT =
      Authority.create(
          "test root",
          KeyType.EC,
          new Validity(Instant.EPOCH, Instant.parse("2099-01-01T00:00:00Z")),
          new SecureRandom());

  private final Path cert;
  private final Path key;

  TestPki(Path directory) {
    cert = directory.resolve("cert.pem");
    key = directory.resolve("key.pem");
  }

  static Certified issue(KeyType type, Validity validity, String... names) {
    return ROOT.issue(new Leaf(List.of(names), type, validity, false));
  }

  /** A leaf that a client of the JDK, whose clock is not ours, accepts too. */
  static Certified issueForNow(KeyType type) {
    return issue(type, Validity.of(Instant.now(), Duration.ofDays(1)), "localhost", "127.0.0.1");
  }

  Path cert() {
    return cert;
  }

  Path key() {
    return key;
  }

  TestPki write(Certified certified, KeyForm form) {
    return write(Pem.of(certified.chain()), Pem.of(certified.key(), form));
  }

  TestPki write(String certText, String keyText) {
    try {
      Files.writeString(cert, certText);
      Files.writeString(key, keyText);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Identity load() throws TlsProblem {
    return Identity.load(cert, key, NOW);
  }
}
