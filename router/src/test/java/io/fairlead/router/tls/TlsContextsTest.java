package io.fairlead.router.tls;

import static io.fairlead.router.tls.TestPki.A_MONTH;
import static io.fairlead.router.tls.TestPki.NOW;
import static io.fairlead.router.tls.TestPki.issue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.fairlead.certs.Certified;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Pem;
import io.fairlead.certs.Validity;
import io.fairlead.router.tls.ReloadResult.Refused;
import io.fairlead.router.tls.ReloadResult.Swapped;
import io.fairlead.router.tls.ReloadResult.Unchanged;
import io.fairlead.router.tls.TlsEngine.Choice;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TlsContextsTest {
  private static final Certified OLD = issue(KeyType.EC, A_MONTH, "old.test");
  private static final Certified NEW = issue(KeyType.EC, A_MONTH, "new.test");

  @TempDir private Path directory;
  private TestPki files;

  @BeforeEach
  void place() {
    files = new TestPki(directory).write(OLD, KeyForm.PKCS8);
  }

  @Test
  void doesNotOpenWithoutAUsablePair() throws Exception {
    Files.delete(files.key());

    assertThatExceptionOfType(TlsProblem.class)
        .isThrownBy(() -> open(Choice.AUTO))
        .withMessage(files.key() + ": no such file (expected: a PEM file)");
  }

  @Test
  void swapsOnceForAGoodPair() throws Exception {
    try (var contexts = open(Choice.AUTO)) {
      assertThat(contexts.poll(NOW)).isEqualTo(new Unchanged());
      assertThat(contexts.identity().names().cover("old.test")).isTrue();

      files.write(NEW, KeyForm.SEC1);

      assertThat(contexts.poll(NOW)).isEqualTo(new Swapped(contexts.identity()));
      assertThat(contexts.identity().names().cover("new.test")).isTrue();
      assertThat(contexts.poll(NOW)).isEqualTo(new Unchanged());
    }
  }

  @Test
  void keepsTheOldOneForABadPairAndSaysWhyOnceForEachChange() throws Exception {
    try (var contexts = open(Choice.AUTO)) {
      files.write(Pem.of(NEW.chain()), Pem.of(OLD.key(), KeyForm.PKCS8)); // half of a pair

      assertThat(contexts.poll(NOW))
          .isInstanceOfSatisfying(
              Refused.class,
              refused ->
                  assertThat(refused.lines())
                      .containsExactly(
                          "%s: does not match the certificate (expected: the key of %s)"
                              .formatted(files.key(), files.cert())));
      assertThat(contexts.poll(NOW)).isEqualTo(new Unchanged());
      assertThat(contexts.identity().chain()).isEqualTo(OLD.chain());

      Files.delete(files.key());
      assertThat(contexts.poll(NOW)).isInstanceOf(Refused.class);
      assertThat(contexts.poll(NOW)).isEqualTo(new Unchanged());

      files.write(NEW, KeyForm.PKCS8);
      assertThat(contexts.poll(NOW)).isInstanceOf(Swapped.class);
    }
  }

  @Test
  void saysWhenTheOldPairIsBack() throws Exception {
    try (var contexts = open(Choice.AUTO)) {
      files.write("", "");
      assertThat(contexts.poll(NOW)).isInstanceOf(Refused.class);

      files.write(OLD, KeyForm.PKCS8);
      assertThat(contexts.poll(NOW)).isInstanceOf(Swapped.class);
    }
  }

  @Test
  void takesAPairWhenItsTimeHasCome() throws Exception {
    try (var contexts = open(Choice.AUTO)) {
      var tomorrow = NOW.plus(Duration.ofDays(1));
      files.write(issue(KeyType.EC, Validity.of(tomorrow, Duration.ofDays(9)), "x"), KeyForm.PKCS8);

      assertThat(contexts.poll(NOW)).isInstanceOf(Refused.class);
      assertThat(contexts.poll(NOW.plus(Duration.ofHours(22)))).isEqualTo(new Unchanged());
      assertThat(contexts.poll(tomorrow)).isInstanceOf(Swapped.class);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Choice.class,
      names = {"OPENSSL", "JDK"})
  void changesTicketKeysEveryTwelveHours(Choice choice) throws Exception {
    try (var contexts = open(choice)) {
      assertThat(contexts.rotate(NOW.plus(Duration.ofHours(12)).minusNanos(1))).isFalse();
      assertThat(contexts.rotate(NOW.plus(Duration.ofHours(12)))).isTrue();
      assertThat(contexts.rotate(NOW.plus(Duration.ofHours(23)))).isFalse();
      assertThat(contexts.rotate(NOW.plus(Duration.ofHours(24)))).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Choice.class,
      names = {"OPENSSL", "JDK"})
  void leavesAConnectionAloneThatWasMadeBeforeASwap(Choice choice) throws Exception {
    files.write(TestPki.issueForNow(KeyType.EC), KeyForm.PKCS8);
    var now = Instant.now();
    try (var contexts = open(choice, now);
        var server = new TlsServer(contexts);
        var before = new TlsClient().connect(server.port(), "TLSv1.3")) {
      assertThat(TlsClient.echo(before, "one")).isEqualTo("one");
      var old = contexts.identity().chain();
      files.write(TestPki.issueForNow(KeyType.RSA_2048), KeyForm.PKCS8);
      assertThat(contexts.poll(now)).isInstanceOf(Swapped.class);

      assertThat(TlsClient.echo(before, "two")).isEqualTo("two");
      assertThat(before.getSession().getPeerCertificates()).isEqualTo(old.toArray());
      try (var after = new TlsClient().connect(server.port(), "TLSv1.3")) {
        assertThat(TlsClient.echo(after, "three")).isEqualTo("three");
        assertThat(after.getSession().getPeerCertificates()[0].getPublicKey().getAlgorithm())
            .isEqualTo("RSA");
      }
    }
  }

  @Test
  void freesAnOldContextWithItsLastConnection() throws Exception {
    try (var contexts = open(Choice.OPENSSL)) {
      var old = contexts.context();
      var handler = contexts.newHandler(ByteBufAllocator.DEFAULT);
      files.write(NEW, KeyForm.PKCS8);
      contexts.poll(NOW);

      assertThat(ReferenceCountUtil.refCnt(old)).as("held by the connection").isEqualTo(1);
      assertThat(handler.engine()).isInstanceOf(ReferenceCountedOpenSslEngine.class);
      ReferenceCountUtil.release(handler.engine());
      assertThat(ReferenceCountUtil.refCnt(old)).isZero();
    }
  }

  @Test
  void makesHandlersWhileItIsSwapped() throws Exception {
    try (var contexts = open(Choice.OPENSSL)) {
      var done = new AtomicBoolean();
      var swapper =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 50; i++) {
                      files.write(i % 2 == 0 ? NEW : OLD, KeyForm.PKCS8);
                      contexts.poll(NOW);
                    }
                    done.set(true);
                  });
      do {
        ReferenceCountUtil.release(contexts.newHandler(ByteBufAllocator.DEFAULT).engine());
      } while (!done.get());
      swapper.join();
      assertThat(ReferenceCountUtil.refCnt(contexts.context())).isEqualTo(1);
    }
  }

  @Test
  void makesNoHandlersOnceClosed() throws Exception {
    var contexts = open(Choice.OPENSSL);
    contexts.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> contexts.newHandler(ByteBufAllocator.DEFAULT))
        .withMessage("closed");
  }

  private TlsContexts open(Choice choice) throws TlsProblem {
    return open(choice, NOW);
  }

  private TlsContexts open(Choice choice, Instant now) throws TlsProblem {
    return TlsContexts.open(
        files.cert(), files.key(), TlsEngine.choose(choice), new SecureRandom(), now);
  }
}
