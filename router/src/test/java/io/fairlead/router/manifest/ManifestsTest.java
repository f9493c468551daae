package io.fairlead.router.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.certs.Authority;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Pem;
import io.fairlead.certs.Validity;
import io.fairlead.router.model.Access;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ClientCertificates;
import io.fairlead.router.model.Cors;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.KeyDigest;
import io.fairlead.router.model.Mirror;
import io.fairlead.router.model.RateLimit;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.model.ScaleOptions;
import io.fairlead.router.model.ScaleSettings;
import io.fairlead.router.model.ScaleTargetRef;
import io.fairlead.router.model.ScheduledFloor;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.model.TokenKeys;
import io.fairlead.router.resource.Documents;
import io.fairlead.router.resource.Problem;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ManifestsTest {
  private static final String CA =
      Pem.of(
          List.of(
              Authority.create(
                      "test CA",
                      KeyType.EC,
                      new Validity(Instant.EPOCH, Instant.parse("2099-01-01T00:00:00Z")),
                      new SecureRandom())
                  .certificate()));

  /** The key of RFC 7517 A.1. */
  private static final String JWKS =
      "{\"keys\": [{\"kty\": \"EC\", \"crv\": \"P-256\","
          + " \"x\": \"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
          + " \"y\": \"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\", \"kid\": \"1\"}]}";

  /** The smallest manifest of the documentation, as it is printed there. */
  private static final String SMALLEST =
      """
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineEndpoint
      metadata: {name: echo}
      spec: {authMode: None, traffic: {blue: 100}}
      ---
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineDeployment
      metadata: {name: echo-blue}
      spec: {name: blue, endpointName: echo, addresses: ["127.0.0.1:5001", "127.0.0.1:5002"]}
      """;

  private static final String FULL =
      """
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineEndpoint
      metadata:
        name: Chat
        namespace: team-a
        labels: {team: a}
        annotations: {note: "1"}
      spec:
        authMode: Key
        authSecretRef: {name: chat-keys}
        clientCertificate: {caSecretRef: {name: chat-keys}, subjects: [caller.example.com]}
        traffic: {blue: 90, green: 10}
        mirrorTraffic: {canary: 5}
        stickyHeader: X-User
        allowedPaths: [/v1/, /v2]
        webSocket: true
        cors: {origins: ["https://a.example.com:8443"], methods: [POST], headers: [x-b], maxAgeSeconds: 9}
        rateLimit: {requestsPerSecond: 50, burst: 100, per: key}
        forwardAuthorization: true
        maxRequestBytes: 1048576
        publicBaseUrl: https://models.example.com/base
      ---
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineDeployment
      metadata: {name: blue, namespace: team-a}
      spec:
        endpointName: Chat
        addresses: ["[::1]:5001", "localhost:5001", 10.0.0.7:80]
        scoring: {port: 8000, path: /v1/score, protocol: h2c, healthPath: /healthz}
        requestSettings:
          requestTimeoutMs: 60000
          maxConcurrentRequestsPerInstance: 8
          maxQueueWaitMs: 0
          maxQueueLength: 3
          bodyPrefixBytes: 0
          onClientGone: cancel
          idempotent: true
          hedging: true
          coordination: strict
        scaleSettings:
          type: TargetUtilization
          minInstances: 1
          maxInstances: 5
          targetUtilizationPercentage: 80
          pollingInterval: 2
          mode: advisory
          maxStep: 2
          countStarting: true
          panic: true
          coldStartWaitMs: 1000
          schedule:
            - {name: office, days: [Mon, Fri], from: "07:30", until: "19:00", timeZone: Europe/Berlin, minInstances: 3}
            - {name: night, from: "23:00", until: "01:00", minInstances: 2}
        instanceCount: 2
        scaleTargetRef: {kind: Deployment, name: chat-blue}
      ---
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineDeployment
      metadata: {name: green, namespace: team-a}
      spec: {endpointName: Chat, addresses: []}
      ---
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineDeployment
      metadata: {name: canary, namespace: team-a}
      spec: {endpointName: Chat, addresses: []}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: chat-keys, namespace: team-a}
      type: Opaque
      immutable: true
      data: {primaryKey: cHJpbWFyeS0wMTIzNDU2Nzg5}
      stringData: {secondaryKey: secondary-0123456789, ca.crt: "CA"}
      ---
      """
          .replace("CA", CA.replace("\n", "\\n"));

  @Test
  void readsTheSmallestManifest() {
    Reading.Accepted reading = accepted(Map.of("echo.yaml", SMALLEST));

    Endpoint echo = reading.state().endpoints().getFirst();
    assertThat(echo.namespace()).isEqualTo("default");
    assertThat(echo.name()).isEqualTo("echo");
    assertThat(echo.access()).isEqualTo(Access.OPEN);
    assertThat(echo.traffic().split().percent()).containsExactly(Map.entry("blue", 100));
    assertThat(reading.state().deployments())
        .containsExactly(
            new Deployment(
                new DeploymentKey("default", "echo", "blue"),
                List.of(new Replica("127.0.0.1", 5001), new Replica("127.0.0.1", 5002)),
                Scoring.DEFAULT,
                RequestSettings.DEFAULT));
  }

  @Test
  void readsEveryField() {
    Reading.Accepted reading = accepted(Map.of("chat.yaml", FULL));

    Endpoint chat = reading.state().endpoints().getFirst();
    assertThat(chat.namespace()).isEqualTo("team-a");
    assertThat(chat.name()).isEqualTo("Chat");
    assertThat(chat.traffic().split().percent())
        .containsExactly(Map.entry("blue", 90), Map.entry("green", 10));
    assertThat(chat.allowedPaths()).containsExactly("/v1/", "/v2");
    assertThat(chat.traffic().mirror()).isEqualTo(new Mirror("canary", 5));
    assertThat(chat.traffic().stickyHeader()).isEqualTo("x-user");
    assertThat(chat.webSocket()).isTrue();
    assertThat(chat.access())
        .isEqualTo(
            new Access(
                new Authentication.Keys(
                    List.of(
                        KeyDigest.of("primary-0123456789"), KeyDigest.of("secondary-0123456789"))),
                new ClientCertificates(CA, null, List.of("caller.example.com")),
                true,
                new Cors(List.of("https://a.example.com:8443"), List.of("POST"), List.of("x-b"), 9),
                new RateLimit(50, 100, RateLimit.Per.KEY),
                1_048_576));
    assertThat(chat.publicBaseUrl()).isEqualTo("https://models.example.com/base");
    Deployment blue = reading.state().deployments().getFirst();
    assertThat(blue)
        .isEqualTo(
            new Deployment(
                new DeploymentKey("team-a", "Chat", "blue"),
                List.of(
                    new Replica("::1", 5001),
                    new Replica("127.0.0.1", 5001),
                    new Replica("10.0.0.7", 80)),
                new Scoring(8000, "/v1/score", Scoring.Protocol.H2C, "/healthz"),
                new RequestSettings(
                    Duration.ofMinutes(1),
                    8,
                    Duration.ZERO,
                    3,
                    0,
                    OnClientGone.CANCEL,
                    true,
                    true,
                    RequestSettings.Coordination.STRICT),
                new ScaleSettings(
                    ScaleSettings.Type.TARGET_UTILIZATION,
                    1,
                    5,
                    80,
                    Duration.ofSeconds(2),
                    ScaleSettings.Mode.ADVISORY,
                    2,
                    new ScaleOptions(
                        true,
                        true,
                        Duration.ofSeconds(1),
                        List.of(
                            new ScheduledFloor(
                                "office",
                                3,
                                Set.of(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
                                LocalTime.of(7, 30),
                                LocalTime.of(19, 0),
                                ZoneId.of("Europe/Berlin")),
                            new ScheduledFloor(
                                "night",
                                2,
                                Set.of(DayOfWeek.values()),
                                LocalTime.of(23, 0),
                                LocalTime.of(1, 0),
                                ZoneId.of("UTC"))))),
                2,
                new ScaleTargetRef("Deployment", "chat-blue")));
    assertThat(reading.secrets()).isEqualTo(1);
    assertThat(reading.state().deployments().get(1).replicas()).isEmpty();
  }

  @Test
  void readsWhereTokensAreVerified() {
    String aml = "authMode: AMLToken, token: {issuer: me, jwks: ";

    assertThat(authentication(aml + "{file: keys.json}}"))
        .isEqualTo(
            new Authentication.Token(
                AuthMode.AML_TOKEN, "me", "echo", new TokenKeys.File("keys.json")));
    assertThat(authentication(aml + "{url: 'https://a.example.com/keys'}, audience: you}"))
        .isEqualTo(
            new Authentication.Token(
                AuthMode.AML_TOKEN,
                "me",
                "you",
                new TokenKeys.Url(URI.create("https://a.example.com/keys"))));
    assertThat(authentication("authMode: AADToken, token: {issuer: 'https://a.example.com/'}"))
        .isEqualTo(
            new Authentication.Token(
                AuthMode.AAD_TOKEN, "https://a.example.com/", "echo", new TokenKeys.Discovered()));
  }

  @Test
  void readsKeysFromASecret() {
    assertThat(accepted(withKeys(JWKS)).state().endpoints().getFirst().access().authentication())
        .isEqualTo(
            new Authentication.Token(AuthMode.AML_TOKEN, "me", "echo", new TokenKeys.Inline(JWKS)));
  }

  @Test
  void keysThatAreNoneAreRefusedWithoutBeingShown() {
    assertThat(refused(withKeys(JWKS.replace("\"kid\"", "\"d\": \"hush\", \"kid\""))))
        .singleElement()
        .asString()
        .startsWith("m.yaml:4:")
        .contains("spec.token.jwks.secretRef.name: jwks.json: no key that can be used; keys[0]")
        .doesNotContain("hush");
  }

  private static Map<String, String> withKeys(String jwks) {
    String token = "authMode: AMLToken, token: {issuer: me, jwks: {secretRef: {name: keys}}}";
    return Map.of(
        "m.yaml",
        SMALLEST.replace("authMode: None", token),
        "secret.yaml",
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData: {jwks.json: '%s'}
        """
            .formatted(jwks));
  }

  @Test
  void authoritiesThatAreNoneAreRefusedWithoutBeingShown() {
    String secret =
        """
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: ca}
        stringData: {ca.crt: "hush"}
        """;
    String spec = "authMode: None, clientCertificate: {caSecretRef: {name: ca}}";

    assertThat(refused(Map.of("m.yaml", SMALLEST.replace("authMode: None", spec) + secret)))
        .containsExactly(
            "m.yaml:4:64: spec.clientCertificate.caSecretRef.name: ca.crt: not shown"
                + " (expected: certificates, PEM)");
  }

  private static Authentication authentication(String spec) {
    return accepted(Map.of("m.yaml", SMALLEST.replace("authMode: None", spec)))
        .state()
        .endpoints()
        .getFirst()
        .access()
        .authentication();
  }

  @Test
  void keysThatAreNoBearerTokensAreRefusedWithoutBeingShown() {
    String keys =
        """
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData: {primaryKey: "short", secondaryKey: "has blanks, which no token may"}
        """;
    Map<String, String> files =
        Map.of("m.yaml", SMALLEST.replace("authMode: None", "authSecretRef: {name: keys}") + keys);

    assertThat(refused(files))
        .hasSize(2)
        .allSatisfy(problem -> assertThat(problem).contains("not shown").contains("RFC 6750"));
  }

  @Test
  void halfAPairOfKeysIsRefused() {
    String keys =
        """
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData: {primaryKey: "primary-0123456789"}
        """;
    Map<String, String> files =
        Map.of("m.yaml", SMALLEST.replace("authMode: None", "authSecretRef: {name: keys}") + keys);

    assertThat(refused(files))
        .containsExactly(
            "m.yaml:4:30: spec.authSecretRef.name: Secret keys has no secondaryKey"
                + " (expected: primaryKey and secondaryKey)");
  }

  @Test
  void unlimitedDeploymentCancelsUnlessToldOtherwise() {
    String unlimited = "{maxConcurrentRequestsPerInstance: 0}";
    String holding = "{maxConcurrentRequestsPerInstance: 0, onClientGone: hold}";

    assertThat(settings(unlimited).onClientGone()).isEqualTo(OnClientGone.CANCEL);
    assertThat(settings(holding).onClientGone()).isEqualTo(OnClientGone.HOLD);
    assertThat(settings("{}").onClientGone()).isEqualTo(OnClientGone.HOLD);
  }

  @Test
  void keepsTheOrderOfFilesAndPositions() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("a.yaml", endpoint("zebra") + endpoint("mouse"));
    files.put("b.yaml", endpoint("ant"));

    assertThat(accepted(files).state().endpoints())
        .extracting(Endpoint::name)
        .containsExactly("zebra", "mouse", "ant");
  }

  @Test
  void sameNameInAnotherNamespaceIsAnotherEndpoint() {
    String other = endpoint("echo").replace("{name: echo}", "{name: echo, namespace: other}");

    assertThat(accepted(Map.of("a.yaml", endpoint("echo") + other)).state().endpoints())
        .extracting(Endpoint::namespace)
        .containsExactly("default", "other");
  }

  @Test
  void resourcesOfSeveralFilesFitTogether() {
    String[] halves = SMALLEST.split("---\n", -1);

    assertThat(accepted(Map.of("1.yaml", halves[1], "2.yml", halves[0])).state().deployments())
        .hasSize(1);
  }

  @Test
  void endpointWithoutDeploymentsIsAllowed() {
    assertThat(accepted(Map.of("a.yaml", endpoint("echo"))).state().deployments()).isEmpty();
  }

  @Test
  void problemsOfAllFilesAreReportedInOrder() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("a.yaml", endpoint("echo").replace("None", "Key"));
    files.put("b.yaml", SMALLEST.replace("blue: 100", "blue: 150").replace("5002", "x"));

    assertThat(refused(files))
        .containsExactly(
            "a.yaml:4:7: spec.authSecretRef: missing (expected: {name: SECRET} with primaryKey and"
                + " secondaryKey for authMode Key; or authMode: None)",
            "b.yaml:3:18: metadata.name: echo is taken"
                + " (expected: a name unlike that of a.yaml:3:18)",
            "b.yaml:4:40: spec.traffic.blue: 150 (expected: whole percent 0 to 100)",
            "b.yaml:9:70: spec.addresses[1]: \"127.0.0.1:x\""
                + " (expected: IPv4:port, [IPv6]:port or localhost:port; no other names)");
  }

  @Test
  void brokenFileHidesWhatOthersMissOfIt() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("deployment.yaml", SMALLEST.split("---\n", -1)[1]);
    files.put("endpoint.yaml", "spec: [");

    assertThat(refused(files)).singleElement().asString().startsWith("endpoint.yaml:1:8: YAML: ");
  }

  @Test
  void tooLargeFileIsRefusedUnread() {
    String big = "# " + "x".repeat(Documents.MAX_FILE_BYTES);

    assertThat(refused(Map.of("big.yaml", big)))
        .containsExactly("big.yaml: size: over 1048576 bytes (expected: less, or several files)");
  }

  @Test
  void tooManyDocumentsAreRefused() {
    String document = "{kind: Secret, apiVersion: v1, metadata: {name: s}}\n---\n";
    Map<String, String> files = Map.of("a.yaml", document.repeat(Manifests.MAX_DOCUMENTS + 1));

    assertThat(refused(files))
        .contains("a.yaml:20001:1: document: too many (expected: at most 10000)");
  }

  @Test
  void aliasBombIsRefusedQuickly() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 20; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i));
      bomb.append(("*a" + (i - 1) + ",").repeat(9)).append("]\n");
    }

    assertThat(refused(Map.of("bomb.yaml", bomb.toString())))
        .containsExactly(
            "bomb.yaml: YAML: Number of aliases for non-scalar nodes exceeds the specified max=50");
  }

  @Test
  void textThatIsNotUtf8IsRefused() {
    Map<String, byte[]> files = Map.of("latin.yaml", new byte[] {'a', ':', ' ', (byte) 0xe9});

    assertThat(((Reading.Refused) Manifests.read(files, 1)).problems())
        .extracting(Problem::toString)
        .containsExactly("latin.yaml: encoding: not UTF-8 (expected: UTF-8)");
  }

  @Test
  void unprintableTextIsRefused() {
    assertThat(refused(Map.of("a.yaml", "kind: \u0001")))
        .containsExactly(
            "a.yaml: YAML: character 0x1 at offset 6 (expected: printable characters)");
  }

  @Test
  void byteOrderMarkIsSkipped() {
    assertThat(accepted(Map.of("a.yaml", "\uFEFF" + SMALLEST)).state().endpoints()).hasSize(1);
  }

  private static String endpoint(String name) {
    return SMALLEST.split("---\n", -1)[0].replace("echo", name).replace("{blue: 100}", "{}")
        + "---\n";
  }

  private static RequestSettings settings(String requestSettings) {
    String yaml =
        SMALLEST.replace("addresses:", "requestSettings: " + requestSettings + ", addresses:");
    return accepted(Map.of("a.yaml", yaml)).state().deployments().getFirst().requestSettings();
  }

  private static Reading.Accepted accepted(Map<String, String> files) {
    Reading reading = Manifests.read(bytes(files), 1);
    assertThat(reading).isInstanceOf(Reading.Accepted.class);
    return (Reading.Accepted) reading;
  }

  private static List<String> refused(Map<String, String> files) {
    Reading reading = Manifests.read(bytes(files), 1);
    assertThat(reading).isInstanceOf(Reading.Refused.class);
    return ((Reading.Refused) reading).problems().stream().map(Problem::toString).toList();
  }

  private static Map<String, byte[]> bytes(Map<String, String> files) {
    Map<String, byte[]> bytes = new LinkedHashMap<>();
    files.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
    return bytes;
  }
}
