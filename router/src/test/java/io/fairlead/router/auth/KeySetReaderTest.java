package io.fairlead.router.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets of keys as hostile or careless issuers publish them. */
class KeySetReaderTest {
  private static final Issuer RSA = new Issuer(TokenAlgorithm.RS256, "rsa-1");
  private static final Issuer EC = new Issuer(TokenAlgorithm.ES256, "ec-1");
  private static final Issuer ED = new Issuer(TokenAlgorithm.EDDSA, "ed-1");

  @Test
  void readsEachTypeOfKey() {
    KeySetReading.Accepted read = accepted(RSA.jwk(), EC.jwk(), ED.jwk());
    assertThat(read.ignored()).isEmpty();
    assertThat(read.keys().size()).isEqualTo(3);
    assertThat(key(read, "rsa-1", TokenAlgorithm.RS256)).isEqualTo(RSA.publicKey());
    assertThat(key(read, "ec-1", TokenAlgorithm.ES256)).isEqualTo(EC.publicKey());
    assertThat(key(read, "ed-1", TokenAlgorithm.EDDSA)).isEqualTo(ED.publicKey());
    assertThat(read.keys()).hasToString("[RS256 rsa-1, ES256 ec-1, EdDSA ed-1]");
  }

  @Test
  void equalSetsAreEqual() {
    assertThat(accepted(RSA.jwk(), EC.jwk()).keys())
        .isEqualTo(accepted(RSA.jwk(), EC.jwk()).keys())
        .isNotEqualTo(accepted(RSA.jwk()).keys());
  }

