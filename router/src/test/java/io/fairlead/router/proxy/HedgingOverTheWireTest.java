package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.dispatch.HedgeCounts;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A second attempt beside a slow one, as callers and replicas see it, in virtual time. The replica
 * that is listed first is asked first.
 */
final class HedgingOverTheWireTest {
  /** The 95th percentile of what was measured, rounded up, and a tick of the wheel. */
  private static final Duration LATE = ofMillis(103).plusNanos(TimerWheel.TICK_NANOS);

  @RegisterExtension final Stage stage = new Stage();

  @BeforeEach
  void hedge() {
    stage.hedging(1, OnClientGone.HOLD);
  }

  private FakeReplica replica(Script script) throws IOException {
    return stage.replica().next(script);
  }

  private void start(FakeReplica... replicas) {
    stage.start(replicas);
    HedgeBudget.earn(stage, 1);
  }

  /** Sends a request that {@code slow} gets, until its answer is late. */
  private Caller waitInVain(FakeReplica slow) throws Exception {
    Caller caller = stage.caller().send(Caller.post("{}"));
    slow.takeRequest();
    stage.advance(LATE);
    return caller;
  }

  private static void answersAlone(FakeReplica slow, FakeReplica other, Caller caller)
      throws Exception {
    slow.go();
    assertThat(caller.answer().status()).isEqualTo(200);
    assertThat(other.acceptedConnections()).isZero();
  }

  @Test
  void takesTheAnswerOfWhicheverIsFirst() throws Exception {
    var slow = replica(Script.respondOnGo(FakeReplica.OK));
    var quick = replica(Script.respond(FakeReplica.OK.replace("ok", "OK")));
    start(slow, quick);
    var caller = stage.caller().send(Caller.post("{}"));
    String asked = slow.takeRequest();
    stage.advance(ofMillis(100));
    assertThat(quick.acceptedConnections()).as("not late yet").isZero();
    stage.advance(LATE.minusMillis(100));
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("OK");
    assertThat(quick.takeRequest()).isEqualTo(asked);
    assertThat(counts()).isEqualTo(new HedgeCounts(1, 0, 0, 0));
    assertThat(stage.router().load().inFlight()).as("the slow one works on").isEqualTo(1);
    slow.go();
    stage.untilLoad(0, 0);
    assertThat(stage.finished()).containsExactly("200 -");
    assertThat(caller.isQuiet()).isTrue();
  }

  @Test
  void keepsTheSlotOfTheSecondWhereTheFirstAnswersAfterAll() throws Exception {
    var slow = replica(Script.respondOnGo(FakeReplica.OK));
    var slower = replica(Script.respondOnGo(FakeReplica.OK));
    start(slow, slower);
    Caller caller = waitInVain(slow);
    slower.takeRequest();
    slow.go();
    assertThat(caller.answer().status()).isEqualTo(200);
    assertThat(counts()).isEqualTo(new HedgeCounts(0, 1, 0, 0));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    slower.go();
    stage.untilLoad(0, 0);
  }

  @Test
  void cancelsTheLoserWhereClosingStopsTheModel() throws Exception {
    stage.hedging(1, OnClientGone.CANCEL);
    var slow = replica(Script.reading().waitForEnd());
    start(slow, replica(Script.respond(FakeReplica.OK)));
    Caller caller = waitInVain(slow);
    assertThat(caller.answer().status()).isEqualTo(200);
    slow.takeEnd();
    assertThat(stage.router().load().inFlight()).isZero();
  }

  @Test
  void givesUpOnALoserAfterOneTimeout() throws Exception {
    var slow = replica(Script.reading().waitForEnd());
    start(slow, replica(Script.respond(FakeReplica.OK)));
    Caller caller = waitInVain(slow);
    assertThat(caller.answer().status()).isEqualTo(200);
    stage.advance(ofMillis(4_990));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    stage.advance(ofMillis(20));
    slow.takeEnd();
    assertThat(stage.router().load().inFlight()).isZero();
  }

