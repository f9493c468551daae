package io.fairlead.router.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fairlead.certs.Authority;
import io.fairlead.certs.Certified;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Pem;
import io.fairlead.certs.Validity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerContextsTest {
  /** The clock that the JDK verifies by is not ours. */
  private final Instant now = Instant.now();

  private final Validity aDay = Validity.of(now, Duration.ofDays(1));
  private final Authority other =
      Authority.create("other root", KeyType.EC, aDay, new SecureRandom());

  @TempDir private Path directory;

  @Test
  void opensAPairOfThePeersAuthority() throws Exception {
    write(issue(TestPki.ROOT, true), TestPki.ROOT);
    assertThat(open().identity().names().dnsNames()).containsExactly("fairlead-peers");
  }

  @Test
  void aCertificateThatPeersWouldRefuseIsSaidAtOnce() throws Exception {
    write(issue(TestPki.ROOT, true), other);
    assertThat(problem())
        .contains("cert.pem: not of the authority in")
        .contains("(expected: issued by it)");
  }

  @Test
  void aCertificateForServersAloneIsRefused() throws Exception {
    write(issue(TestPki.ROOT, false), TestPki.ROOT);
    assertThat(problem()).contains("not for clients (expected: extended key usage clientAuth)");
  }

  @Test
  void aMissingAuthorityIsNamed() throws Exception {
    write(issue(TestPki.ROOT, true), TestPki.ROOT);
    Files.delete(directory.resolve("ca.pem"));
    assertThat(problem()).contains("ca.pem: no such file");
  }

  @Test
  void anotherAuthorityIsTakenWhileServing() throws Exception {
    write(issue(TestPki.ROOT, true), TestPki.ROOT);
    PeerContexts contexts = open();
    Certified next = issue(other, true);
    write(next, other);

    assertThat(contexts.poll(now)).isInstanceOf(ReloadResult.Swapped.class);

    assertThat(contexts.identity().chain().getFirst()).isEqualTo(next.certificate());
    assertThat(contexts.poll(now)).isEqualTo(new ReloadResult.Unchanged());
  }

  @Test
  void aBadPairIsRefusedOnceAndTheOldOneStays() throws Exception {
    Certified first = issue(TestPki.ROOT, true);
    write(first, TestPki.ROOT);
    PeerContexts contexts = open();
    Files.writeString(directory.resolve("key.pem"), "no key");

    assertThat(contexts.poll(now)).isInstanceOf(ReloadResult.Refused.class);
    assertThat(contexts.poll(now)).isEqualTo(new ReloadResult.Unchanged());
    assertThat(contexts.identity().chain().getFirst()).isEqualTo(first.certificate());
  }

  private PeerContexts open() throws TlsProblem {
    return PeerContexts.open(
        directory.resolve("cert.pem"),
        directory.resolve("key.pem"),
        directory.resolve("ca.pem"),
        now);
  }

  private String problem() {
    return String.join("\n", catchThrowableOfType(TlsProblem.class, this::open).lines());
  }

  private Certified issue(Authority authority, boolean clientAuth) {
    return authority.issue(new Leaf(List.of("fairlead-peers"), KeyType.EC, aDay, clientAuth));
  }

  private void write(Certified certified, Authority trusted) throws IOException {
    Files.writeString(directory.resolve("cert.pem"), Pem.of(certified.chain()));
    Files.writeString(directory.resolve("key.pem"), Pem.of(certified.key(), KeyForm.PKCS8));
    Files.writeString(directory.resolve("ca.pem"), Pem.of(List.of(trusted.certificate())));
  }
}
