package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Access;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.KeyDigest;
import io.fairlead.router.model.RateLimit;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.overload.OverloadStage;
import io.fairlead.router.overload.OverloadState;
import io.fairlead.router.overload.Reading;
import io.fairlead.router.overload.Resource;
import io.fairlead.router.tls.TlsEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Section 5 of the contract, "Answers the router itself gives": every row of its table over the
 * wire, for callers of both versions of HTTP and in both profiles; in virtual time.
 */
final class ContractSection5Test {
  /** The table: reason token, status in kubernetes and in managed, and where "+ Retry-After". */
  private static final String TABLE =
      """
      endpoint_not_found        404 404
      no_route                  404 404
      deployment_not_found      404 404
      unauthorized              401 401
      bad_request               400 400
      header_too_large          431 431
      uri_too_long              414 414
      payload_too_large         413 413
      method_not_allowed        405 405
      not_implemented           501 501
      version_not_supported     505 505
      expectation_failed        417 417
      misdirected_request       421 421
      upgrade_required          426 426
      head_timeout              408 408
      body_timeout              408 408
      too_many_pending_requests 503 429 Retry-After
      queue_timeout             503 429 Retry-After
      deadline_infeasible       503 429 Retry-After
      model_not_ready           503 503 Retry-After
      request_timeout           504 408
      upstream_connect_failed   502 502
      upstream_reset            502 502
      upstream_protocol_error   502 502
      model_error                 0 424
      draining                  503 503
      router_overloaded         503 503 Retry-After
      rate_limited              429 429 Retry-After
      """;

  private static final Map<String, Row> ROWS =
      TABLE
          .lines()
          .map(line -> line.split(" +"))
          .map(c -> new Row(c[0], Integer.parseInt(c[1]), Integer.parseInt(c[2]), c.length > 3))
          .collect(Collectors.toMap(Row::reason, Function.identity()));

  private static final String SCORE = TestRouter.SCORE;
  private static final String UUID_FORM =
      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
  private static final Duration TICK = Duration.ofNanos(TimerWheel.TICK_NANOS);

  @RegisterExtension final Stage stage = new Stage();
  @TempDir Path directory;

  private record Row(String reason, int kubernetes, int managed, boolean retryAfter) {}

  /** What a caller speaks and which profile the router has. */
  enum Way {
    HTTP1_KUBERNETES(OpenCall.Version.HTTP1, ErrorProfile.KUBERNETES),
    HTTP1_MANAGED(OpenCall.Version.HTTP1, ErrorProfile.MANAGED),
    HTTP2_KUBERNETES(OpenCall.Version.HTTP2, ErrorProfile.KUBERNETES),
    HTTP2_MANAGED(OpenCall.Version.HTTP2, ErrorProfile.MANAGED);

    final OpenCall.Version version;
    final ErrorProfile profile;

    Way(OpenCall.Version version, ErrorProfile profile) {
      this.version = version;
      this.profile = profile;
    }

    int status(Row row) {
      return profile == ErrorProfile.KUBERNETES ? row.kubernetes() : row.managed();
    }

    boolean isHttp1() {
      return version == OpenCall.Version.HTTP1;
    }

    Asker ask(int port) throws IOException {
      return Asker.Version.valueOf(version.name()).connect(port);
    }
  }

  private static Row row(String reason) {
    return requireNonNull(ROWS.get(reason), reason);
  }

  private FakeReplica start(Way way) throws IOException {
    stage.setup.profile = way.profile;
    FakeReplica replica = stage.replica();
    stage.start(replica);
    return replica;
  }

  /** Starts in front of a replica that answers when told to. */
  private FakeReplica startWorking(Way way) throws IOException {
    return start(way).always(Script.respondOnGo(FakeReplica.OK));
  }

  private Answer ask(Way way, String method, String target, String... fields) throws IOException {
    try (Asker asker = way.ask(stage.port())) {
      return asker.ask(method, target, "", fields);
    }
  }

