package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.auth.Gate;
import io.fairlead.router.auth.Issuer;
import io.fairlead.router.auth.KeyRing;
import io.fairlead.router.auth.KeySet;
import io.fairlead.router.auth.TokenAlgorithm;
import io.fairlead.router.model.Access;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.KeyDigest;
import io.fairlead.router.model.TokenKeys;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 2 of the contract, over the wire: who may call. */
final class ContractSection2Test {
  private static final Instant NOW = Instant.parse("2027-01-15T08:00:00Z");
  private static final String PRIMARY = "Bearer primary-key-0123456789";
  private static final String SECONDARY = "Bearer secondary-key-0123456789";
  private static final String NO_KEY = "Bearer tertiary-key-0123456789";
  private static final Authentication.Keys KEYS =
      new Authentication.Keys(
          List.of(
              KeyDigest.of("primary-key-0123456789"), KeyDigest.of("secondary-key-0123456789")));
  private static final Issuer ISSUER = new Issuer(TokenAlgorithm.ES256, "k1");

  @RegisterExtension final Stage stage = new Stage();

  /** Both versions of HTTP. */
  enum Version {
    HTTP1,
    HTTP2
  }

  /** An answer of either version, as far as this section says something of it. */
  private record Seen(int status, Map<String, String> fields, String body) {
    @Nullable String challenge() {
      return fields.get("www-authenticate");
    }

    @Nullable String reason() {
      return fields.get("x-fairlead-reason");
    }
  }

  private FakeReplica start(Authentication authentication, Gate gate, boolean forward)
      throws IOException {
    stage.setup.access = new Access(authentication, null, forward, null, null, 0);
    stage.setup.gates = endpoint -> gate;
    stage.setup.wallClock = InstantSource.fixed(NOW);
    FakeReplica replica = stage.replica();
    stage.start(replica);
    return replica;
  }

  private FakeReplica startWithKeys() throws IOException {
    return start(KEYS, Gate.of(KEYS), false);
  }

  private FakeReplica startWithTokens(KeySet keys) throws IOException {
    var policy =
        new Authentication.Token(
            AuthMode.AML_TOKEN, Issuer.NAME, "echo", new TokenKeys.File("unused"));
    return start(policy, new Gate(policy, KeyRing.of(keys), null), false);
  }

  private Seen call(Version version, String... authorizations) throws Exception {
    return version == Version.HTTP1 ? callHttp1(authorizations) : callHttp2(authorizations);
  }

