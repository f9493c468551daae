package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.model.TrafficSplit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 1 of the contract: addresses, methods, names. */
class ContractSection1Test {
  private static final String ENDPOINT = "/api/v1/endpoint/echo";

  @RegisterExtension final Stage stage = new Stage();

  private FakeReplica start(String... allowedPaths) throws Exception {
    stage.setup.allowedPaths = List.of(allowedPaths);
    FakeReplica replica = stage.replica();
    stage.start(replica);
    return replica;
  }

  private static String requestLine(FakeReplica replica) throws InterruptedException {
    String request = replica.takeRequest();
    return request.substring(0, request.indexOf(" HTTP/1.1\r\n"));
  }

  /**
   * "score: {@code /api/v1/endpoint/<endpoint>/score} [O]; alias {@code
   * /api/v1/service/<endpoint>/score} [D]"; the container's default is {@code POST|GET|OPTIONS
   * /score}.
   */
  @ParameterizedTest
  @CsvSource({
    "HTTP1, /api/v1/endpoint/echo/score, /score",
    "HTTP2, /api/v1/endpoint/echo/score, /score",
    "HTTP1, /api/v1/service/echo/score, /score",
    "HTTP2, /api/v1/service/echo/score, /score",
    "HTTP1, /api/v1/endpoint/echo/score?verbose=1&x=/a, /score?verbose=1&x=/a",
    "HTTP2, /api/v1/service/echo/score?, /score?",
    "HTTP1, /api/v1/endpoint/%65cho/score, /score",
  })
  void scoreHasAnAddressAndAnAlias(Asker.Version version, String target, String model)
      throws Exception {
    FakeReplica replica = start();
    try (Asker asker = version.connect(stage.port())) {
      assertThat(asker.ask("POST", target, "{}").status()).isEqualTo(200);
    }
    assertThat(requestLine(replica)).isEqualTo("POST " + model);
  }

  /** "swagger: same alias; forwarded to the model's {@code /swagger.json} (query kept)". */
  @ParameterizedTest
  @CsvSource({
    "HTTP1, /api/v1/endpoint/echo/swagger.json, /swagger.json",
    "HTTP2, /api/v1/endpoint/echo/swagger.json?version=3, /swagger.json?version=3",
    "HTTP1, /api/v1/service/echo/swagger.json?version=3, /swagger.json?version=3",
    "HTTP2, /api/v1/service/echo/swagger.json, /swagger.json",
  })
  void swaggerIsTheModels(Asker.Version version, String target, String model) throws Exception {
    FakeReplica replica = start();
    try (Asker asker = version.connect(stage.port())) {
      assertThat(asker.ask("GET", target, "").status()).isEqualTo(200);
    }
    assertThat(requestLine(replica)).isEqualTo("GET " + model);
  }

  /**
   * "{@code /api/v1/endpoint/<endpoint>/<rest>} is forwarded as {@code /<rest>} only if the
   * endpoint allows it ({@code allowedPaths}, prefixes; default none)."
   */
  @ParameterizedTest
  @CsvSource({
    "HTTP1, /v2/models/m/infer, 200",
    "HTTP2, /v2/models/m/infer?x=1, 200",
    "HTTP1, /v2, 200",
    "HTTP2, /v20/models, 404",
    "HTTP1, /v1/models, 404",
    "HTTP2, /, 404",
    "HTTP1, '', 404",
    "HTTP2, /score/more, 404",
  })
  void subPathsAreForwardedWhereTheyAreAllowed(Asker.Version version, String rest, int status)
      throws Exception {
    FakeReplica replica = start("/v2");
    try (Asker asker = version.connect(stage.port())) {
      Answer answer = asker.ask("POST", ENDPOINT + rest, "{}");
      assertThat(answer.status()).isEqualTo(status);
      if (status == 404) {
        assertThat(answer.reason()).isEqualTo("endpoint_not_found");
        assertThat(replica.acceptedConnections()).isZero();
      } else {
        assertThat(requestLine(replica)).isEqualTo("POST " + rest);
      }
    }
  }

