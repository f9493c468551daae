package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The router's own answers, as section 5 of the contract has them. */
final class RouterErrorTest {
  private static final String UUID = "123e4567-e89b-42d3-a456-426614174000";

  @RegisterExtension final Stage stage = new Stage();

  /** A request that is refused before anything is forwarded. */
  record Refused(String request, int status, String reason, boolean closes) {
    @Override
    public String toString() {
      return status + " " + reason;
    }
  }

  static Stream<Refused> refused() {
    String score = TestRouter.SCORE;
    String host = " HTTP/1.1\r\nHost: x\r\n";
    return Stream.of(
        new Refused(Caller.get("/api/v1/endpoint/nope/score"), 404, "endpoint_not_found", false),
        new Refused(
            Caller.post("{}", "azureml-model-deployment: green"),
            404,
            "deployment_not_found",
            false),
        new Refused("DELETE " + score + host + "\r\n", 405, "method_not_allowed", false),
        new Refused("TRACE " + score + host + "\r\n", 405, "method_not_allowed", false),
        new Refused("POST " + score + host + "X : y\r\n\r\n", 400, "bad_request", true),
        new Refused("POST " + score + " HTTP/1.1\r\n\r\n", 400, "bad_request", true),
        new Refused("POST " + score + host + "Host: y\r\n\r\n", 400, "bad_request", true),
        new Refused(
            "POST " + score + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            400,
            "bad_request",
            true),
        new Refused(
            "POST " + score + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
            400,
            "bad_request",
            true),
        new Refused(
            "POST " + score + host + "Transfer-Encoding: gzip, chunked\r\n\r\n",
            501,
            "not_implemented",
            true),
        new Refused(
            "GET " + score + " HTTP/2.0\r\nHost: x\r\n\r\n", 505, "version_not_supported", true),
        new Refused(
            "POST " + score + host + "Expect: tea\r\n\r\n", 417, "expectation_failed", true),
        new Refused("GET /" + "a".repeat(17_000) + host + "\r\n", 414, "uri_too_long", true),
        new Refused(
            "GET " + score + host + "a: " + "b".repeat(33_000) + "\r\n\r\n",
            431,
            "header_too_large",
            true),
        new Refused(
            "GET " + score + host + "a: b\r\n".repeat(91) + "\r\n", 431, "header_too_large", true),
        new Refused(
            "POST " + score + host + "Content-Length: 104857601\r\n\r\n",
            413,
            "payload_too_large",
            true));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesBeforeAnythingIsForwarded(Refused refused) throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    var caller = stage.caller().send(refused.request());
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(refused.status());
    assertThat(answer.reason()).isEqualTo(refused.reason());
    assertThat(answer.field("content-type")).isEqualTo("application/problem+json");
    assertThat(answer.body())
        .startsWith("{\"status\":" + refused.status() + ",\"title\":\"")
        .contains("\"reason\":\"" + refused.reason() + "\"")
        .contains("\"requestId\":\"" + answer.field("x-request-id") + "\"");
    assertThat(answer.closes()).isEqualTo(refused.closes());
    if (refused.closes()) {
      assertThat(caller.isClosed()).isTrue();
    } else {
      assertThat(caller.call(Caller.get("/healthz")).status()).isEqualTo(200);
    }
    assertThat(replica.acceptedConnections()).isZero();
    stage.router().settle();
    assertThat(stage.router().meters().finished)
        .first()
        .isEqualTo(refused.status() + " " + refused.reason());
  }