  /**
   * Checks an answer against its row, and its body: "JSON problem (RFC 9457) with status, title,
   * detail, reason, requestId and the numbers behind the decision".
   */
  private JsonNode assertProblem(Way way, Answer answer, String reason) {
    Row row = row(reason);
    assertThat(answer.reason()).isEqualTo(reason);
    assertThat(answer.status()).isEqualTo(way.status(row));
    assertThat(answer.field("content-type")).isEqualTo("application/problem+json");
    JsonNode problem = JsonMapper.shared().readTree(answer.body());
    assertThat(problem.propertyNames())
        .startsWith("status", "title", "detail", "reason", "requestId")
        .isSubsetOf(
            "status",
            "title",
            "detail",
            "reason",
            "requestId",
            "limit",
            "inFlight",
            "queued",
            "queueLimit",
            "readyReplicas",
            "estimatedWaitMs");
    assertThat(problem.at("/status").asInt()).isEqualTo(answer.status());
    assertThat(problem.at("/title").asString()).isNotEmpty();
    assertThat(problem.at("/detail").asString()).isNotEmpty();
    assertThat(problem.at("/reason").asString()).isEqualTo(reason);
    assertThat(problem.at("/requestId").asString())
        .matches(UUID_FORM)
        .isEqualTo(answer.field("x-request-id"));
    assertRetryAfter(answer, row.retryAfter());
    stage.until(() -> stage.finished().contains(answer.status() + " " + reason));
    return problem;
  }

  /** "Retry-After is computed ...; retry-after-ms beside it". */
  private static void assertRetryAfter(Answer answer, boolean said) {
    if (said) {
      assertThat(answer.field("retry-after")).matches("[1-9][0-9]*");
      assertThat(answer.field("retry-after-ms")).matches("[1-9][0-9]*");
    } else {
      assertThat(answer.field("retry-after")).isNull();
      assertThat(answer.field("retry-after-ms")).isNull();
    }
  }

  // ---- the table

  /** "reason token": no other is ever sent. */
  @Test
  void theTableNamesEveryReason() {
    assertThat(Arrays.stream(RouterError.values()).map(RouterError::reason))
        .containsExactlyElementsOf(TABLE.lines().map(line -> line.split(" ")[0]).toList());
    for (RouterError error : RouterError.values()) {
      Row row = row(error.reason());
      assertThat(error.status(ErrorProfile.KUBERNETES)).isEqualTo(row.kubernetes());
      assertThat(error.status(ErrorProfile.MANAGED)).isEqualTo(row.managed());
      assertThat(error.saysRetryAfter()).as(row.reason()).isEqualTo(row.retryAfter());
    }
  }