  private Seen callHttp1(String... authorizations) throws IOException {
    String[] fields = new String[authorizations.length];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = "Authorization: " + authorizations[i];
    }
    Answer answer = stage.caller().call(Caller.post("{}", fields));
    Map<String, String> seen = new HashMap<>();
    answer.fields().forEach(field -> seen.put(field.split(": ", 2)[0], field.split(": ", 2)[1]));
    return new Seen(answer.status(), seen, answer.body());
  }

  private Seen callHttp2(String... authorizations) throws Exception {
    String[] fields = new String[2 + 2 * authorizations.length];
    fields[0] = "content-length";
    fields[1] = "2";
    for (int i = 0; i < authorizations.length; i++) {
      fields[2 + 2 * i] = "authorization";
      fields[3 + 2 * i] = authorizations[i];
    }
    try (Http2Caller caller = Http2Caller.connect(stage.port())) {
      caller.post(1, false, fields).data(1, true, "{}").send();
      Http2Caller.Answer answer = caller.answer(1);
      return new Seen(answer.status(), answer.fields(), answer.body());
    }
  }

  // ---- Key

  /** "Authorization: Bearer primary or secondary key; both valid at all times" */
  @ParameterizedTest
  @EnumSource
  void bothKeysAreGood(Version version) throws Exception {
    startWithKeys();
    assertThat(call(version, PRIMARY).status()).isEqualTo(200);
    assertThat(call(version, SECONDARY).status()).isEqualTo(200);
  }

  /** "Failure is 401 with WWW-Authenticate: Bearer and no upstream call." */
  @ParameterizedTest
  @EnumSource
  void withoutAGoodKeyItIs401AndTheModelIsNotAsked(Version version) throws Exception {
    FakeReplica replica = startWithKeys();

    Seen missing = call(version);
    assertThat(missing.status()).isEqualTo(401);
    assertThat(missing.challenge()).isEqualTo("Bearer");
    assertThat(missing.reason()).isEqualTo("unauthorized");
    for (String[] wrong :
        new String[][] {
          {NO_KEY},
          {PRIMARY + "x"},
          {PRIMARY.substring(0, 20)},
          {"Bearer"},
          {"Basic cHJpbWFyeS1rZXktMDEyMzQ1Njc4OQ=="},
          {PRIMARY, SECONDARY},
          {"Bearer " + "k".repeat(9_000)}
        }) {
      Seen refused = call(version, wrong);
      assertThat(refused.status()).as(wrong[0]).isEqualTo(401);
      assertThat(refused.challenge()).startsWith("Bearer error=\"invalid_token\"");
      assertThat(refused.reason()).isEqualTo("unauthorized");
    }
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** Nothing that is said of a wrong key tells how it was wrong. */
  @Test
  void everyWrongKeyGetsTheSameWords() throws Exception {
    startWithKeys();
    Seen one = call(Version.HTTP1, NO_KEY);
    Seen other = call(Version.HTTP1, PRIMARY + "x");
    assertThat(other.challenge()).isEqualTo(one.challenge());
    assertThat(other.body().replaceAll("\"requestId\":\"[^\"]*\"", ""))
        .isEqualTo(one.body().replaceAll("\"requestId\":\"[^\"]*\"", ""))
        .doesNotContain("primary");
  }

  /** Section 5: 401 in both profiles. */
  @ParameterizedTest
  @EnumSource
  void theManagedProfileSays401Too(Version version) throws Exception {
    stage.setup.profile = ErrorProfile.MANAGED;
    startWithKeys();
    assertThat(call(version, NO_KEY).status()).isEqualTo(401);
  }

  /** "Authorization is never forwarded to the model unless the endpoint says so." */
  @ParameterizedTest
  @EnumSource
  void theModelDoesNotSeeTheCredential(Version version) throws Exception {
    FakeReplica replica = startWithKeys();
    assertThat(call(version, PRIMARY).status()).isEqualTo(200);
    assertThat(replica.takeRequest().toLowerCase(Locale.ROOT)).doesNotContain("authorization");
  }

  @ParameterizedTest
  @EnumSource
  void theModelSeesTheCredentialWhereTheEndpointSaysSo(Version version) throws Exception {
    FakeReplica replica = start(KEYS, Gate.of(KEYS), true);
    assertThat(call(version, PRIMARY).status()).isEqualTo(200);
    assertThat(replica.takeRequest().toLowerCase(Locale.ROOT))
        .contains("authorization: bearer primary-key-0123456789\r\n");
  }

  /** Section 10: unknown endpoint, method, credential, declared length, deployment. */
  @Test
  void theCredentialComesAfterTheMethodAndBeforeTheLength() throws Exception {
    startWithKeys();
    try (Caller caller = stage.caller()) {
      assertThat(caller.call(Caller.get("/api/v1/endpoint/none/score")).status()).isEqualTo(404);
      assertThat(
              caller.call("DELETE " + TestRouter.SCORE + " HTTP/1.1\r\nHost: r\r\n\r\n").status())
          .isEqualTo(405);
    }
    try (Caller caller = stage.caller()) {
      assertThat(
              caller
                  .call(
                      "POST "
                          + TestRouter.SCORE
                          + " HTTP/1.1\r\nHost: r\r\nContent-Length: 999999999\r\n\r\n")
                  .status())
          .isEqualTo(401);
    }
    try (Caller caller = stage.caller()) {
      assertThat(caller.call(Caller.post("{}", "azureml-model-deployment: none")).status())
          .isEqualTo(401);
    }
  }

  /** A refusal does not end the connection: the next request on it may have the key. */
  @Test
  void theConnectionStaysAfterARefusal() throws Exception {
    startWithKeys();
    try (Caller caller = stage.caller()) {
      assertThat(caller.call(Caller.post("{}", "Authorization: " + NO_KEY)).status())
          .isEqualTo(401);
      assertThat(caller.call(Caller.post("{}", "Authorization: " + PRIMARY)).status())
          .isEqualTo(200);
    }
  }

  // ---- AMLToken

  /** "iss, aud = the endpoint, exp/nbf with 60 s skew, kid against a JWKS" */
  @ParameterizedTest
  @EnumSource
  void aTokenOfTheIssuerIsGood(Version version) throws Exception {
    startWithTokens(Issuer.keys(ISSUER));
    String token = "Bearer " + ISSUER.token(NOW.getEpochSecond() + 600);
    assertThat(call(version, token).status()).isEqualTo(200);
    assertThat(call(version, token).status()).as("again").isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource
  void aTokenThatIsNotIsRefusedWithWhatIsWrongWithIt(Version version) throws Exception {
    FakeReplica replica = startWithTokens(Issuer.keys(ISSUER));
    long later = NOW.getEpochSecond() + 600;
    Map<String, Object> forAnother = Issuer.claims(later);
    forAnother.put("aud", "other");
    Map<String, Object> unsigned = ISSUER.header();
    unsigned.put("alg", "none");

    refused(version, ISSUER.token(NOW.getEpochSecond() - 60), "has expired");
    refused(version, ISSUER.sign(ISSUER.header(), forAnother), "is for another audience");
    refused(version, ISSUER.sign(unsigned, Issuer.claims(later)), "has an algorithm that");
    refused(version, new Issuer(TokenAlgorithm.ES256, "k1").token(later), "has a wrong signature");
    refused(version, new Issuer(TokenAlgorithm.ES256, "k2").token(later), "has a key that");
    refused(version, "garbage", "is malformed");
    assertThat(replica.acceptedConnections()).isZero();
  }

  private void refused(Version version, String token, String what) throws Exception {
    Seen seen = call(version, "Bearer " + token);
    assertThat(seen.status()).as(what).isEqualTo(401);
    assertThat(seen.challenge())
        .startsWith("Bearer error=\"invalid_token\", error_description=\"the token " + what);
    assertThat(seen.body()).contains("\"detail\":\"token: " + what);
    assertThat(seen.body()).doesNotContain(token);
  }

  @Test
  void withoutKeysEveryTokenIs401() throws Exception {
    startWithTokens(KeySet.NONE);
    refused(
        Version.HTTP1, ISSUER.token(NOW.getEpochSecond() + 600), "cannot be verified: the router");
  }

  // ---- None

  /** "only when written explicitly" */
  @ParameterizedTest
  @ValueSource(strings = {"Bearer x", "Basic eDp5"})
  void anOpenEndpointLooksAtNothing(String authorization) throws Exception {
    stage.start(stage.replica());
    assertThat(call(Version.HTTP1, authorization).status()).isEqualTo(200);
    assertThat(call(Version.HTTP2).status()).isEqualTo(200);
  }
}
