package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.auth.CredentialCheck;
import io.fairlead.router.auth.Gate;
import io.fairlead.router.auth.KeyRing;
import io.fairlead.router.auth.KeySetReader;
import io.fairlead.router.auth.KeySetReading;
import io.fairlead.router.auth.Verdict;
import io.fairlead.router.config.DemoSettings;
import io.fairlead.router.config.Settings;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.manifest.ManifestDirectory;
import io.fairlead.router.manifest.Reading;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.TokenKeys;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code fairlead token}, and that the router believes what it makes. */
class TokenCommandTest {
  @TempDir Path directory;
  private StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "RS256", "EdDSA"})
  void aTokenThatIsIssuedIsBelieved(String algorithm) throws Exception {
    assertThat(keygen("--alg", algorithm)).isZero();
    assertThat(said()).contains("signing.pem: private key, " + algorithm).contains("jwks.json");
    assertThat(run(issue("--issuer", "me", "--audience", "echo", "--subject", "alice"))).isZero();

    assertThat(verdict(said().strip(), Instant.now())).isInstanceOf(Verdict.Granted.class);
  }

  @Test
  void aTokenIsGoodForAnHourUnlessToldOtherwise() throws Exception {
    keygen();
    said();
    run(issue("--issuer", "me", "--audience", "echo"));
    String hour = said().strip();
    run(issue("--issuer", "me", "--audience", "echo", "--ttl", "2d"));
    String twoDays = said().strip();
    Instant later = Instant.now().plusSeconds(4000);
    assertThat(verdict(hour, later)).isInstanceOf(Verdict.Refused.class);
    assertThat(verdict(twoDays, later)).isInstanceOf(Verdict.Granted.class);
  }

  @Test
  void anIdOfOnesOwnHasToBeNamed() throws Exception {
    keygen("--kid", "mine");
    said();
    run(issue("--issuer", "me", "--audience", "echo", "--kid", "mine"));
    assertThat(verdict(said().strip(), Instant.now())).isInstanceOf(Verdict.Granted.class);
    run(issue("--issuer", "me", "--audience", "echo"));
    assertThat(verdict(said().strip(), Instant.now())).isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void thePrivateKeyIsForItsOwnerAndNothingIsWrittenOver() throws Exception {
    keygen();
    Path key = directory.resolve("signing.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(directory.resolve("jwks.json"))).doesNotContain("\"d\"");
    String before = Files.readString(key);
    assertThat(keygen()).isEqualTo(2);
    assertThat(err.toString()).contains("keyOut: ").contains("(expected: a new file)");
    assertThat(Files.readString(key)).isEqualTo(before);
  }

  @Test
  void everyProblemIsSaidAtOnce() {
    assertThat(run("token", "issue", "--key", "none.pem", "--ttl", "1y")).isEqualTo(2);
    assertThat(err.toString())
        .contains("fairlead: key: none.pem from --key (expected: a readable file)")
        .contains("fairlead: issuer: missing (expected: ")
        .contains("fairlead: audience: missing (expected: ")
        .contains("fairlead: ttl: 1y from --ttl (expected: whole seconds, minutes");
  }

  @ParameterizedTest
  @CsvSource({
    "'', no private key",
    "'garbage', no private key",
    "'-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', no key that can be used",
    "'-----BEGIN PRIVATE KEY-----\n!!!!\n', malformed"
  })
  void aFileThatIsNoKeyIsRefusedWithoutBeingShown(String content, String reason) throws Exception {
    Path file = Files.writeString(directory.resolve("signing.pem"), content);
    assertThat(run(issue("--issuer", "me", "--audience", "echo"))).isEqualTo(2);
    assertThat(err.toString()).startsWith("fairlead: key: " + file + ": " + reason);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void makesAKeyAndASecret() throws Exception {
    assertThat(run("token", "key")).isZero();
    assertThat(said()).matches("[-_A-Za-z0-9]{43}\\R");
    assertThat(run("token", "key", "--secret", "echo-keys")).isZero();
    Files.writeString(directory.resolve("secret.yaml"), said());
    Files.writeString(
        directory.resolve("echo.yaml"),
        """
        apiVersion: fairlead.dev/v1alpha1
        kind: OnlineEndpoint
        metadata: {name: echo}
        spec: {authSecretRef: {name: echo-keys}, traffic: {}}
        """);
    assertThat(Objects.requireNonNull(new ManifestDirectory(directory).poll()))
        .isInstanceOf(Reading.Accepted.class);
  }

  @Test
  void eachCommandExplainsItself() {
    for (String command : new String[] {"keygen", "issue", "key"}) {
      assertThat(run("token", command, "--help")).isZero();
      assertThat(said()).contains("Usage: fairlead token " + command);
    }
    assertThat(run("token")).isEqualTo(2);
  }

  private int keygen(String... more) {
    return run(
        concat(
            new String[] {
              "token",
              "keygen",
              "--jwks-out",
              directory.resolve("jwks.json").toString(),
              "--key-out",
              directory.resolve("signing.pem").toString()
            },
            more));
  }

  private String[] issue(String... more) {
    return concat(
        new String[] {"token", "issue", "--key", directory.resolve("signing.pem").toString()},
        more);
  }

  private static String[] concat(String[] one, String[] other) {
    String[] all = java.util.Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    return all;
  }

  private Verdict verdict(String token, Instant now) throws Exception {
    var set =
        (KeySetReading.Accepted)
            KeySetReader.read(Files.readString(directory.resolve("jwks.json")));
    var policy =
        new Authentication.Token(AuthMode.AML_TOKEN, "me", "echo", new TokenKeys.File("unused"));
    Head head = new Head();
    head.reset();
    int start = head.append("Bearer " + token);
    head.addField(FieldId.AUTHORIZATION, 0, 0, start, head.length());
    return new CredentialCheck()
        .check(head, new Gate(policy, KeyRing.of(set.keys()), null), now.getEpochSecond());
  }

  /** Returns what was said since the last call. */
  private String said() {
    String text = out.toString();
    out = new StringWriter();
    return text;
  }

  private int run(String... args) {
    return new Main(new NoLauncher(), Map.of(), new PrintWriter(out), new PrintWriter(err))
        .run(args);
  }

  private static final class NoLauncher implements Launcher {
    @Override
    public int serve(Settings settings) {
      throw new AssertionError();
    }

    @Override
    public int demo(DemoSettings settings) {
      throw new AssertionError();
    }
  }
}
