package io.fairlead.router.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fairlead.router.auth.Verdict.Granted;
import io.fairlead.router.auth.Verdict.Refused;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.model.TokenKeys;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCheckTest {
  private static final long NOW = 1_800_000_000L;
  private static final long EXPIRY = NOW + 3600;
  private static final Authentication.Token POLICY =
      new Authentication.Token(
          AuthMode.AML_TOKEN, Issuer.NAME, "echo", new TokenKeys.File("unused"));

  private static final Issuer RSA = new Issuer(TokenAlgorithm.RS256, "rsa-1");
  private static final Issuer EC = new Issuer(TokenAlgorithm.ES256, "ec-1");
  private static final Issuer ED = new Issuer(TokenAlgorithm.EDDSA, "ed-1");

  private final AtomicInteger unknownKeys = new AtomicInteger();
  private final KeyRing ring = new KeyRing(Issuer.keys(RSA, EC, ED), unknownKeys::incrementAndGet);
  private final Gate gate = new Gate(POLICY, ring, null);
  private final CredentialCheck check = new CredentialCheck();

  @ParameterizedTest
  @EnumSource(TokenAlgorithm.class)
  void aTokenOfEachAlgorithmIsGood(TokenAlgorithm algorithm) {
    Issuer issuer = new Issuer(algorithm, "k");
    ring.publish(Issuer.keys(issuer));
    assertThat(check(issuer.token(EXPIRY))).isInstanceOf(Granted.class);
  }

  // ---- who it is

  @Test
  void theCallerIsTheSubject() {
    long alice = caller(EC.token(EXPIRY));
    assertThat(alice).isNegative();
    assertThat(caller(RSA.token(EXPIRY + 1))).as("another token of hers").isEqualTo(alice);
    assertThat(caller(EC.sign(EC.header(), with("sub", "bob")))).isNotEqualTo(alice);
    assertThat(caller(EC.sign(EC.header(), without("sub")))).isNegative().isNotEqualTo(alice);
  }

  // ---- claims

  /** RFC 7519 4.1.4, 4.1.5 with the 60 s of the contract, to the second. */
  @Test
  void timesAreComparedWithSixtySecondsOfSkew() {
    String token = EC.token(NOW);
    assertThat(check(token, NOW + 59)).isInstanceOf(Granted.class);
    assertThat(fault(token, NOW + 60)).isEqualTo(TokenFault.EXPIRED);
    String later = EC.sign(EC.header(), with("nbf", NOW));
    assertThat(fault(later, NOW - 61)).isEqualTo(TokenFault.NOT_YET_VALID);
    assertThat(check(later, NOW - 60)).isInstanceOf(Granted.class);
  }

  @Test
  void aTokenThatWasVerifiedExpiresAllTheSame() {
    String token = EC.token(NOW);
    assertThat(check(token, NOW)).isInstanceOf(Granted.class);
    assertThat(check(token, NOW + 59)).isInstanceOf(Granted.class);
    assertThat(fault(token, NOW + 60)).isEqualTo(TokenFault.EXPIRED);
  }

  @Test
  void aFractionOfASecondCountsDown() {
    String token = EC.sign(EC.header(), with("exp", NOW + 0.9));
    assertThat(check(token, NOW + 59)).isInstanceOf(Granted.class);
    assertThat(fault(token, NOW + 60)).isEqualTo(TokenFault.EXPIRED);
  }

  static Stream<Arguments> wrongClaims() {
    return Stream.of(
        Arguments.of(with("iss", "https://issuer.example.com"), TokenFault.ISSUER),
        Arguments.of(with("iss", List.of(Issuer.NAME)), TokenFault.ISSUER),
        Arguments.of(without("iss"), TokenFault.ISSUER),
        Arguments.of(with("aud", "other"), TokenFault.AUDIENCE),
        Arguments.of(with("aud", "Echo"), TokenFault.AUDIENCE),
        Arguments.of(with("aud", List.of("a", "b")), TokenFault.AUDIENCE),
        Arguments.of(with("aud", List.of()), TokenFault.AUDIENCE),
        Arguments.of(with("aud", Map.of("echo", true)), TokenFault.AUDIENCE),
        Arguments.of(without("aud"), TokenFault.AUDIENCE),
        Arguments.of(without("exp"), TokenFault.NO_EXPIRY),
        Arguments.of(with("exp", "1900000000"), TokenFault.MALFORMED),
        Arguments.of(with("exp", -1), TokenFault.MALFORMED),
        Arguments.of(with("exp", 1e300), TokenFault.MALFORMED),
        Arguments.of(with("exp", NOW - 60), TokenFault.EXPIRED),
        Arguments.of(with("nbf", "0"), TokenFault.MALFORMED),
        Arguments.of(with("nbf", NOW + 61), TokenFault.NOT_YET_VALID));
  }

  @ParameterizedTest
  @MethodSource
  void wrongClaims(Map<String, Object> claims, TokenFault fault) {
    assertThat(fault(EC.sign(EC.header(), claims))).isEqualTo(fault);
  }

  @Test
  void theAudienceMayBeOneOfSeveral() {
    assertThat(check(EC.sign(EC.header(), with("aud", List.of("a", "echo")))))
        .isInstanceOf(Granted.class);
  }

  // ---- header

  static Stream<Arguments> wrongHeaders() {
    return Stream.of(
        Arguments.of("alg", "none", TokenFault.ALGORITHM),
        Arguments.of("alg", "None", TokenFault.ALGORITHM),
        Arguments.of("alg", "HS256", TokenFault.ALGORITHM),
        Arguments.of("alg", "ES384", TokenFault.ALGORITHM),
        Arguments.of("alg", "PS256", TokenFault.ALGORITHM),
        Arguments.of("alg", "es256", TokenFault.ALGORITHM),
        Arguments.of("alg", 7, TokenFault.ALGORITHM),
        Arguments.of("alg", "EdDSA", TokenFault.UNKNOWN_KEY), // the key of this kid is another
        Arguments.of("kid", "gone", TokenFault.UNKNOWN_KEY),
        Arguments.of("kid", 1, TokenFault.MALFORMED),
        Arguments.of("typ", "logout+jwt", TokenFault.TYPE),
        Arguments.of("typ", List.of("JWT"), TokenFault.TYPE),
        Arguments.of("crit", List.of("exp"), TokenFault.CRITICAL),
        Arguments.of("crit", List.of(), TokenFault.CRITICAL),
        Arguments.of("crit", "exp", TokenFault.CRITICAL),
        Arguments.of("b64", false, TokenFault.CRITICAL));
  }

  @ParameterizedTest
  @MethodSource
  void wrongHeaders(String parameter, Object value, TokenFault fault) {
    Map<String, Object> header = EC.header();
    header.put(parameter, value);
    assertThat(fault(EC.sign(header, Issuer.claims(EXPIRY)))).isEqualTo(fault);
  }

  @ParameterizedTest
  @ValueSource(strings = {"JWT", "jwt", "at+jwt", "application/at+jwt"})
  void theTypesOfAccessTokensAreTaken(String type) {
    Map<String, Object> header = EC.header();
    header.put("typ", type);
    assertThat(check(EC.sign(header, Issuer.claims(EXPIRY)))).isInstanceOf(Granted.class);
  }

  /** What a header brings along to be verified with is nothing to the router (RFC 8725 3.10). */
  @Test
  void aKeyWithinTheTokenIsNotBelieved() {
    Issuer stranger = new Issuer(TokenAlgorithm.ES256, "ec-1");
    Map<String, Object> header = stranger.header();
    header.put("jwk", stranger.jwk());
    header.put("jku", "https://evil.example.com/jwks");
    assertThat(fault(stranger.sign(header, Issuer.claims(EXPIRY)))).isEqualTo(TokenFault.SIGNATURE);
  }

  // ---- signature

  @ParameterizedTest
  @EnumSource(TokenAlgorithm.class)
  void aSignatureByAnotherKeyIsWrong(TokenAlgorithm algorithm) {
    Issuer good = new Issuer(algorithm, "k");
    Issuer bad = new Issuer(algorithm, "k");
    ring.publish(Issuer.keys(good));
    assertThat(fault(bad.token(EXPIRY))).isEqualTo(TokenFault.SIGNATURE);
  }

  @ParameterizedTest
  @EnumSource(TokenAlgorithm.class)
  void aChangedTokenIsRefused(TokenAlgorithm algorithm) {
    Issuer issuer = new Issuer(algorithm, "k");
    ring.publish(Issuer.keys(issuer));
    String[] parts = issuer.token(EXPIRY).split("\\.", -1);
    String claims = new String(java.util.Base64.getUrlDecoder().decode(parts[1]), UTF_8);
    String forged = Issuer.base64(claims.replace("alice", "admin").getBytes(UTF_8));
    assertThat(fault(parts[0] + "." + forged + "." + parts[2])).isEqualTo(TokenFault.SIGNATURE);
    for (int length : new int[] {0, 1, 32, 63, 65, 128, 255, 257}) {
      assertThat(fault(parts[0] + "." + parts[1] + "." + Issuer.base64(new byte[length])))
          .as("%d bytes of zero", length)
          .isEqualTo(TokenFault.SIGNATURE);
    }
  }

  /** CVE-2022-21449: zeros were once a signature of everything. */
  @Test
  void zerosAreNoSignature() {
    String[] parts = EC.token(EXPIRY).split("\\.", -1);
    assertThat(fault(parts[0] + "." + parts[1] + "." + Issuer.base64(new byte[64])))
        .isEqualTo(TokenFault.SIGNATURE);
  }

  @Test
  void unsignedTokensAreRefused() {
    Map<String, Object> header = EC.header();
    header.put("alg", "none");
    String[] parts = EC.sign(header, Issuer.claims(EXPIRY)).split("\\.", -1);
    assertThat(fault(parts[0] + "." + parts[1] + ".")).isEqualTo(TokenFault.ALGORITHM);
  }

  /** RFC 8725 2.1: the public key, which everybody has, as the secret of an HMAC. */
  @Test
  void aPublicKeyIsNoSecret() throws Exception {
    Map<String, Object> header = RSA.header();
    header.put("alg", "HS256");
    String[] parts = RSA.sign(header, Issuer.claims(EXPIRY)).split("\\.", -1);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(RSA.publicKey().getEncoded(), "HmacSHA256"));
    byte[] code = mac.doFinal((parts[0] + "." + parts[1]).getBytes(UTF_8));
    assertThat(fault(parts[0] + "." + parts[1] + "." + Issuer.base64(code)))
        .isEqualTo(TokenFault.ALGORITHM);
  }

  // ---- form

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "a.b",
        "a.b.c.d",
        "..",
        "e30.e30.e30", // {} has no algorithm
        "bnVsbA.bnVsbA.AA", // null
        "W10.W10.AA", // []
        "a+b.a/b.AA",
        "eyJhbGciOiJFUzI1NiJ9.x.AA"
      })
  void garbageIsRefused(String token) {
    assertThat(fault(token)).isIn(TokenFault.MALFORMED, TokenFault.ALGORITHM);
  }

  @Test
  void headerAndClaimsMustBeJson() {
    String claims = "{\"iss\": \"" + Issuer.NAME + "\"";
    assertThat(fault(EC.sign("{\"alg\": \"ES256\"}", claims))).isEqualTo(TokenFault.MALFORMED);
    assertThat(fault(EC.sign("\"ES256\"", claims + "}"))).isEqualTo(TokenFault.MALFORMED);
    assertThat(fault(EC.sign("{\"alg\":\"ES256\",\"alg\":\"none\"}", "{}")))
        .isEqualTo(TokenFault.MALFORMED);
    assertThat(fault(EC.sign("{\"alg\":\"ES256\"}", "{\"a\":" + "[".repeat(5000) + "}")))
        .isEqualTo(TokenFault.MALFORMED);
  }

  @Test
  void moreThanEightKibibytesAreNotLookedAt() {
    String token = EC.sign(EC.header(), with("x", "x".repeat(9000)));
    Refused refused = (Refused) check(token);
    assertThat(refused.refusal().detail()).startsWith("authorization: too long");
  }

  // ---- keys

  @Test
  void withoutKidTheOnlyKeyOfTheAlgorithmIsMeant() {
    Issuer silent = new Issuer(TokenAlgorithm.ES256, null);
    ring.publish(Issuer.keys(silent, RSA));
    assertThat(check(silent.token(EXPIRY))).isInstanceOf(Granted.class);
    ring.publish(Issuer.keys(silent, EC));
    assertThat(fault(silent.token(EXPIRY))).isEqualTo(TokenFault.UNKNOWN_KEY);
  }

  @Test
  void aKeyWithoutIdIsNotMeantByATokenThatNamesOne() {
    ring.publish(Issuer.keys(new Issuer(TokenAlgorithm.ES256, null)));
    assertThat(fault(EC.token(EXPIRY))).isEqualTo(TokenFault.UNKNOWN_KEY);
  }

  @Test
  void anUnknownKeyIsAskedFor() {
    assertThat(check(EC.token(EXPIRY))).isInstanceOf(Granted.class);
    assertThat(unknownKeys).hasValue(0);
    fault(new Issuer(TokenAlgorithm.ES256, "ec-2").token(EXPIRY));
    assertThat(unknownKeys).hasValue(1);
  }

  @Test
  void rotationTakesTheNewKeyAndForgetsWhatTheOldOneSigned() {
    Issuer next = new Issuer(TokenAlgorithm.ES256, "ec-2");
    String old = EC.token(EXPIRY);
    assertThat(check(old)).isInstanceOf(Granted.class);

    ring.publish(Issuer.keys(EC, next));
    assertThat(check(old)).isInstanceOf(Granted.class);
    assertThat(check(next.token(EXPIRY))).isInstanceOf(Granted.class);

    ring.publish(Issuer.keys(next));
    assertThat(fault(old)).isEqualTo(TokenFault.UNKNOWN_KEY);
    assertThat(check(next.token(EXPIRY))).isInstanceOf(Granted.class);
  }

  @Test
  void withoutKeysTheRouterSaysSo() {
    ring.publish(KeySet.NONE);
    Refused refused = (Refused) check(EC.token(EXPIRY));
    assertThat(refused.refusal().error()).isEqualTo(RouterError.UNAUTHORIZED);
    assertThat(refused.refusal().detail())
        .startsWith("token: cannot be verified: the router has no keys of the issuer yet");
    assertThat(unknownKeys).hasValue(0);
  }

  @Test
  void aTokenForOneEndpointIsNoneForAnother() {
    String token = EC.token(EXPIRY);
    assertThat(check(token)).isInstanceOf(Granted.class);
    var other = new Authentication.Token(AuthMode.AML_TOKEN, Issuer.NAME, "other", POLICY.keys());
    assertThat(check.check(Requests.with("Bearer " + token), new Gate(other, ring, null), NOW))
        .isEqualTo(TokenFault.AUDIENCE.refused);
  }

  // ---- cost

  @Test
  void aVerifiedTokenIsCheckedWithoutAllocation() {
    Head[] heads = {
      Requests.with("Bearer " + RSA.token(EXPIRY)),
      Requests.with("Bearer " + EC.token(EXPIRY)),
      Requests.with("Bearer " + ED.token(EXPIRY))
    };
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    check(heads, 1_000);

    long before = threads.getCurrentThreadAllocatedBytes();
    int granted = check(heads, 10_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(granted).isEqualTo(30_000);
    // the reading itself may allocate a little; one byte a request would be 30 000
    assertThat(allocated).isLessThan(10_000);
  }

  private int check(Head[] heads, int times) {
    int granted = 0;
    for (int i = 0; i < times; i++) {
      for (Head head : heads) {
        granted += check.check(head, gate, NOW) instanceof Granted ? 1 : 0;
      }
    }
    return granted;
  }

  private static Map<String, Object> with(String claim, Object value) {
    Map<String, Object> claims = Issuer.claims(EXPIRY);
    claims.put(claim, value);
    return claims;
  }

  private static Map<String, Object> without(String claim) {
    Map<String, Object> claims = Issuer.claims(EXPIRY);
    claims.remove(claim);
    return claims;
  }

  private Verdict check(String token) {
    return check(token, NOW);
  }

  private Verdict check(String token, long epochSecond) {
    return check.check(Requests.with("Bearer " + token), gate, epochSecond);
  }

  private long caller(String token) {
    return ((Granted) check(token)).caller();
  }

  private TokenFault fault(String token) {
    return fault(token, NOW);
  }

  private TokenFault fault(String token, long epochSecond) {
    Verdict verdict = check(token, epochSecond);
    return Stream.of(TokenFault.values())
        .filter(fault -> fault.refused.equals(verdict))
        .findFirst()
        .orElseThrow(() -> new AssertionError(verdict));
  }
}