  @ParameterizedTest
  @EnumSource(ErrorProfile.class)
  void saysTheDocumentedSentenceWhereNoDeploymentHasWeight(ErrorProfile profile) throws Exception {
    stage.setup.profile = profile;
    stage.setup.weight = 0;
    stage.start(stage.replica());
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.reason()).isEqualTo("no_route");
    assertThat(answer.body())
        .contains(
            "\"No route found or no valid deployments to route to, please check that the endpoint"
                + " has at least one deployment with positive weight values or use a deployment"
                + " specific header to route.\"");
    Answer named = stage.caller().call(Caller.post("{}", "azureml-model-deployment: blue"));
    assertThat(named.status()).isEqualTo(200);
  }

  @Test
  void saysWhichMethodsThereAre() throws Exception {
    stage.start(stage.replica());
    Answer answer = stage.caller().call("PUT " + TestRouter.SCORE + " HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(answer.status()).isEqualTo(405);
    assertThat(List.of(String.valueOf(answer.field("allow")).split(", ")))
        .containsExactlyInAnyOrder("POST", "GET", "OPTIONS");
    Answer swagger =
        stage.caller().call("POST /api/v1/endpoint/echo/swagger.json HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(swagger.field("allow")).isEqualTo("GET, HEAD");
  }

  @ParameterizedTest
  @CsvSource({"KUBERNETES, 503", "MANAGED, 429"})
  void saysThatTheQueueIsFull(ErrorProfile profile, int status) throws Exception {
    stage.setup.profile = profile;
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    stage.caller().send(Caller.post("1"));
    replica.takeRequest();
    var waiting = stage.caller().send(Caller.post("2"));
    stage.untilLoad(1, 1);
    Answer full = stage.caller().call(Caller.post("3", "x-request-id: " + UUID));
    assertThat(full.status()).isEqualTo(status);
    assertThat(full.reason()).isEqualTo("too_many_pending_requests");
    assertThat(full.body()).contains("\"requestId\":\"" + UUID + "\"");
    stage.advance(java.time.Duration.ofSeconds(1));
    assertThat(waiting.answer().status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "KUBERNETES, 418, 418",
    "MANAGED, 418, 424",
    "KUBERNETES, 500, 500",
    "MANAGED, 302, 424"
  })
  void passesOnOrTranslatesAnErrorOfTheModel(ErrorProfile profile, int model, int sent)
      throws Exception {
    stage.setup.profile = profile;
    var replica = stage.replica();
    replica.next(
        Script.respond(
            "HTTP/1.1 "
                + model
                + " Whatever\r\nContent-Length: 3\r\nx-fairlead-reason: forged\r\n"
                + "ms-azureml-model-error-reason: forged\r\n\r\nbad"));
    stage.start(replica);
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(sent);
    assertThat(answer.body()).isEqualTo("bad");
    assertThat(answer.field("ms-azureml-model-error-statuscode")).isEqualTo("" + model);
    assertThat(answer.field("ms-azureml-model-error-reason")).isEqualTo("model_error");
    assertThat(answer.field("azureml-model-deployment")).isEqualTo("blue");
    assertThat(answer.reason()).isNull();
    stage.router().settle();
    assertThat(stage.router().meters().finished).containsExactly(sent + " model_error");
  }

  @Test
  void tellsAScriptThatFailedFromAServerThatRefused() throws Exception {
    var replica = stage.replica();
    replica.next(
        Script.respond(
            "HTTP/1.1 500 X\r\nx-ms-run-function-failed: True\r\nContent-Length: 0\r\n\r\n"));
    stage.start(replica);
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.field("ms-azureml-model-error-reason")).isEqualTo("script_failed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200 OK\\r\\nContent-Length: 1, 1\\r\\n\\r\\n",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
        "HTTP/1.1 200 OK\\r\\nA: b\\r\\n c\\r\\n\\r\\n",
        "HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: x\\r\\n\\r\\n",
        "garbage\\r\\n\\r\\n",
      })
  void refusesWhatIsNoResponse(String response) throws Exception {
    var replica = stage.replica();
    replica.next(Script.respond(response.replace("\\r\\n", "\r\n")).waitForEnd());
    stage.start(replica);
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.reason()).isEqualTo("upstream_protocol_error");
    replica.takeEnd();
    stage.untilLoad(0, 0);
  }

  @Test
  void countsABodyThatDoesNotSayItsLength() throws Exception {
    var body = Limits.Body.DEFAULT;
    stage.setup.limits =
        new Limits(
            Limits.Head.DEFAULT,
            new Limits.Body(
                10,
                body.minBytesPerSecond(),
                body.rateGrace(),
                body.writeStall(),
                body.streamIdle(),
                body.maxTrailerBytes()),
            Limits.Connections.DEFAULT,
            Limits.Http2.DEFAULT,
            Limits.Upstream.DEFAULT,
            Limits.Overload.DEFAULT);
    var replica = stage.replica();
    stage.start(replica);
    String[] chunked = {"Transfer-Encoding: chunked"};
    String head = Caller.head("POST " + TestRouter.SCORE, chunked);
    var caller = stage.caller();
    assertThat(caller.call(head + "a\r\n0123456789\r\n0\r\n\r\n").status()).isEqualTo(200);
    caller.send(head + "9\r\n012345678\r\n");
    stage.router().settle();
    Answer answer = caller.call("2\r\n9a\r\n");
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.closes()).isTrue();
    assertThat(caller.isClosed()).isTrue();
    replica.takeRequest();
    assertThat(replica.untakenRequests()).isZero();
  }

  @Test
  void sendsNoBodyToHead() throws Exception {
    stage.start(stage.replica());
    var caller = stage.caller();
    caller.send("HEAD /api/v1/endpoint/nope/swagger.json HTTP/1.1\r\nHost: x\r\n\r\n");
    Answer answer = caller.answerToHead();
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.field("content-length")).isNotEqualTo("0");
    assertThat(caller.call(Caller.get("/healthz")).status()).isEqualTo(200);
  }

  @Test
  void saysWhatIsWrongWithAConnectionToTheModel() throws Exception {
    stage.settings(0, OnClientGone.HOLD, false);
    var replica = stage.replica().next(Script.reading().close());
    stage.start(replica);
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.reason()).isEqualTo("upstream_reset");
    assertThat(answer.body()).contains("the model closed the connection without a response");
  }
}