  /** "default none". */
  @ParameterizedTest
  @EnumSource
  void noSubPathIsAllowedByDefault(Asker.Version version) throws Exception {
    start();
    try (Asker asker = version.connect(stage.port())) {
      assertThat(asker.ask("POST", ENDPOINT + "/v2/models/m/infer", "{}").status()).isEqualTo(404);
    }
  }

  /**
   * "Methods: score takes POST, GET, OPTIONS [D], else 405 with Allow; swagger takes GET and HEAD;
   * allowed sub-paths take any but CONNECT and TRACE." The order of answers puts the method before
   * the deployment.
   */
  @ParameterizedTest
  @CsvSource({
    "/score,        POST,    200, ''",
    "/score,        GET,     200, ''",
    "/score,        OPTIONS, 200, ''",
    "/score,        HEAD,    405, 'POST, GET, OPTIONS'",
    "/score,        PUT,     405, 'POST, GET, OPTIONS'",
    "/score,        DELETE,  405, 'POST, GET, OPTIONS'",
    "/score,        BREW,    405, 'POST, GET, OPTIONS'",
    "/swagger.json, GET,     200, ''",
    "/swagger.json, HEAD,    200, ''",
    "/swagger.json, POST,    405, 'GET, HEAD'",
    "/swagger.json, OPTIONS, 405, 'GET, HEAD'",
    "/v2/x,         PUT,     200, ''",
    "/v2/x,         PATCH,   200, ''",
    "/v2/x,         DELETE,  200, ''",
    "/v2/x,         OPTIONS, 200, ''",
    "/v2/x,         BREW,    200, ''",
    "/v2/x,         TRACE,   405, 'POST, GET, OPTIONS'",
  })
  void eachPlaceTakesItsMethods(String rest, String method, int status, String allow)
      throws Exception {
    for (ErrorProfile profile : ErrorProfile.values()) {
      stage.setup.profile = profile;
      FakeReplica replica = stage.replica();
      replica.always(Script.respond("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
      stage.setup.allowedPaths = List.of("/v2");
      try (TestRouter router = stage.setup.start(address(replica))) {
        int port = router.listen();
        for (Asker.Version version : Asker.Version.values()) {
          try (Asker asker = version.connect(port)) {
            Answer answer = asker.ask(method, ENDPOINT + rest, "");
            assertThat(answer.status()).as("%s %s", profile, version).isEqualTo(status);
            if (status == 405) {
              assertThat(answer.field("allow")).isEqualTo(allow);
              assertThat(answer.reason()).isEqualTo("method_not_allowed");
              assertThat(replica.acceptedConnections()).isZero();
            } else {
              assertThat(replica.takeRequest()).startsWith(method + " ");
            }
          }
        }
      }
    }
  }

  /** "allowed sub-paths take any but CONNECT and TRACE"; its target names no path at all. */
  @Test
  void connectIsNoMethodHere() throws Exception {
    FakeReplica replica = start("/v2");
    Answer answer =
        stage.caller().call("CONNECT models.test:443 HTTP/1.1\r\nHost: models.test:443\r\n\r\n");
    assertThat(answer.status()).isBetween(400, 405);
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** "a load balancer without a second port may also use {@code GET /healthz} on the data port". */
  @ParameterizedTest
  @EnumSource
  void healthIsOnTheDataPortToo(Asker.Version version) throws Exception {
    FakeReplica replica = start();
    try (Asker asker = version.connect(stage.port())) {
      assertThat(asker.ask("GET", "/healthz", "").status()).isEqualTo(200);
      assertThat(asker.ask("HEAD", "/healthz", "").status()).isEqualTo(200);
      stage.router().proxy().notReady();
      assertThat(asker.ask("GET", "/healthz", "").status()).isEqualTo(503);
    }
    assertThat(replica.acceptedConnections()).isZero();
  }

  /**
   * "Two endpoints of one name in different namespaces: the older keeps the short path [...] {@code
   * /api/v1/ns/<namespace>/endpoint/<endpoint>/...} always works".
   */
  @ParameterizedTest
  @EnumSource
  void namespacesTellEndpointsOfOneNameApart(Asker.Version version) throws Exception {
    FakeReplica older = stage.replica();
    FakeReplica newer = stage.replica();
    stage.setup.state(
        old -> {
          List<Endpoint> endpoints = new ArrayList<>(old.endpoints());
          endpoints.add(Endpoint.open("team", "echo", new TrafficSplit(Map.of("blue", 100))));
          List<Deployment> deployments = new ArrayList<>(old.deployments());
          deployments.add(
              new Deployment(
                  new DeploymentKey("team", "echo", "blue"),
                  List.of(new Replica("127.0.0.1", newer.port())),
                  Scoring.DEFAULT,
                  RequestSettings.DEFAULT));
          return new ClusterState(1, endpoints, deployments);
        });
    stage.start(older);
    try (Asker asker = version.connect(stage.port())) {
      asker.ask("POST", "/api/v1/endpoint/echo/score", "{}");
      asker.ask("POST", "/api/v1/service/echo/score", "{}");
      asker.ask("POST", "/api/v1/ns/default/endpoint/echo/score", "{}");
      assertThat(older.untakenRequests()).isEqualTo(3);
      assertThat(newer.untakenRequests()).isZero();

      asker.ask("POST", "/api/v1/ns/team/endpoint/echo/score?a=1", "{}");
      assertThat(requestLine(newer)).isEqualTo("POST /score?a=1");
      Answer none = asker.ask("POST", "/api/v1/ns/other/endpoint/echo/score", "{}");
      assertThat(none.status()).isEqualTo(404);
      assertThat(none.reason()).isEqualTo("endpoint_not_found");
    }
  }

  /** Names are as written: "{@code no such endpoint}: 404, {@code endpoint_not_found}". */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/endpoint/Echo/score",
        "/api/v1/endpoint/ech/score",
        "/api/v1/endpoint/echoo/score",
        "/api/v1/endpoint//score",
        "/api/v1/endpoints/echo/score",
        "/api/v2/endpoint/echo/score",
        "/api/v1/endpoint/echo/Score",
        "/score",
      })
  void nothingElseIsAnAddress(String target) throws Exception {
    start();
    for (Asker.Version version : Asker.Version.values()) {
      if (version == Asker.Version.HTTP2 && target.contains("//")) {
        continue; // malformed there, and a stream error
      }
      try (Asker asker = version.connect(stage.port())) {
        Answer answer = asker.ask("POST", target, "{}");
        assertThat(answer.status()).isEqualTo(target.contains("//") ? 400 : 404);
      }
    }
  }

  /**
   * "names [D]: endpoint and deployment: 3-32 characters, {@code
   * ^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$}".
   */
  @ParameterizedTest
  @CsvSource({
    "abc, true",
    "a-1, true",
    "Ab9, true",
    "abcdefghijklmnopqrstuvwxyz012345, true",
    "abcdefghijklmnopqrstuvwxyz0123456, false",
    "ab, false",
    "1ab, false",
    "-ab, false",
    "ab-, false",
    "a_b, false",
    "a.b, false",
    "äbc, false",
    "'', false",
  })
  void namesAreThoseOfAzureMl(String name, boolean good) {
    TrafficSplit none = TrafficSplit.EMPTY;
    if (good) {
      assertThat(Endpoint.open("default", name, none).name()).isEqualTo(name);
      assertThat(deployment("echo", name.substring(0, Math.min(30, name.length())))).isNotNull();
    } else {
      assertThatThrownBy(() -> Endpoint.open("default", name, none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("name: " + name + " (expected: 3 to 32 letters");
      assertThatThrownBy(() -> deployment("echo", name))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** "both together 6-62". */
  @Test
  void namesTogetherHaveAtMost62Characters() {
    assertThat(deployment("e".repeat(32), "d".repeat(30))).isNotNull();
    assertThatThrownBy(() -> deployment("e".repeat(32), "d".repeat(31)))
        .hasMessageContaining("62 characters at most with the endpoint's name");
  }

  private static Deployment deployment(String endpoint, String name) {
    return new Deployment(
        new DeploymentKey("default", endpoint, name),
        List.of(),
        Scoring.DEFAULT,
        RequestSettings.DEFAULT);
  }

  private static java.net.InetSocketAddress address(FakeReplica replica) {
    return new java.net.InetSocketAddress(
        java.net.InetAddress.getLoopbackAddress(), replica.port());
  }
}
