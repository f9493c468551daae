package io.fairlead.router.proxy;

import static io.fairlead.router.proxy.ProblemTable.assertProblem;
import static io.fairlead.router.proxy.ProblemTable.row;
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
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Section 5 of the contract, "Answers the router itself gives": the table, and over the wire what
 * is refused for itself or because of the router; in virtual time.
 */
final class ContractSection5Test {
  private static final String SCORE = TestRouter.SCORE;

  @RegisterExtension final Stage stage = new Stage();
  @TempDir Path directory;

  // ---- the table

  /** "reason token": no other is ever sent. */
  @Test
  void theTableNamesEveryReason() {
    assertThat(Arrays.stream(RouterError.values()).map(RouterError::reason))
        .containsExactlyElementsOf(ProblemTable.reasons());
    for (RouterError error : RouterError.values()) {
      ProblemTable.Row row = row(error.reason());
      assertThat(error.status(ErrorProfile.KUBERNETES)).isEqualTo(row.kubernetes());
      assertThat(error.status(ErrorProfile.MANAGED)).isEqualTo(row.managed());
      assertThat(error.saysRetryAfter()).as(row.reason()).isEqualTo(row.retryAfter());
    }
  }

  /** "no such endpoint / ... / unknown deployment in header: 404". */
  @ParameterizedTest
  @EnumSource
  void whatIsNotThereIsNotFound(Way way) throws Exception {
    FakeReplica replica = way.start(stage);
    String nobody = "/api/v1/endpoint/nobody/score";
    assertProblem(stage, way, way.ask(stage, "GET", nobody), "endpoint_not_found");
    String green = "azureml-model-deployment: green";
    assertProblem(stage, way, way.ask(stage, "GET", SCORE, green), "deployment_not_found");
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** "no weighted deployment: 404". */
  @ParameterizedTest
  @EnumSource
  void whereNoDeploymentHasWeightThereIsNoRoute(Way way) throws Exception {
    stage.setup.weight = 0;
    way.start(stage);
    assertProblem(stage, way, way.ask(stage, "GET", SCORE), "no_route");
  }

  /** "no or bad credential: 401"; section 2: "with WWW-Authenticate: Bearer". */
  @ParameterizedTest
  @EnumSource
  void whoShowsNoGoodCredentialIsUnauthorized(Way way) throws Exception {
    var keys = new Authentication.Keys(List.of(KeyDigest.of("primary-key-0123456789")));
    stage.setup.access = new Access(keys, null, false, null, null, 0);
    FakeReplica replica = way.start(stage);
    for (String[] fields : new String[][] {{}, {"authorization: Bearer other-key-0123456789"}}) {
      Answer answer = way.ask(stage, "GET", SCORE, fields);
      assertProblem(stage, way, answer, "unauthorized");
      assertThat(answer.field("www-authenticate")).startsWith("Bearer");
      assertThat(answer.body()).doesNotContain("key-0123456789");
    }
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** "malformed request / too large head / too long target: 400 / 431 / 414". */
  @ParameterizedTest
  @EnumSource
  void aHeadThatBreaksARuleIsRefused(Way way) throws Exception {
    FakeReplica replica = way.start(stage);
    Answer malformed = way.ask(stage, "GET", SCORE, "x-request-timeout-ms: soon");
    assertProblem(stage, way, malformed, "bad_request");
    String[] many = new String[91];
    Arrays.fill(many, "a: b");
    assertProblem(stage, way, way.ask(stage, "GET", SCORE, many), "header_too_large");
    Answer tooLong = way.ask(stage, "GET", SCORE + "?" + "a".repeat(17_000));
    assertProblem(stage, way, tooLong, "uri_too_long");
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** "too large body: 413": refused on its declared length. */
  @ParameterizedTest
  @EnumSource
  void aLargerBodyThanAllowedIsRefused(Way way) throws Exception {
    FakeReplica replica = way.start(stage);
    Answer answer = way.version.head(stage, 104_857_601).answer();
    assertProblem(stage, way, answer, "payload_too_large");
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** "method: 405"; section 1: "with Allow". */
  @ParameterizedTest
  @EnumSource
  void anotherMethodIsNotAllowed(Way way) throws Exception {
    way.start(stage);
    Answer answer = way.ask(stage, "PUT", SCORE);
    assertProblem(stage, way, answer, "method_not_allowed");
    assertThat(answer.field("allow")).isEqualTo("POST, GET, OPTIONS");
  }

  /** "unknown transfer coding / HTTP version: 501 / 505"; HTTP/2 has neither. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "HTTP1.*")
  void whatTheRouterDoesNotSpeakIsNotImplemented(Way way) throws Exception {
    FakeReplica replica = way.start(stage);
    String coded = Caller.head("POST " + SCORE, new String[] {"Transfer-Encoding: gzip, chunked"});
    assertProblem(stage, way, stage.caller().call(coded), "not_implemented");
    String later = "GET " + SCORE + " HTTP/3.0\r\nHost: a\r\n\r\n";
    assertProblem(stage, way, stage.caller().call(later), "version_not_supported");
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** "Expect: 417". */
  @ParameterizedTest
  @EnumSource
  void anUnknownExpectationFails(Way way) throws Exception {
    way.start(stage);
    assertProblem(stage, way, way.ask(stage, "POST", SCORE, "expect: tea"), "expectation_failed");
  }

  /** "name of another certificate: 421". */
  @ParameterizedTest
  @EnumSource
  void aRequestForAnotherServerIsMisdirected(Way way) throws Exception {
    FakeReplica replica = way.start(stage);
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
      assertProblem(stage, way, answer, "misdirected_request");
    }
    assertThat(replica.acceptedConnections()).isZero();
  }

  // ---- the router itself

  /** "shutting down and cannot take it: 503": what has no answer when its patience ends. */
  @ParameterizedTest
  @EnumSource
  void whoeverStillWaitsWhenTheRouterEndsIsTold(Way way) throws Exception {
    FakeReplica replica = way.startWorking(stage);
    OpenCall asked = way.version.score(stage, "1");
    replica.takeRequest();
    OpenCall waits = way.version.score(stage, "2");
    stage.untilLoad(1, 1);
    OpenCall sends = way.version.head(stage, 10);
    stage.router().settle();
    assertThat(stage.router().proxy().drain(1)).isPositive();
    for (OpenCall each : List.of(asked, waits, sends)) {
      assertProblem(stage, way, each.answer(), "draining");
    }
    stage.untilLoad(0, 0);
  }

  /** An answer that has begun cannot be another one. */
  @ParameterizedTest
  @EnumSource
  void anAnswerThatHasBegunIsNotReplacedWhenTheRouterEnds(Way way) throws Exception {
    FakeReplica replica = way.start(stage);
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
    way.start(stage);
    var state =
        new OverloadState(OverloadStage.REFUSE_REQUESTS, List.of(new Reading(Resource.HEAP, 963)));
    stage.router().proxy().overload(state);
    stage.router().settle();
    assertProblem(stage, way, way.version.score(stage, "{}").answer(), "router_overloaded");
  }

  /** "rate limit of a key or endpoint: 429 + Retry-After". */
  @ParameterizedTest
  @EnumSource
  void whoAsksTooOftenIsTold(Way way) throws Exception {
    var limit = new RateLimit(1, 1, RateLimit.Per.ENDPOINT);
    stage.setup.access = new Access(new Authentication.Anyone(), null, false, null, limit, 0);
    way.start(stage);
    assertThat(way.version.score(stage, "{}").answer().status()).isEqualTo(200);
    assertProblem(stage, way, way.version.score(stage, "{}").answer(), "rate_limited");
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
}