  @Test
  void takesTheOtherWhereTheFirstFails() throws Exception {
    var failing = replica(Script.reading().waitForGo().reset());
    var other = replica(Script.respondOnGo(FakeReplica.OK));
    start(failing, other);
    Caller caller = waitInVain(failing);
    other.takeRequest();
    failing.go();
    stage.untilLoad(1, 0);
    assertThat(stage.finished()).isEmpty();
    other.go();
    assertThat(caller.answer().status()).isEqualTo(200);
    assertThat(counts()).isEqualTo(new HedgeCounts(1, 0, 0, 0));
    assertThat(stage.router().meters().count("RETRY")).as("two attempts are enough").isZero();
  }

  @Test
  void takesTheFirstWhereTheOtherFails() throws Exception {
    var slow = replica(Script.respondOnGo(FakeReplica.OK));
    var failing = replica(Script.reading().reset());
    start(slow, failing);
    Caller caller = waitInVain(slow);
    failing.takeRequest();
    stage.untilLoad(1, 0);
    slow.go();
    assertThat(caller.answer().status()).isEqualTo(200);
    assertThat(counts()).isEqualTo(new HedgeCounts(0, 0, 1, 0));
  }

  @Test
  void takesTheFirstWhereTheOtherCannotBeReached() throws Exception {
    var slow = replica(Script.respondOnGo(FakeReplica.OK));
    stage.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), slow.port()), stage.nobody());
    HedgeBudget.earn(stage, 1);
    Caller caller = waitInVain(slow);
    stage.until(() -> stage.router().meters().count("UPSTREAM_CONNECT_FAILED") == 1);
    slow.go();
    assertThat(caller.answer().status()).isEqualTo(200);
    assertThat(counts()).isEqualTo(new HedgeCounts(0, 0, 1, 0));
  }

  @Test
  void answersOnceWhereBothFail() throws Exception {
    var one = replica(Script.reading().waitForGo().reset());
    var two = replica(Script.reading().waitForGo().close());
    start(one, two);
    Caller caller = waitInVain(one);
    two.takeRequest();
    one.go();
    stage.untilLoad(1, 0);
    two.go();
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.reason()).isEqualTo("upstream_reset");
    assertThat(counts()).isEqualTo(new HedgeCounts(0, 0, 1, 0));
    assertThat(stage.finished()).containsExactly("502 upstream_reset");
  }

  @Test
  void answersOnceWhereBothAreTooSlowAndKeepsBothSlots() throws Exception {
    var one = replica(Script.respondOnGo(FakeReplica.OK));
    var two = replica(Script.respondOnGo(FakeReplica.OK));
    start(one, two);
    Caller caller = waitInVain(one);
    two.takeRequest();
    stage.advance(ofSeconds(5).minus(LATE).plusNanos(TimerWheel.TICK_NANOS));
    assertThat(caller.answer().status()).isEqualTo(504);
    assertThat(counts()).isEqualTo(new HedgeCounts(0, 0, 0, 1));
    assertThat(stage.router().load().inFlight()).isEqualTo(2);
    two.go();
    stage.untilLoad(1, 0);
    one.go();
    stage.untilLoad(0, 0);
    assertThat(stage.finished()).containsExactly("504 request_timeout");
  }

  @Test
  void endsBothAtTheCallersDeadline() throws Exception {
    var one = replica(Script.respondOnGo(FakeReplica.OK));
    var two = replica(Script.respondOnGo(FakeReplica.OK));
    start(one, two);
    var caller = stage.caller().send(Caller.post("{}", "x-request-timeout-ms: 300"));
    assertThat(one.takeRequest()).contains("x-request-timeout-ms: 300\r\n");
    stage.advance(LATE);
    assertThat(two.takeRequest()).containsPattern("x-request-timeout-ms: 19[0-9]\r\n");
    stage.advance(ofMillis(200));
    assertThat(caller.answer().status()).isEqualTo(504);
    assertThat(stage.router().load().inFlight()).isEqualTo(2);
    one.go();
    two.go();
    stage.untilLoad(0, 0);
  }

  @Test
  void holdsBothForACallerWhoLeaves() throws Exception {
    var one = replica(Script.respondOnGo(FakeReplica.OK));
    var two = replica(Script.respondOnGo(FakeReplica.OK));
    start(one, two);
    Caller caller = waitInVain(one);
    two.takeRequest();
    caller.close();
    stage.until(() -> stage.router().meters().count("CLIENT_GONE") == 1);
    assertThat(counts()).isEqualTo(new HedgeCounts(0, 0, 0, 1));
    assertThat(stage.router().load().inFlight()).isEqualTo(2);
    one.go();
    two.go();
    stage.untilLoad(0, 0);
  }

  @Test
  void passesOnNoInformationalResponseOfEither() throws Exception {
    var slow = replica(Script.respondOnGo(FakeReplica.OK));
    start(slow, replica(Script.interim(1, FakeReplica.OK)));
    Caller caller = waitInVain(slow);
    assertThat(caller.answer().status()).as("not 103").isEqualTo(200);
    slow.go();
  }

  @Test
  void asksNobodyElseOnceAByteOfTheResponseIsThere() throws Exception {
    String hints = "HTTP/1.1 103 Early Hints\r\n\r\n";
    var slow = replica(Script.reading().send(hints).waitForGo().send(FakeReplica.OK));
    var other = stage.replica();
    start(slow, other);
    var caller = stage.caller().send(Caller.post("{}"));
    assertThat(caller.answer().status()).isEqualTo(103);
    stage.advance(LATE);
    answersAlone(slow, other, caller);
  }

  @Test
  void asksNobodyElseForABodyThatIsNotKept() throws Exception {
    var slow = replica(Script.respondOnGo(FakeReplica.OK));
    var other = stage.replica();
    start(slow, other);
    String request = Caller.post("x".repeat(70_000));
    var caller = stage.caller().send(request.substring(0, 67_000));
    stage.until(() -> slow.acceptedConnections() == 1);
    stage.router().settle();
    caller.send(request.substring(67_000));
    slow.takeRequest();
    stage.advance(LATE);
    answersAlone(slow, other, caller);
  }

  @Test
  void asksNobodyElseWhereNoOtherReplicaHasAFreeSlot() throws Exception {
    var one = replica(Script.respondOnGo(FakeReplica.OK));
    var two = replica(Script.respondOnGo(FakeReplica.OK));
    start(one, two);
    var first = stage.caller().send(Caller.post("1"));
    var second = stage.caller().send(Caller.post("2"));
    one.takeRequest();
    two.takeRequest();
    stage.advance(LATE);
    one.go();
    two.go();
    assertThat(first.answer().status()).isEqualTo(200);
    assertThat(second.answer().status()).isEqualTo(200);
    assertThat(one.untakenRequests() + two.untakenRequests()).isZero();
  }

  @Test
  void asksNobodyElseBeyondTheBudget() throws Exception {
    var slow = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    var quick = stage.replica();
    stage.start(slow, quick);
    HedgeBudget.measure(stage);
    Caller caller = waitInVain(slow);
    answersAlone(slow, quick, caller);
  }

  @Test
  void asksNobodyElseWhileTooLittleIsMeasured() throws Exception {
    var slow = replica(Script.respondOnGo(FakeReplica.OK));
    var other = stage.replica();
    stage.start(slow, other);
    HedgeBudget.save(stage, 1);
    var caller = stage.caller().send(Caller.post("{}"));
    slow.takeRequest();
    stage.advance(ofSeconds(4));
    answersAlone(slow, other, caller);
  }

  @Test
  void asksNobodyElseWhereHedgingIsNotAskedFor() throws Exception {
    stage.settings(1, OnClientGone.HOLD, true);
    var slow = replica(Script.respondOnGo(FakeReplica.OK));
    var other = stage.replica();
    start(slow, other);
    Caller caller = waitInVain(slow);
    answersAlone(slow, other, caller);
  }

  @Test
  void measuresHowLongResponsesTakeToBegin() throws Exception {
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var caller = stage.caller();
    for (int i = 0; i < 100; i++) {
      caller.send(Caller.post("{}"));
      replica.takeRequest();
      stage.advance(ofMillis(30));
      replica.go();
      assertThat(caller.answer().status()).isEqualTo(200);
    }
    assertThat(stage.router().dispatcher().hedgeDelayNanos())
        .isBetween(ofMillis(30).toNanos(), ofMillis(32).toNanos());
  }

  private HedgeCounts counts() {
    return stage.router().dispatcher().hedges();
  }
}