  /** "no such endpoint / ... / unknown deployment in header: 404". */
  @ParameterizedTest
  @EnumSource
  void whatIsNotThereIsNotFound(Way way) throws Exception {
    FakeReplica replica = start(way);
    String nobody = "/api/v1/endpoint/nobody/score";
    assertProblem(way, ask(way, "GET", nobody), "endpoint_not_found");
    String green = "azureml-model-deployment: green";
    assertProblem(way, ask(way, "GET", SCORE, green), "deployment_not_found");
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** "no weighted deployment: 404". */
  @ParameterizedTest
  @EnumSource
  void whereNoDeploymentHasWeightThereIsNoRoute(Way way) throws Exception {
    stage.setup.weight = 0;
    start(way);
    assertProblem(way, ask(way, "GET", SCORE), "no_route");
  }

  /** "no or bad credential: 401"; section 2: "with WWW-Authenticate: Bearer". */
  @ParameterizedTest
  @EnumSource
  void whoShowsNoGoodCredentialIsUnauthorized(Way way) throws Exception {
    var keys = new Authentication.Keys(List.of(KeyDigest.of("primary-key-0123456789")));
    stage.setup.access = new Access(keys, null, false, null, null, 0);
    FakeReplica replica = start(way);
    for (String[] fields : new String[][] {{}, {"authorization: Bearer other-key-0123456789"}}) {
      Answer answer = ask(way, "GET", SCORE, fields);
      assertProblem(way, answer, "unauthorized");
      assertThat(answer.field("www-authenticate")).startsWith("Bearer");
      assertThat(answer.body()).doesNotContain("key-0123456789");
    }
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** "malformed request / too large head / too long target: 400 / 431 / 414". */
  @ParameterizedTest
  @EnumSource
  void aHeadThatBreaksARuleIsRefused(Way way) throws Exception {
    FakeReplica replica = start(way);
    Answer malformed = ask(way, "GET", SCORE, "x-request-timeout-ms: soon");
    assertProblem(way, malformed, "bad_request");
    String[] many = new String[91];
    Arrays.fill(many, "a: b");
    assertProblem(way, ask(way, "GET", SCORE, many), "header_too_large");
    Answer tooLong = ask(way, "GET", SCORE + "?" + "a".repeat(17_000));
    assertProblem(way, tooLong, "uri_too_long");
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** "too large body: 413": refused on its declared length. */
  @ParameterizedTest
  @EnumSource
  void aLargerBodyThanAllowedIsRefused(Way way) throws Exception {
    FakeReplica replica = start(way);
    Answer answer = way.version.head(stage, 104_857_601).answer();
    assertProblem(way, answer, "payload_too_large");
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** "method: 405"; section 1: "with Allow". */
  @ParameterizedTest
  @EnumSource
  void anotherMethodIsNotAllowed(Way way) throws Exception {
    start(way);
    Answer answer = ask(way, "PUT", SCORE);
    assertProblem(way, answer, "method_not_allowed");
    assertThat(answer.field("allow")).isEqualTo("POST, GET, OPTIONS");
  }

  /** "unknown transfer coding / HTTP version: 501 / 505"; HTTP/2 has neither. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "HTTP1.*")
  void whatTheRouterDoesNotSpeakIsNotImplemented(Way way) throws Exception {
    FakeReplica replica = start(way);
    String coded = Caller.head("POST " + SCORE, new String[] {"Transfer-Encoding: gzip, chunked"});
    assertProblem(way, stage.caller().call(coded), "not_implemented");
    String later = "GET " + SCORE + " HTTP/3.0\r\nHost: a\r\n\r\n";
    assertProblem(way, stage.caller().call(later), "version_not_supported");
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** "Expect: 417". */
  @ParameterizedTest
  @EnumSource
  void anUnknownExpectationFails(Way way) throws Exception {
    start(way);
    assertProblem(way, ask(way, "POST", SCORE, "expect: tea"), "expectation_failed");
  }

  /** "name of another certificate: 421". */
  @ParameterizedTest
  @EnumSource
  void aRequestForAnotherServerIsMisdirected(Way way) throws Exception {
    FakeReplica replica = start(way);
    try (var tls = new TestTls(directory, TlsEngine.Choice.JDK, "a.test", "b.test")) {
      int port = stage.router().listen(tls.contexts());
      SSLSocket socket = TestTls.connect(port, "a.test", way.isHttp1() ? "http/1.1" : "h2");
      stage.closes(socket);
      Answer answer;
      if (way.isHttp1()) {
        answer = new Caller(socket).call("GET " + SCORE + " HTTP/1.1\r\nHost: c.test\r\n\r\n");
      } else {
        Http2Caller caller = Http2Caller.over(socket);
        String[] target = {
          ":method", "GET", ":scheme", "https", ":authority", "c.test", ":path", SCORE
        };
        caller.headers(1, true, target).send();
        answer = Answer.of(caller.answer(1));
      }
      assertProblem(way, answer, "misdirected_request");
    }
    assertThat(replica.acceptedConnections()).isZero();
  }

  // ---- the caller is slow, the queue is full, the model is not there

  /** "client too slow with its head: 408, closed". */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "HTTP1.*")
  void aSlowHeadIsNotWaitedFor(Way way) throws Exception {
    start(way);
    Caller slow = stage.caller().send("POST " + SCORE + " HTTP/1.1\r\nHost: ");
    stage.advance(ofSeconds(10).plus(TICK));
    Answer answer = slow.answer();
    assertProblem(way, answer, "head_timeout");
    assertThat(answer.closes()).isTrue();
    assertThat(slow.isClosed()).isTrue();
  }

  /** Over HTTP/2 there is no stream to answer on before a head is complete: only "closed". */
  @Test
  void aSlowHeadOverHttp2EndsTheConnection() throws Exception {
    start(Way.HTTP2_KUBERNETES);
    Http2Caller slow = stage.http2Caller();
    slow.put(Http2Caller.HEADERS, 0, 1, slow.block(":method", "POST")).send();
    stage.advance(ofSeconds(10).plus(TICK));
    assertThat(slow.awaitEnd()).isEqualTo(Http2Scene.ENHANCE_YOUR_CALM);
  }

  /** "client too slow with its body: 408, closed": with HTTP/2 that ends the stream. */
  @ParameterizedTest
  @EnumSource
  void aSlowBodyIsNotWaitedFor(Way way) throws Exception {
    FakeReplica replica = start(way);
    OpenCall slow = way.version.head(stage, 10_000).body("{", false);
    stage.advance(ofSeconds(7));
    Answer answer = slow.answer();
    assertProblem(way, answer, "body_timeout");
    assertThat(answer.closes()).isEqualTo(way.isHttp1());
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** Takes the only slot and the only place in the queue. */
  private OpenCall fill(Way way, FakeReplica replica, String... fields) throws Exception {
    way.version.score(stage, "1");
    replica.takeRequest();
    OpenCall waits = way.version.score(stage, "2", fields);
    stage.untilLoad(1, 1);
    return waits;
  }

  /** "queue full: 503 + Retry-After, 429 + Retry-After", with "the numbers". */
  @ParameterizedTest
  @EnumSource
  void whoFindsTheQueueFullIsRefused(Way way) throws Exception {
    FakeReplica replica = startWorking(way);
    fill(way, replica);
    Answer answer = way.version.score(stage, "3").answer();
    JsonNode problem = assertProblem(way, answer, "too_many_pending_requests");
    for (String number : List.of("limit", "inFlight", "queued", "queueLimit", "readyReplicas")) {
      assertThat(problem.at("/" + number).asInt()).as(number).isEqualTo(1);
    }
    assertThat(problem.at("/estimatedWaitMs").isNumber()).isTrue();
  }

  /** "waited too long: 503 + Retry-After, 429 + Retry-After". */
  @ParameterizedTest
  @EnumSource
  void whoWaitedTooLongIsRefused(Way way) throws Exception {
    FakeReplica replica = startWorking(way);
    OpenCall waits = fill(way, replica);
    stage.advance(ofMillis(500).plus(TICK));
    JsonNode problem = assertProblem(way, waits.answer(), "queue_timeout");
    assertThat(problem.at("/inFlight").asInt()).isEqualTo(1);
  }

  /** "deadline cannot be met: 503 + Retry-After, 429 + Retry-After". */
  @ParameterizedTest
  @EnumSource
  void whoseDeadlinePassesIsRefused(Way way) throws Exception {
    FakeReplica replica = startWorking(way);
    OpenCall waits = fill(way, replica, "x-request-timeout-ms: 200");
    stage.advance(ofMillis(200).plus(TICK));
    assertProblem(way, waits.answer(), "deadline_infeasible");
  }

  /** "no ready replica: 503 + Retry-After". */
  @ParameterizedTest
  @EnumSource
  void withoutAReplicaTheModelIsNotReady(Way way) throws Exception {
    stage.setup.profile = way.profile;
    stage.start(new InetSocketAddress[0]);
    JsonNode problem =
        assertProblem(way, way.version.score(stage, "{}").answer(), "model_not_ready");
    assertThat(problem.at("/readyReplicas").asInt(-1)).isZero();
  }

  /** "model too slow: 504, 408". */
  @ParameterizedTest
  @EnumSource
  void aModelThatIsTooSlowIsNotWaitedFor(Way way) throws Exception {
    FakeReplica replica = startWorking(way);
    OpenCall slow = way.version.score(stage, "{}");
    replica.takeRequest();
    stage.advance(ofSeconds(5).plus(TICK));
    Answer answer = slow.answer();
    assertProblem(way, answer, "request_timeout");
    assertThat(answer.closes()).as("the caller did nothing wrong").isFalse();
  }

  /** "connect failed: 502". */
  @ParameterizedTest
  @EnumSource
  void aModelThatCannotBeConnectedToIsABadGateway(Way way) throws Exception {
    InetSocketAddress nobody;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = (InetSocketAddress) free.getLocalSocketAddress();
    }
    stage.setup.profile = way.profile;
    stage.start(nobody);
    assertProblem(way, way.version.score(stage, "{}").answer(), "upstream_connect_failed");
  }

  /** "reset / broken response (after the allowed retry): 502". */
  @ParameterizedTest
  @EnumSource
  void aModelThatBreaksOffOrTalksNonsenseIsABadGateway(Way way) throws Exception {
    FakeReplica replica = start(way);
    replica.next(Script.reading().reset(), Script.respondAndClose("nonsense\r\n\r\n"));
    assertProblem(way, way.version.score(stage, "{}").answer(), "upstream_reset");
    assertProblem(way, way.version.score(stage, "{}").answer(), "upstream_protocol_error");
  }

  /**
   * "model answered non-2xx: passed through unchanged + the two headers; 424 + the two headers":
   * what the model did; "x-fairlead-reason says what the router did and is never passed through".
   */
  @ParameterizedTest
  @EnumSource
  void anErrorOfTheModelIsTheModels(Way way) throws Exception {
    FakeReplica replica = start(way);
    replica.next(
        Script.respond(
            "HTTP/1.1 418 Teapot\r\nContent-Type: text/tea\r\nContent-Length: 3\r\n"
                + "x-fairlead-reason: forged\r\nms-azureml-model-error-reason: forged\r\n\r\ntea"));
    Answer answer = way.version.score(stage, "{}").answer();
    int sent = way.profile == ErrorProfile.KUBERNETES ? 418 : 424;
    assertThat(answer.status()).isEqualTo(sent);
    assertThat(answer.body()).isEqualTo("tea");
    assertThat(answer.field("content-type")).isEqualTo("text/tea");
    assertThat(answer.field("ms-azureml-model-error-statuscode")).isEqualTo("418");
    assertThat(answer.field("ms-azureml-model-error-reason")).isEqualTo("model_error");
    assertThat(answer.reason()).isNull();
    assertRetryAfter(answer, false);
    stage.until(() -> stage.finished().contains(sent + " model_error"));
  }

  // ---- the router itself

  /** "shutting down and cannot take it: 503": what has no answer when its patience ends. */
  @ParameterizedTest
  @EnumSource
  void whoeverStillWaitsWhenTheRouterEndsIsTold(Way way) throws Exception {
    FakeReplica replica = startWorking(way);
    OpenCall asked = way.version.score(stage, "1");
    replica.takeRequest();
    OpenCall waits = way.version.score(stage, "2");
    stage.untilLoad(1, 1);
    OpenCall sends = way.version.head(stage, 10);
    stage.router().settle();
    assertThat(stage.router().proxy().drain(1)).isFalse();
    for (OpenCall each : List.of(asked, waits, sends)) {
      assertProblem(way, each.answer(), "draining");
    }
    stage.untilLoad(0, 0);
  }

  /** An answer that has begun cannot be another one. */
  @ParameterizedTest
  @EnumSource
  void anAnswerThatHasBegunIsNotReplacedWhenTheRouterEnds(Way way) throws Exception {
    FakeReplica replica = start(way);
    replica.next(Script.reading().send(DataPath.CHUNKED_HEAD + "1\r\na\r\n").waitForGo());
    OpenCall begun = way.version.score(stage, "{}");
    begun.awaitHead();
    stage.router().proxy().drain(1);
    assertThat(stage.finished()).isEmpty();
  }

  /** "router overloaded (memory, connections): 503 + Retry-After". */
  @ParameterizedTest
  @EnumSource
  void aRouterThatIsShortOfSomethingSaysSo(Way way) throws Exception {
    start(way);
    var state =
        new OverloadState(OverloadStage.REFUSE_REQUESTS, List.of(new Reading(Resource.HEAP, 963)));
    stage.router().proxy().overload(state);
    stage.router().settle();
    assertProblem(way, way.version.score(stage, "{}").answer(), "router_overloaded");
  }

  /** "rate limit of a key or endpoint: 429 + Retry-After". */
  @ParameterizedTest
  @EnumSource
  void whoAsksTooOftenIsTold(Way way) throws Exception {
    var limit = new RateLimit(1, 1, RateLimit.Per.ENDPOINT);
    stage.setup.access = new Access(new Authentication.Anyone(), null, false, null, limit, 0);
    start(way);
    assertThat(way.version.score(stage, "{}").answer().status()).isEqualTo(200);
    assertProblem(way, way.version.score(stage, "{}").answer(), "rate_limited");
  }

  // ---- gRPC

  /** "gRPC callers get trailers-only with the matching grpc-status". */
  @ParameterizedTest
  @CsvSource({
    "KUBERNETES, nobody, endpoint_not_found, 12",
    "MANAGED, nobody, endpoint_not_found, 12",
    "KUBERNETES, echo, model_not_ready, 14",
    "MANAGED, echo, model_not_ready, 14",
  })
  void callersOfGrpcGetTrailersAlone(
      ErrorProfile profile, String endpoint, String reason, String grpcStatus) throws Exception {
    stage.setup.profile = profile;
    stage.setup.h2c();
    stage.start(new InetSocketAddress[0]);
    Http2Caller caller = stage.http2Caller();
    String[] target = {
      ":method",
      "POST",
      ":scheme",
      "http",
      ":authority",
      "a",
      ":path",
      "/a.B/C",
      "content-type",
      "application/grpc",
      "te",
      "trailers",
      "azureml-model-endpoint",
      endpoint
    };
    caller.headers(1, true, target).send();
    Http2Caller.Head trailers = caller.awaitHead();
    assertThat(trailers.last()).isTrue();
    assertThat(trailers.fields())
        .containsEntry(":status", "200")
        .containsEntry("grpc-status", grpcStatus)
        .containsEntry("x-fairlead-reason", reason)
        .containsKeys("grpc-message", "x-request-id");
    assertThat(trailers.fields().containsKey("retry-after")).isEqualTo(row(reason).retryAfter());
  }

  // ---- Retry-After

  /** Lets the model answer eight requests, each after {@code time}, and leaves a ninth with it. */
  private void measure(Way way, FakeReplica replica, Duration time) throws Exception {
    for (int i = 0; i < 9; i++) {
      way.version.score(stage, "{}");
      replica.takeRequest();
      if (i < 8) {
        stage.advance(time);
        replica.go();
        stage.untilLoad(0, 0);
      }
    }
    way.version.score(stage, "waits");
    stage.untilLoad(1, 1);
  }

  /** "computed (drain rate of that deployment's queue ...), jittered". */
  @ParameterizedTest
  @EnumSource
  void retryAfterIsComputedAndSpread(Way way) throws Exception {
    FakeReplica replica = startWorking(way);
    measure(way, replica, ofMillis(300));
    Set<Long> told = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      Answer answer = way.version.score(stage, "{}").answer();
      JsonNode problem = assertProblem(way, answer, "too_many_pending_requests");
      long expected = problem.at("/estimatedWaitMs").asLong();
      long millis = Long.parseLong(answer.field("retry-after-ms"));
      assertThat(expected).as("two before it").isBetween(300L, 900L);
      assertThat(millis).isBetween(expected / 2 - 1, expected * 3 / 2 + 1);
      assertThat(answer.field("retry-after")).isEqualTo("" + (millis + 999) / 1000);
      told.add(millis);
    }
    assertThat(told).hasSizeGreaterThan(10);
  }

  /** "capped": at a minute, and that spread. */
  @ParameterizedTest
  @EnumSource
  void retryAfterIsNeverLong(Way way) throws Exception {
    stage.requestTimeout(ofSeconds(300));
    FakeReplica replica = startWorking(way);
    measure(way, replica, ofSeconds(250));
    Answer answer = way.version.score(stage, "{}").answer();
    JsonNode problem = assertProblem(way, answer, "too_many_pending_requests");
    assertThat(problem.at("/estimatedWaitMs").asLong()).isGreaterThan(200_000);
    assertThat(Long.parseLong(answer.field("retry-after-ms"))).isBetween(30_000L, 90_000L);
  }
}
