package io.fairlead.router.proxy;

import static io.fairlead.router.proxy.ProblemTable.assertProblem;
import static io.fairlead.router.proxy.ProblemTable.assertRetryAfter;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.ErrorProfile;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * Section 5 of the contract, over the wire: callers, queues and models that take too long or do not
 * answer well, and when a caller is told to come back; in virtual time.
 */
final class ContractSection5WaitsTest {
  private static final String SCORE = TestRouter.SCORE;
  private static final Duration TICK = Duration.ofNanos(TimerWheel.TICK_NANOS);

  @RegisterExtension final Stage stage = new Stage();

  // ---- the caller is slow, the queue is full, the model is not there

  /** "client too slow with its head: 408, closed". */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "HTTP1.*")
  void aSlowHeadIsNotWaitedFor(Way way) throws Exception {
    way.start(stage);
    Caller slow = stage.caller().send("POST " + SCORE + " HTTP/1.1\r\nHost: ");
    stage.advance(ofSeconds(10).plus(TICK));
    Answer answer = slow.answer();
    assertProblem(stage, way, answer, "head_timeout");
    assertThat(answer.closes()).isTrue();
    assertThat(slow.isClosed()).isTrue();
  }

  /** Over HTTP/2 there is no stream to answer on before a head is complete: only "closed". */
  @Test
  void aSlowHeadOverHttp2EndsTheConnection() throws Exception {
    Way.HTTP2_KUBERNETES.start(stage);
    Http2Caller slow = stage.http2Caller();
    slow.put(Http2Caller.HEADERS, 0, 1, slow.block(":method", "POST")).send();
    stage.advance(ofSeconds(10).plus(TICK));
    assertThat(slow.awaitEnd()).isEqualTo(Http2Scene.ENHANCE_YOUR_CALM);
  }

  /** "client too slow with its body: 408, closed": with HTTP/2 that ends the stream. */
  @ParameterizedTest
  @EnumSource
  void aSlowBodyIsNotWaitedFor(Way way) throws Exception {
    FakeReplica replica = way.start(stage);
    OpenCall slow = way.version.head(stage, 10_000).body("{", false);
    stage.advance(ofSeconds(7));
    Answer answer = slow.answer();
    assertProblem(stage, way, answer, "body_timeout");
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
    FakeReplica replica = way.startWorking(stage);
    fill(way, replica);
    Answer answer = way.version.score(stage, "3").answer();
    JsonNode problem = assertProblem(stage, way, answer, "too_many_pending_requests");
    for (String number : List.of("limit", "inFlight", "queued", "queueLimit", "readyReplicas")) {
      assertThat(problem.at("/" + number).asInt()).as(number).isEqualTo(1);
    }
    assertThat(problem.at("/estimatedWaitMs").isNumber()).isTrue();
  }

  /** "waited too long: 503 + Retry-After, 429 + Retry-After". */
  @ParameterizedTest
  @EnumSource
  void whoWaitedTooLongIsRefused(Way way) throws Exception {
    FakeReplica replica = way.startWorking(stage);
    OpenCall waits = fill(way, replica);
    stage.advance(ofMillis(500).plus(TICK));
    JsonNode problem = assertProblem(stage, way, waits.answer(), "queue_timeout");
    assertThat(problem.at("/inFlight").asInt()).isEqualTo(1);
  }

  /** "deadline cannot be met: 503 + Retry-After, 429 + Retry-After". */
  @ParameterizedTest
  @EnumSource
  void whoseDeadlinePassesIsRefused(Way way) throws Exception {
    FakeReplica replica = way.startWorking(stage);
    OpenCall waits = fill(way, replica, "x-request-timeout-ms: 200");
    stage.advance(ofMillis(200).plus(TICK));
    assertProblem(stage, way, waits.answer(), "deadline_infeasible");
  }

  /** "no ready replica: 503 + Retry-After". */
  @ParameterizedTest
  @EnumSource
  void withoutAReplicaTheModelIsNotReady(Way way) throws Exception {
    stage.setup.profile = way.profile;
    stage.start(new InetSocketAddress[0]);
    JsonNode problem =
        assertProblem(stage, way, way.version.score(stage, "{}").answer(), "model_not_ready");
    assertThat(problem.at("/readyReplicas").asInt(-1)).isZero();
  }

  /** "model too slow: 504, 408". */
  @ParameterizedTest
  @EnumSource
  void aModelThatIsTooSlowIsNotWaitedFor(Way way) throws Exception {
    FakeReplica replica = way.startWorking(stage);
    OpenCall slow = way.version.score(stage, "{}");
    replica.takeRequest();
    stage.advance(ofSeconds(5).plus(TICK));
    Answer answer = slow.answer();
    assertProblem(stage, way, answer, "request_timeout");
    assertThat(answer.closes()).as("the caller did nothing wrong").isFalse();
  }

  /** "connect failed: 502". */
  @ParameterizedTest
  @EnumSource
  void aModelThatCannotBeConnectedToIsABadGateway(Way way) throws Exception {
    stage.setup.profile = way.profile;
    stage.start(stage.nobody());
    assertProblem(stage, way, way.version.score(stage, "{}").answer(), "upstream_connect_failed");
  }

  /** "reset / broken response (after the allowed retry): 502". */
  @ParameterizedTest
  @EnumSource
  void aModelThatBreaksOffOrTalksNonsenseIsABadGateway(Way way) throws Exception {
    FakeReplica replica = way.start(stage);
    replica.next(Script.reading().reset(), Script.respondAndClose("nonsense\r\n\r\n"));
    assertProblem(stage, way, way.version.score(stage, "{}").answer(), "upstream_reset");
    assertProblem(stage, way, way.version.score(stage, "{}").answer(), "upstream_protocol_error");
  }

  /**
   * "model answered non-2xx: passed through unchanged + the two headers; 424 + the two headers":
   * what the model did; "x-fairlead-reason says what the router did and is never passed through".
   */
  @ParameterizedTest
  @EnumSource
  void anErrorOfTheModelIsTheModels(Way way) throws Exception {
    FakeReplica replica = way.start(stage);
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
    FakeReplica replica = way.startWorking(stage);
    measure(way, replica, ofMillis(300));
    Set<Long> told = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      Answer answer = way.version.score(stage, "{}").answer();
      JsonNode problem = assertProblem(stage, way, answer, "too_many_pending_requests");
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
    stage.requestTimeout(Duration.ofMinutes(5));
    FakeReplica replica = way.startWorking(stage);
    measure(way, replica, ofSeconds(250));
    Answer answer = way.version.score(stage, "{}").answer();
    JsonNode problem = assertProblem(stage, way, answer, "too_many_pending_requests");
    assertThat(problem.at("/estimatedWaitMs").asLong()).isGreaterThan(200_000);
    assertThat(Long.parseLong(answer.field("retry-after-ms"))).isBetween(30_000L, 90_000L);
  }
}
