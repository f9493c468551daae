package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.proxy.OpenCall.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Section 4 of the contract, "How much at once, how long", rule by rule, for callers of both
 * versions of HTTP; in virtual time.
 */
final class ContractSection4Test {
  private static final Duration TICK = Duration.ofNanos(TimerWheel.TICK_NANOS);

  @RegisterExtension final Stage stage = new Stage();

  private FakeReplica workingReplica() throws Exception {
    return stage.replica().always(Script.respondOnGo(FakeReplica.OK));
  }

  /** Starts the router in front of one replica that answers when it is told to. */
  private FakeReplica startedReplica() throws Exception {
    FakeReplica replica = workingReplica();
    stage.start(replica);
    return replica;
  }

  /** The same, with a request in its only slot. */
  private FakeReplica busyReplica(Version version) throws Exception {
    FakeReplica replica = startedReplica();
    version.score(stage, "{}");
    replica.takeRequest();
    return replica;
  }

  /** "maxConcurrentRequestsPerInstance (c), default 1: requests one replica may have in flight". */
  @ParameterizedTest
  @CsvSource({"HTTP1, KUBERNETES, 503", "HTTP2, KUBERNETES, 503", "HTTP2, MANAGED, 429"})
  void ofThreeCallersOneIsServedOneWaitsAndOneIsRefused(
      Version version, ErrorProfile profile, int status) throws Exception {
    stage.setup.profile = profile;
    var replica = startedReplica();
    var served = version.score(stage, "1");
    replica.takeRequest();
    var waits = version.score(stage, "2");
    stage.untilLoad(1, 1);
    Answer refused = version.score(stage, "3").answer();
    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.reason()).isEqualTo("too_many_pending_requests");
    assertThat(refused.field("retry-after")).matches("[1-9][0-9]*");
    assertThat(replica.untakenRequests()).isZero();
    replica.go();
    assertThat(served.answer().status()).isEqualTo(200);
    assertThat(replica.takeRequest()).endsWith("2");
    replica.go();
    assertThat(waits.answer().status()).isEqualTo(200);
    assertThat(replica.peakConcurrency()).isEqualTo(1);
  }

  /** "0 = unlimited (the container batches by itself)". */
  @ParameterizedTest
  @EnumSource
  void zeroIsUnlimited(Version version) throws Exception {
    stage.settings(0, OnClientGone.CANCEL, false);
    var replica = startedReplica();
    List<OpenCall> calls = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      calls.add(version.score(stage, "{}"));
      replica.takeRequest();
    }
    for (int i = 0; i < 10; i++) {
      replica.go();
    }
    for (OpenCall call : calls) {
      assertThat(call.answer().status()).isEqualTo(200);
    }
    assertThat(replica.peakConcurrency()).isEqualTo(10);
  }

  /** "maxQueueWaitMs, default 500: longest wait for a free slot". */
  @ParameterizedTest
  @EnumSource
  void nobodyWaitsLongerThanTheLongestWait(Version version) throws Exception {
    var replica = busyReplica(version);
    var waits = version.score(stage, "2");
    stage.untilLoad(1, 1);
    stage.advance(ofMillis(499));
    assertThat(stage.finished()).isEmpty();
    stage.advance(TICK.plusMillis(1));
    assertThat(waits.answer().reason()).isEqualTo("queue_timeout");
    replica.go();
  }

  /** "queue bound: c x ready replicas (total 2 x c x n); beyond it: refused at once". */
  @ParameterizedTest
  @EnumSource
  void theQueueIsAsLongAsThereAreSlots(Version version) throws Exception {
    stage.settings(2, OnClientGone.HOLD, false);
    var one = workingReplica();
    var two = workingReplica();
    stage.start(one, two);
    List<OpenCall> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(version.score(stage, "{}"));
      stage.untilLoad(Math.min(i + 1, 4), Math.max(0, i - 3));
    }
    Answer ninth = version.score(stage, "{}").answer();
    assertThat(ninth.reason()).isEqualTo("too_many_pending_requests");
    assertThat(ninth.body()).contains("\"inFlight\":4,\"queued\":4,\"queueLimit\":4");
    for (int i = 0; i < 8; i++) { // whichever of the two gets how many
      one.go();
      two.go();
    }
    for (OpenCall call : calls) {
      assertThat(call.answer().status()).isEqualTo(200);
    }
  }

  /**
   * "requestTimeoutMs, default 5000: from the last request byte sent to the last response byte".
   */
  @ParameterizedTest
  @CsvSource({"HTTP1, KUBERNETES, 504", "HTTP2, KUBERNETES, 504", "HTTP2, MANAGED, 408"})
  void theModelHasSoMuchTime(Version version, ErrorProfile profile, int status) throws Exception {
    stage.setup.profile = profile;
    var replica = startedReplica();
    var slow = version.score(stage, "{}");
    replica.takeRequest();
    stage.advance(ofMillis(4_999));
    assertThat(stage.finished()).isEmpty();
    stage.advance(TICK.plusMillis(1));
    Answer answer = slow.answer();
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.reason()).isEqualTo("request_timeout");
    replica.go();
  }

  /** "for a response that streams: to the first byte, then an idle limit". */
  @ParameterizedTest
  @EnumSource
  void aStreamMayTakeLongerAsLongAsItIsNotSilent(Version version) throws Exception {
    var replica = stage.replica();
    replica.next(
        Script.reading().send(DataPath.CHUNKED_HEAD + "1\r\na\r\n").waitForGo().send("0\r\n\r\n"));
    stage.start(replica);
    var caller = version.score(stage, "{}");
    replica.takeRequest();
    stage.until(() -> !stage.router().meters().streams.isEmpty()); // its first byte is here
    stage.advance(ofSeconds(4));
    stage.advance(ofSeconds(290));
    assertThat(stage.finished()).isEmpty();
    replica.go();
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("a");
  }

  /** "payload: 104 857 600 bytes, configurable: 413". */
  @ParameterizedTest
  @EnumSource
  void aLargerPayloadIsRefused(Version version) throws Exception {
    Limits limits = Limits.DEFAULT;
    Limits.Body body = limits.body();
    assertThat(body.maxBytes()).isEqualTo(104_857_600);
    stage.setup.limits =
        new Limits(
            limits.head(),
            new Limits.Body(
                100,
                body.minBytesPerSecond(),
                body.rateGrace(),
                body.writeStall(),
                body.streamIdle(),
                body.maxTrailerBytes()),
            limits.connections(),
            limits.http2(),
            limits.upstream(),
            limits.overload());
    var replica = stage.replica();
    stage.start(replica);
    assertThat(version.score(stage, "x".repeat(100)).answer().status()).isEqualTo(200);
    Answer answer = version.head(stage, 101).answer();
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.reason()).isEqualTo("payload_too_large");
    replica.takeRequest();
    assertThat(replica.untakenRequests()).isZero();
  }

  /**
   * "A slot is taken when the request's body is complete ...: a slow client occupies no replica".
   */
  @ParameterizedTest
  @EnumSource
  void aBodyThatIsNotCompleteTakesNoSlot(Version version) throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    var slow = version.head(stage, 2).body("{", false);
    stage.advance(ofSeconds(1));
    assertThat(stage.router().load().inFlight()).isZero();
    // "No connection to a replica is opened before there is a request to send on it."
    assertThat(replica.acceptedConnections()).isZero();
    slow.body("}", true);
    assertThat(slow.answer().status()).isEqualTo(200);
  }

  /** "... or when its first 64 KiB (bodyPrefixBytes, per deployment) have come". */
  @ParameterizedTest
  @EnumSource
  void aWholePrefixTakesASlot(Version version) throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    var large = version.head(stage, 65_537).body("x".repeat(65_535), false);
    stage.advance(ofSeconds(1));
    assertThat(stage.router().load().inFlight()).isZero();
    large.body("x", false);
    stage.untilLoad(1, 0);
    large.body("x", true);
    assertThat(large.answer().status()).isEqualTo(200);
  }

  /** "its slot stays taken until the model's connection ends, at most one more time-out". */
  @ParameterizedTest
  @EnumSource
  void aTimedOutRequestKeepsItsSlotForOneMoreTimeout(Version version) throws Exception {
    var replica = stage.replica().next(Script.reading().waitForEnd());
    stage.start(replica);
    var slow = version.score(stage, "{}");
    replica.takeRequest();
    stage.advance(ofSeconds(5).plus(TICK));
    assertThat(slow.answer().reason()).isEqualTo("request_timeout");
    stage.advance(ofMillis(4_990));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    stage.advance(TICK.multipliedBy(3));
    replica.takeEnd();
    assertThat(stage.router().load().inFlight()).isZero();
  }

  /** "until the model's connection ends". */
  @ParameterizedTest
  @EnumSource
  void aTimedOutRequestGivesItsSlotBackWithTheLateAnswer(Version version) throws Exception {
    var replica = startedReplica();
    var slow = version.score(stage, "{}");
    replica.takeRequest();
    stage.advance(ofSeconds(5).plus(TICK));
    assertThat(slow.answer().reason()).isEqualTo("request_timeout");
    replica.go();
    stage.untilLoad(0, 0);
  }

  /** "Work whose deadline cannot be met any more is refused on arrival". */
  @ParameterizedTest
  @EnumSource
  void aDeadlineThatCannotBeMetIsRefusedOnArrival(Version version) throws Exception {
    var replica = startedReplica();
    for (int i = 0; i < 9; i++) {
      version.score(stage, "{}");
      replica.takeRequest();
      stage.advance(ofMillis(300));
      if (i < 8) {
        replica.go();
        stage.untilLoad(0, 0);
      }
    }
    stage.advance(ofMillis(600));
    Answer answer = version.score(stage, "{}", "x-request-timeout-ms: 400").answer();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.reason()).isEqualTo("deadline_infeasible");
    assertThat(answer.field("retry-after")).matches("[1-9][0-9]*");
    assertThat(answer.field("retry-after-ms")).matches("[1-9][0-9]*");
    replica.go();
  }

  /** "... dropped from the queue when it passes". */
  @ParameterizedTest
  @EnumSource
  void aDeadlineThatPassesEndsTheWait(Version version) throws Exception {
    var replica = busyReplica(version);
    var hasty = version.score(stage, "{}", "grpc-timeout: 200m");
    stage.untilLoad(1, 1);
    stage.advance(ofMillis(200).plus(TICK));
    assertThat(hasty.answer().reason()).isEqualTo("deadline_infeasible");
    stage.untilLoad(1, 0);
    replica.go();
    stage.untilLoad(0, 0);
    assertThat(replica.untakenRequests()).as("it never reached the model").isZero();
  }

  /** "... and the remaining time is told upstream". */
  @ParameterizedTest
  @EnumSource
  void theRemainingTimeIsToldUpstream(Version version) throws Exception {
    var replica = busyReplica(version);
    version.score(stage, "{}", "x-request-timeout-ms: 1000");
    stage.untilLoad(1, 1);
    stage.advance(ofMillis(250));
    replica.go();
    assertThat(replica.takeRequest()).contains("x-request-timeout-ms: 750\r\n");
    replica.go();
  }

  /** "A queue never serves a caller who has left". */
  @ParameterizedTest
  @EnumSource
  void whoHasLeftTheQueueIsNotServed(Version version) throws Exception {
    var replica = busyReplica(version);
    var leaves = version.score(stage, "{}");
    stage.untilLoad(1, 1);
    leaves.leave();
    stage.untilLoad(1, 0);
    replica.go();
    stage.untilLoad(0, 0);
    assertThat(replica.untakenRequests()).isZero();
  }

  /** "the slot stays taken until the model answers ..., and the answer is dropped (hold)". */
  @ParameterizedTest
  @EnumSource
  void theSlotOfACallerWhoLeavesStaysTaken(Version version) throws Exception {
    var replica = startedReplica();
    leave(version.score(stage, "{}"), replica);
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    replica.go();
    stage.untilLoad(0, 0);
  }

  /** "... or the time-out passes". */
  @ParameterizedTest
  @EnumSource
  void theSlotOfACallerWhoLeavesIsFreeAfterTheTimeout(Version version) throws Exception {
    var replica = stage.replica().next(Script.reading().waitForEnd());
    stage.start(replica);
    leave(version.score(stage, "{}"), replica);
    stage.advance(ofMillis(4_990));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    stage.advance(TICK.multipliedBy(3));
    replica.takeEnd();
    assertThat(stage.router().load().inFlight()).isZero();
  }

  /** "c = 0, the model's request is cancelled at once (cancel)". */
  @ParameterizedTest
  @CsvSource({"HTTP1, 0", "HTTP2, 0", "HTTP1, 1", "HTTP2, 1"})
  void whereItIsSaidOrNothingIsHeldTheModelIsCancelled(Version version, int concurrency)
      throws Exception {
    stage.settings(concurrency, OnClientGone.CANCEL, false);
    var replica = stage.replica().next(Script.reading().waitForEnd());
    stage.start(replica);
    leave(version.score(stage, "{}"), replica);
    replica.takeEnd();
    stage.untilLoad(0, 0);
  }

  /** "once a response streams ... the model's request is cancelled at once". */
  @ParameterizedTest
  @EnumSource
  void aStreamIsCancelledAtOnce(Version version) throws Exception {
    var replica = stage.replica();
    replica.next(Script.reading().send(DataPath.CHUNKED_HEAD + "1\r\na\r\n").waitForEnd());
    stage.start(replica);
    var caller = version.score(stage, "{}");
    replica.takeRequest();
    caller.awaitHead();
    caller.leave();
    replica.takeEnd();
    stage.untilLoad(0, 0);
  }

  private void leave(OpenCall call, FakeReplica replica) throws Exception {
    replica.takeRequest();
    call.leave();
    stage.until(() -> stage.router().meters().count("CLIENT_GONE") == 1);
  }
}
