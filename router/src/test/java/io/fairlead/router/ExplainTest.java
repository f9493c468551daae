package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the router says it would do is what it does, and what it did is remembered. */
@Timeout(120)
class ExplainTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir Path manifests;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private StubModel model;
  private RouterProcess router;

  /** A request to ask about, and then to send. */
  private record Case(String method, String path, Map<String, String> headers, int bodyBytes) {}

  private static final String SCORE = "/api/v1/endpoint/echo/score";
  private static final Map<String, String> PREFLIGHT =
      Map.of("origin", "https://a.test", "access-control-request-method", "POST");
  private static final List<Case> CASES =
      List.of(
          new Case("POST", SCORE, Map.of(), 3),
          new Case("POST", SCORE + "?key=hunter2", Map.of("Authorization", "hunter2"), 0),
          new Case("GET", "/api/v1/service/echo/score", Map.of(), 0),
          new Case("PUT", SCORE, Map.of(), 0),
          new Case("POST", "/api/v1/endpoint/nobody/score", Map.of(), 0),
          new Case("POST", "/api/v1/endpoint/echo/other", Map.of(), 0),
          new Case("POST", "/api//endpoint", Map.of(), 0),
          new Case("POST", SCORE, Map.of("azureml-model-deployment", "blue"), 0),
          new Case("POST", SCORE, Map.of("azureml-model-deployment", "green"), 0),
          new Case("POST", SCORE, Map.of(), 11),
          new Case("POST", SCORE, Map.of("x-request-timeout-ms", "soon"), 0),
          new Case("OPTIONS", "/api/v1/endpoint/page/score", PREFLIGHT, 0),
          new Case("POST", "/api/v1/endpoint/page/score", Map.of("origin", "https://a.test"), 0),
          new Case("POST", "/api/v1/endpoint/bare/score", Map.of(), 0),
          new Case("POST", "/api/v1/endpoint/idle/score", Map.of(), 0));

  @BeforeEach
  void start() throws Exception {
    start(List.of());
  }

  private void start(List<String> options) throws Exception {
    model = StubModel.start("blue");
    new ManifestFile(manifests)
        .write(
            """
            apiVersion: fairlead.dev/v1alpha1
            kind: OnlineEndpoint
            metadata: {name: echo}
            spec: {authMode: None, traffic: {blue: 100}, maxRequestBytes: 10}
            ---
            apiVersion: fairlead.dev/v1alpha1
            kind: OnlineDeployment
            metadata: {name: echo-blue}
            spec:
              name: blue
              endpointName: echo
              addresses: ["%s"]
              scaleSettings: {type: TargetUtilization, maxInstances: 3, mode: advisory}
            ---
            apiVersion: fairlead.dev/v1alpha1
            kind: OnlineEndpoint
            metadata: {name: bare}
            spec: {authMode: None}
            ---
            apiVersion: fairlead.dev/v1alpha1
            kind: OnlineEndpoint
            metadata: {name: page}
            spec: {authMode: None, cors: {origins: ["https://a.test"], methods: [POST]}}
            ---
            apiVersion: fairlead.dev/v1alpha1
            kind: OnlineEndpoint
            metadata: {name: idle}
            spec: {authMode: None, traffic: {blue: 100}}
            ---
            apiVersion: fairlead.dev/v1alpha1
            kind: OnlineDeployment
            metadata: {name: idle-blue}
            spec: {name: blue, endpointName: idle, addresses: []}
            """
                .formatted(model.address()));
    // little, so that on any machine a part of it is in use
    router = RouterProcess.serveWith(List.of("-Xmx96m"), manifests, options.toArray(String[]::new));
    router.ready();
  }

  @AfterEach
  void stop() {
    router.close();
    model.close();
  }

  @Test
  void doesWhatItSaysAndRemembersWhatItDid() throws Exception {
    for (Case each : CASES) {
      JsonNode verdict = explain(each).at("/verdict");
      HttpResponse<String> answer = send(each);
      String reason = answer.headers().firstValue("x-fairlead-reason").orElse("");
      if (verdict.at("/outcome").asString().equals("sent")) {
        assertThat(answer.statusCode()).as(each.toString()).isEqualTo(200);
      } else {
        assertThat(verdict.at("/reason").asString("")).as(each.toString()).isEqualTo(reason);
        assertThat(verdict.at("/status").asInt()).isEqualTo(answer.statusCode());
      }
      String id = answer.headers().firstValue("x-request-id").orElseThrow();
      JsonNode decision = JSON.readTree(debug("/debug/decisions?requestId=" + id).body());
      if (answer.statusCode() / 100 != 2) { // successes are sampled
        assertThat(decision.at("/decisions/0/status").asInt()).isEqualTo(answer.statusCode());
        assertThat(decision.at("/decisions/0/reason").asString()).isEqualTo(reason);
      }
      assertThat(decision.toString()).doesNotContain("hunter2");
    }
  }

  /** More than one percent of the heap is in use at any time. */
  @Test
  void shortageIsToldAsACallerIsToldOfIt() throws Exception {
    stop();
    start(List.of("--overload-refuse-percent", "1"));
    await()
        .atMost(Soon.PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class) // a kept connection ends as shortage begins
        .untilAsserted(() -> assertThat(send(CASES.getFirst()).statusCode()).isEqualTo(503));
    for (Case each : List.of(CASES.getFirst(), CASES.get(3), CASES.get(9))) {
      HttpResponse<String> answer = send(each);
      JsonNode verdict = explain(each).at("/verdict");
      assertThat(verdict.at("/reason").asString())
          .as(each.toString())
          .isEqualTo(answer.headers().firstValue("x-fairlead-reason").orElseThrow());
      assertThat(verdict.at("/status").asInt()).as(each.toString()).isEqualTo(answer.statusCode());
    }
    assertThat(explain(CASES.getFirst()).at("/verdict/reason").asString())
        .isEqualTo("router_overloaded");
  }

  @Test
  void fullQueueIsForeseen() throws Exception {
    model.hold();
    var first = client.sendAsync(request(CASES.getFirst()), BodyHandlers.ofString());
    model.awaitRequest();
    assertThat(explain(CASES.getFirst()).at("/verdict/outcome").asString()).isEqualTo("queued");
    model.release();
    assertThat(first.get().statusCode()).isEqualTo(200);
  }

  @Test
  void saysHowManyReplicasTheLoadNeeds() throws Exception {
    model.hold();
    var first = client.sendAsync(request(CASES.getFirst()), BodyHandlers.ofString());
    model.awaitRequest();

    await()
        .atMost(Soon.PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode scaling = JSON.readTree(debug("/debug/scaling?endpoint=echo").body());
              JsonNode last = scaling.at("/deployments/0/records/0");
              assertThat(last.at("/rule").asString()).isEqualTo("up");
              assertThat(last.at("/ordered").asInt()).isEqualTo(1);
              assertThat(last.at("/desired").asInt()).isEqualTo(2);
              assertThat(last.at("/applied").asString()).isEqualTo("advised");
            });
    model.release();
    assertThat(first.get().statusCode()).isEqualTo(200);
  }

  private JsonNode explain(Case each) throws Exception {
    String question =
        JSON.writeValueAsString(
            Map.of(
                "path", each.path,
                "method", each.method,
                "headers", each.headers,
                "bodyBytes", each.bodyBytes));
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(address("admin", "/debug/explain"))
                .timeout(Duration.ofSeconds(60))
                .POST(BodyPublishers.ofString(question))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).doesNotContain("hunter2");
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> debug(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(address("admin", path)).timeout(Duration.ofSeconds(60)).build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> send(Case each) throws Exception {
    return client.send(request(each), BodyHandlers.ofString());
  }

  private HttpRequest request(Case each) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address("http", each.path))
            .timeout(Duration.ofSeconds(60))
            .method(each.method, BodyPublishers.ofByteArray(new byte[each.bodyBytes]));
    each.headers.forEach(request::header);
    return request.build();
  }

  private URI address(String listener, String path) {
    return URI.create("http://127.0.0.1:" + router.port(listener) + path);
  }
}
