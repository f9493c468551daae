package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.RequestSettings.OnClientGone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a request whose caller leaves. */
final class ClientGoneTest {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void holdsTheSlotUntilTheModelHasAnswered() throws Exception {
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    leaveWhileTheModelWorks(replica);
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    replica.go();
    stage.untilLoad(0, 0);
    assertThat(stage.caller().call(Caller.post("{}")).status()).isEqualTo(200);
    assertThat(replica.acceptedConnections()).as("the connection is kept").isEqualTo(1);
  }

  @Test
  void holdsTheSlotNoLongerThanTheModelMayTake() throws Exception {
    var replica = stage.replica().next(Script.reading().waitForEnd());
    stage.start(replica);
    leaveWhileTheModelWorks(replica);
    stage.advance(ofMillis(4990));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    stage.advance(ofMillis(20));
    assertThat(stage.router().load().inFlight()).isZero();
    replica.takeEnd();
  }

  @ParameterizedTest
  @CsvSource({"1, CANCEL", "0, HOLD", "0, CANCEL"})
  void cancelsWhereItIsSaidOrNothingIsHeld(int concurrency, OnClientGone rule) throws Exception {
    stage.settings(concurrency, rule, false);
    var replica = stage.replica().next(Script.reading().waitForEnd());
    stage.start(replica);
    leaveWhileTheModelWorks(replica);
    replica.takeEnd();
    stage.untilLoad(0, 0);
  }

  private void leaveWhileTheModelWorks(FakeReplica replica) throws Exception {
    var caller = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    caller.close();
    stage.until(() -> stage.router().meters().count("CLIENT_GONE") == 1);
  }

  @Test
  void cancelsAStreamAtOnce() throws Exception {
    var replica = stage.replica();
    replica.next(
        Script.reading()
            .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
            .waitForEnd());
    stage.start(replica);
    var caller = stage.caller().send(Caller.post("{}"));
    caller.read(1);
    caller.reset();
    replica.takeEnd();
    stage.untilLoad(0, 0);
  }

  @Test
  void neverShowsTheModelAWholeRequestThatWasBrokenOff() throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    var caller = stage.caller();
    caller.send(Caller.head("POST " + TestRouter.SCORE, new String[] {"Content-Length: 100000"}));
    caller.send("x".repeat(99_999));
    stage.until(() -> replica.acceptedConnections() == 1);
    caller.close();
    assertThat(replica.takePartialRequest()).doesNotContain("x".repeat(100_000));
    stage.untilLoad(0, 0);
  }

  @Test
  void leavesTheQueue() throws Exception {
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var served = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    var waiting = stage.caller().send(Caller.post("{}"));
    stage.untilLoad(1, 1);
    waiting.close();
    stage.untilLoad(1, 0);
    replica.go();
    assertThat(served.answer().status()).isEqualTo(200);
    stage.untilLoad(0, 0);
    assertThat(replica.untakenRequests()).isZero();
  }

  @Test
  void leavesTheQueueWithARequestThatBreaksTheRules() throws Exception {
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var served = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    // a whole prefix, for which a slot is wanted, and in the same read a chunk that is none
    var bad = stage.caller();
    bad.send(Caller.head("POST " + TestRouter.SCORE, new String[] {"Transfer-Encoding: chunked"}));
    bad.send("f000\r\n" + "x".repeat(0xf000) + "\r\n");
    stage.router().settle();
    bad.send("1000\r\n" + "x".repeat(0x1000) + "\r\nno size\r\n");
    Answer refused = bad.answer();
    assertThat(refused.status()).isEqualTo(400);
    stage.untilLoad(1, 0);
    replica.go();
    assertThat(served.answer().status()).isEqualTo(200);
    stage.untilLoad(0, 0);
    assertThat(served.call(Caller.post("{}")).status()).isEqualTo(200);
  }

  @Test
  void forgetsACallerWhoLeavesWithinAHead() throws Exception {
    stage.start(stage.replica());
    var caller = stage.caller().send("POST / HT");
    stage.until(() -> stage.router().proxy().connections() == 1);
    caller.reset();
    stage.until(() -> stage.router().proxy().connections() == 0);
    stage.advance(ofSeconds(11));
    assertThat(stage.router().meters().finished).isEmpty();
  }
}