  @Test
  void whatElseAKeySaysIsNotParsed() {
    assertThat(
            accepted(
                    with(RSA.jwk(), "x5c", List.of("no certificate"), "x5t", "?", "alg", "RS256"),
                    with(EC.jwk(), "use", "sig", "key_ops", List.of("verify")))
                .ignored())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "\"keys\"",
        "{\"keys\": 1}",
        "{\"keys\": {}}",
        "{\"keys\": []}",
        "{\"keys\": [1, null, \"x\", []]}",
        "{\"keys\": [}",
        "<html><body>502 Bad Gateway</body></html>",
        "{\"keys\": [], \"keys\": []}",
        "{\"issuer\": \"https://issuer.example.com/\"}"
      })
  void whatIsNoSetIsRefused(String json) {
    assertThat(KeySetReader.read(json)).isInstanceOf(KeySetReading.Refused.class);
  }

  @Test
  void aBottomlessSetIsRefused() {
    assertThat(KeySetReader.read("{\"keys\": " + "[".repeat(200_000)))
        .isInstanceOf(KeySetReading.Refused.class);
  }

  @Test
  void sizesAreBounded() {
    String json = Issuer.jwks(EC);
    assertThat(KeySetReader.read(json + " ".repeat(KeySetReader.MAX_LENGTH - json.length())))
        .isInstanceOf(KeySetReading.Accepted.class);
    assertThat(KeySetReader.read(json + " ".repeat(KeySetReader.MAX_LENGTH - json.length() + 1)))
        .isEqualTo(new KeySetReading.Refused("262145 characters (expected: at most 262144)"));
    List<Map<String, Object>> many = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      many.add(with(EC.jwk(), "kid", "k" + i));
    }
    assertThat(read(many)).isEqualTo(new KeySetReading.Refused("101 keys (expected: at most 100)"));
    assertThat(read(many.subList(0, 100))).isInstanceOf(KeySetReading.Accepted.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "k   | AAAA       | a symmetric key",
        "kty | oct        | a symmetric key",
        "d   | AAAA       | a private key, which is none any more",
        "p   | AAAA       | a private key, which is none any more",
        "use | enc        | not for signatures",
        "alg | ES384      | for another algorithm (expected: alg ES256, or none)",
        "alg | RS256      | for another algorithm",
        "crv | P-384      | another type of key",
        "crv | secp256k1  | another type of key",
        "kty | EC2        | another type of key",
        "x   | AAAA       | malformed (expected: a public key of kty EC)",
        "y   | !          | malformed",
      })
  void aKeyThatCannotBeUsedIsNamedAndTheOthersAreTaken(String part, String value, String reason) {
    KeySetReading.Accepted read = accepted(with(EC.jwk(), part, value), RSA.jwk());
    assertThat(read.keys().size()).isEqualTo(1);
    assertThat(read.ignored())
        .singleElement()
        .asString()
        .startsWith("keys[0] kid ec-1: " + reason)
        .contains("(expected: ")
        .doesNotContain("AAAA");
  }

  @Test
  void operationsMustIncludeVerify() {
    assertThat(accepted(with(EC.jwk(), "key_ops", List.of("sign")), RSA.jwk()).ignored())
        .singleElement()
        .asString()
        .contains("not to verify with");
  }

  /** Else an attacker who may choose a key could choose one whose private half is known. */
  @Test
  void aPointThatIsNotOnTheCurveIsNoKey() {
    Map<String, Object> jwk = EC.jwk();
    jwk.put("x", jwk.get("y"));
    assertThat(accepted(jwk, RSA.jwk()).ignored()).singleElement().asString().contains("malformed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AAAA", "!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
  void anEd25519KeyHas32Bytes(String x) {
    assertThat(accepted(with(ED.jwk(), "x", x), RSA.jwk()).ignored())
        .singleElement()
        .asString()
        .startsWith("keys[0] kid ed-1: malformed");
  }

  @Test
  void weakAndEndlessRsaKeysAreIgnored() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024);
    RSAPublicKey weak = (RSAPublicKey) generator.generateKeyPair().getPublic();
    Map<String, Object> jwk = RSA.jwk();
    jwk.put("n", Issuer.base64(weak.getModulus().toByteArray()));
    assertThat(accepted(jwk, EC.jwk()).ignored())
        .containsExactly("keys[0] kid rsa-1: an RSA key of 1024 bits (expected: 2048 to 8192)");
    for (String exponent : new String[] {"AQ", "Ag", "Af____8B"}) {
      assertThat(accepted(with(RSA.jwk(), "e", exponent), EC.jwk()).ignored())
          .as(exponent)
          .singleElement()
          .asString()
          .startsWith("keys[0] kid rsa-1: ");
    }
  }

  @Test
  void ofTwoKeysWithOneIdNoneCounts() {
    Issuer twin = new Issuer(TokenAlgorithm.ES256, "ec-1");
    KeySetReading.Accepted read = accepted(EC.jwk(), RSA.jwk(), twin.jwk());
    assertThat(read.keys().size()).isEqualTo(1);
    assertThat(read.ignored()).containsExactly("keys of kid ec-1: several ES256 (expected: one)");
  }

  @Test
  void keysOfTwoTypesMayShareAnId() {
    KeySetReading.Accepted read = accepted(EC.jwk(), with(RSA.jwk(), "kid", "ec-1"));
    assertThat(read.ignored()).isEmpty();
    assertThat(key(read, "ec-1", TokenAlgorithm.RS256)).isEqualTo(RSA.publicKey());
  }

  @Test
  void anIdIsShortAndPlain() {
    assertThat(accepted(with(EC.jwk(), "kid", "a\nb"), RSA.jwk()).ignored())
        .containsExactly("keys[0]: kid (expected: at most 256 characters of ASCII)");
    assertThat(accepted(with(EC.jwk(), "kid", "k".repeat(257)), RSA.jwk()).ignored()).hasSize(1);
    assertThat(accepted(with(EC.jwk(), "kid", 7), RSA.jwk()).ignored()).hasSize(1);
  }

  @Test
  void aSetWithoutAUsableKeySaysWhyOfEach() {
    assertThat(read(List.of(with(EC.jwk(), "d", "AAAA"), with(RSA.jwk(), "use", "enc"))))
        .isInstanceOfSatisfying(
            KeySetReading.Refused.class,
            refused ->
                assertThat(refused.reason())
                    .startsWith("no key that can be used; keys[0] kid ec-1: a private key")
                    .contains("keys[1] kid rsa-1: not for signatures"));
  }

  private static Map<String, Object> with(Map<String, Object> jwk, Object... more) {
    Map<String, Object> changed = new LinkedHashMap<>(jwk);
    for (int i = 0; i < more.length; i += 2) {
      changed.put((String) more[i], more[i + 1]);
    }
    return changed;
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  private static KeySetReading.Accepted accepted(Map<String, Object>... keys) {
    return switch (read(List.of(keys))) {
      case KeySetReading.Accepted accepted -> accepted;
      case KeySetReading.Refused refused -> throw new AssertionError(refused.reason());
    };
  }

  private static @Nullable PublicKey key(
      KeySetReading.Accepted read, String kid, TokenAlgorithm algorithm) {
    TokenKey key = read.keys().find(kid, algorithm);
    return key == null ? null : key.key();
  }

  private static KeySetReading read(List<Map<String, Object>> keys) {
    return KeySetReader.read(JSONObjectUtils.toJSONString(Map.of("keys", keys)));
  }
}
