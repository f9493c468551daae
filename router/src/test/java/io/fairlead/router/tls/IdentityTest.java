package io.fairlead.router.tls;

import static io.fairlead.router.tls.TestPki.A_MONTH;
import static io.fairlead.router.tls.TestPki.NOW;
import static io.fairlead.router.tls.TestPki.ROOT;
import static io.fairlead.router.tls.TestPki.issue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fairlead.certs.Authority;
import io.fairlead.certs.Certified;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Pem;
import io.fairlead.certs.Validity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityTest {
  private static final Certified EC = issue(KeyType.EC, A_MONTH, "localhost", "*.example.test");
  private static final String EC_CERT = Pem.of(EC.chain());
  private static final String EC_KEY = Pem.of(EC.key(), KeyForm.PKCS8);

  @TempDir private Path directory;
  private TestPki files;

  @BeforeEach
  void place() {
    files = new TestPki(directory);
  }

  @ParameterizedTest
  @CsvSource({"EC,PKCS8", "EC,SEC1", "RSA_2048,PKCS8", "RSA_2048,PKCS1", "RSA_3072,PKCS1"})
  void readsEveryFormOfKey(KeyType type, KeyForm form) throws Exception {
    var certified = issue(type, A_MONTH, "localhost");

    var identity = files.write(certified, form).load();

    assertThat(identity.chain()).isEqualTo(certified.chain());
    assertThat(identity.key().getEncoded()).isEqualTo(certified.key().getEncoded());
  }

  @Test
  void readsAnEcKeyThatNamesItsCurveItself() throws Exception {
    files.write(EC_CERT, sec1WithCurveInside(EC.key()));

    assertThat(files.load().key().getAlgorithm()).isEqualTo("EC");
  }

  @Test
  void readsFilesOfOtherSystems() throws Exception {
    var mark = "\u00EF\u00BB\u00BF"; // what a byte order mark is in Latin-1
    Files.write(
        files.cert(), (mark + EC_CERT.replace("\n", "\r\n")).getBytes(StandardCharsets.ISO_8859_1));
    Files.writeString(files.key(), EC_KEY.replace("\n", "  \r\n"));

    assertThat(files.load().chain()).hasSize(2);
  }

  @Test
  void passesOverTextAroundTheBlocks() throws Exception {
    files.write(
        "subject=O=café\n" + EC_CERT.replace("-----BEGIN", "\nissuer=/CN=x\n-----BEGIN"),
        "Bag Attributes\n  friendlyName: a key\n" + EC_KEY + "\n# end\n");

    assertThat(files.load().chain()).hasSize(2);
  }

  @Test
  void readsBothFromOneFile() throws Exception {
    files.write(EC_CERT + EC_KEY, EC_CERT + EC_KEY);

    assertThat(files.load().chain()).hasSize(2);
  }

  @Test
  void isAsOldAsTheOldestOfItsChain() throws Exception {
    var soon = Validity.of(NOW, Duration.ofDays(7));
    var below = ROOT.intermediate("short-lived", soon);
    var identity =
        files
            .write(
                below.issue(new Leaf(List.of("localhost"), KeyType.EC, A_MONTH, false)),
                KeyForm.PKCS8)
            .load();

    assertThat(identity.notAfter()).isEqualTo(soon.notAfter());
  }

  @Test
  void showsNothingOfTheKey() throws Exception {
    assertThat(files.write(EC_CERT, EC_KEY).load())
        .hasToString(
            "Identity[ServerNames[dnsNames=[localhost, *.example.test], addresses=[]],"
                + " notAfter=2026-03-31T12:00:00Z]");
  }

  @Test
  void reportsBothFilesAtOnce() {
    refused(
        "cert.pem: no such file (expected: a PEM file)",
        "key.pem: no such file (expected: a PEM file)");
  }

  @Test
  void refusesDirectoriesAndHugeFiles() throws Exception {
    Files.createDirectory(files.cert());
    Files.write(files.key(), new byte[(1 << 20) + 1]);

    refused(
        "cert.pem: is a directory (expected: a PEM file)",
        "key.pem: more than 1048576 bytes (expected: a PEM file)");
  }

  @Test
  void refusesEmptyFilesAndOthers() {
    files.write("", "\u0000\u0001\u0002");

    refused(
        "cert.pem: empty (expected: a PEM file)",
        "key.pem: not PEM (expected: a line that begins with -----BEGIN)");
  }

  @Test
  void refusesAHalfWrittenFileHoweverMuchOfItIsThere() throws Exception {
    var leaf = Pem.of(EC.chain().subList(0, 1));
    for (int length = 0; length < leaf.length() - 2; length += 11) {
      files.write(leaf.substring(0, length), EC_KEY);
      assertThatExceptionOfType(TlsProblem.class)
          .as("the first %d characters", length)
          .isThrownBy(files::load);
    }
    files.write(EC_CERT.substring(0, EC_CERT.length() - 100), EC_KEY.substring(0, 60));

    refused(
        "cert.pem: line %d: CERTIFICATE without an end (expected: -----END CERTIFICATE-----; is the file half written?)"
            .formatted(EC_CERT.lines().toList().lastIndexOf("-----BEGIN CERTIFICATE-----") + 1),
        "key.pem: line 1: PRIVATE KEY without an end (expected: -----END PRIVATE KEY-----;"
            + " is the file half written?)");
  }

  @Test
  void refusesBlocksThatHoldSomethingElse() {
    files.write(block("CERTIFICATE", "a*b"), block("EC PRIVATE KEY", "AAAA"));

    refused(
        "cert.pem: line 1: CERTIFICATE is not base64", "key.pem: line 1: no valid EC PRIVATE KEY");

    files.write(block("CERTIFICATE", "AAAA"), EC_KEY);

    refused("cert.pem: line 1: no valid CERTIFICATE");
  }

  @Test
  void refusesFilesTakenForOneAnother() {
    files.write(EC_KEY, EC_CERT);

    refused(
        "cert.pem: no certificate, only PRIVATE KEY (expected: CERTIFICATE)",
        "key.pem: no private key, only CERTIFICATE"
            + " (expected: PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY)");
  }

  @Test
  void refusesAKeyWithAPassphraseInEitherForm() {
    var traditional = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233\n\nAAAA";
    files.write(EC_CERT, block("RSA PRIVATE KEY", traditional));
    refused("key.pem: has a passphrase (expected: a key without one)");

    files.write(EC_CERT, block("ENCRYPTED PRIVATE KEY", "AAAA"));
    refused("key.pem: has a passphrase (expected: a key without one)");
  }

  @Test
  void refusesSeveralKeys() {
    files.write(EC_CERT, EC_KEY + EC_KEY);

    refused("key.pem: 2 private keys (expected: one)");
  }

  @Test
  void refusesAnEcKeyWithoutACurve() {
    var parametersAndKey = Pem.of(EC.key(), KeyForm.SEC1);
    files.write(
        EC_CERT, parametersAndKey.substring(parametersAndKey.indexOf("-----BEGIN EC PRIVATE")));

    refused("key.pem: EC PRIVATE KEY without a curve (expected: EC PARAMETERS before it)");
  }

  @Test
  void refusesKeysThatAreWeakOrOfAnotherAlgorithm() throws Exception {
    var rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(1024);
    files.write(EC_CERT, Pem.of(rsa.generateKeyPair().getPrivate(), KeyForm.PKCS8));
    refused("key.pem: an RSA key of 1024 bits (expected: 2048 or more)");

    var edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
    files.write(EC_CERT, Pem.of(edwards, KeyForm.PKCS8));
    refused("key.pem: a key of algorithm 1.3.101.112 (expected: RSA or EC)");
  }

  @ParameterizedTest
  @CsvSource({"EC", "RSA_2048"})
  void refusesTheKeyOfAnotherCertificate(KeyType other) {
    files.write(EC_CERT, Pem.of(issue(other, A_MONTH, "localhost").key(), KeyForm.PKCS8));

    refused("key.pem: does not match the certificate (expected: the key of cert.pem)");
  }

  @Test
  void refusesAChainOutOfOrder() {
    files.write(Pem.of(EC.chain().reversed()), EC_KEY);

    refused(
        "cert.pem: certificate 2 is the one of the key"
            + " (expected: first, each followed by its issuer)");
  }

  @Test
  void refusesAChainWithAStranger() {
    var stranger =
        Authority.create("test root", KeyType.EC, A_MONTH, new SecureRandom()).certificate();
    files.write(Pem.of(List.of(EC.certificate(), stranger)), EC_KEY);

    refused(
        "cert.pem: certificate 2 is not the issuer of certificate 1"
            + " (expected: each followed by its issuer)");
  }

  @Test
  void refusesWhatIsOutOfDate() {
    files.write(issue(KeyType.EC, Validity.expired(NOW), "localhost"), KeyForm.PKCS8);
    refused("cert.pem: certificate 1 expired at 2026-03-01T11:00:00Z (expected: a later time)");

    var tomorrow = Validity.of(NOW.plus(Duration.ofDays(1)), Duration.ofDays(1));
    files.write(issue(KeyType.EC, tomorrow, "localhost"), KeyForm.PKCS8);
    refused(
        "cert.pem: certificate 1 is not valid before 2026-03-02T11:00:00Z"
            + " (expected: an earlier time)");
  }

  /** Expects exactly these lines, with the files' names for their paths. */
  private void refused(String... lines) {
    assertThatExceptionOfType(TlsProblem.class)
        .isThrownBy(files::load)
        .satisfies(
            problem ->
                assertThat(problem.lines().stream().map(l -> l.replace(directory + "/", "")))
                    .containsExactly(lines));
  }

  private static String block(String label, String body) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, body, label);
  }

  /** The form that {@code openssl ecparam -genkey} writes. */
  private static String sec1WithCurveInside(PrivateKey key) throws Exception {
    var scalar = ((ECPrivateKey) key).getS();
    var sec1 =
        new org.bouncycastle.asn1.sec.ECPrivateKey(256, scalar, X9ObjectIdentifiers.prime256v1);
    return block("EC PRIVATE KEY", Base64.getEncoder().encodeToString(sec1.getEncoded()));
  }
}
