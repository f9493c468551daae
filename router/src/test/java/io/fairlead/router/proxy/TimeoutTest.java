package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.netty.buffer.PooledByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is late, and what then happens; in virtual time, to the wheel's tick. */
final class TimeoutTest {
  private static final Duration TICK = Duration.ofNanos(TimerWheel.TICK_NANOS);

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void answersForASlowModelAndKeepsItsSlot() throws Exception {
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var slow = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    stage.advance(ofMillis(4999));
    assertThat(slow.isQuiet()).isTrue();
    stage.advance(TICK.plusMillis(1));
    Answer answer = slow.answer();
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.reason()).isEqualTo("request_timeout");
    assertThat(answer.closes()).isFalse();
    assertThat(stage.router().load().inFlight()).isEqualTo(1);

    var next = stage.caller().send(Caller.post("{}"));
    stage.untilLoad(1, 1);
    replica.go(); // the late answer is dropped, and frees the slot
    assertThat(next.answer().status()).isEqualTo(200);
    stage.untilLoad(0, 0);
    assertThat(slow.isQuiet()).isTrue();
  }

  @Test
  void givesUpOnASlotAfterOneMoreTimeout() throws Exception {
    var replica = stage.replica().next(Script.reading().waitForEnd());
    stage.start(replica);
    var slow = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    stage.advance(ofSeconds(5).plus(TICK));
    assertThat(slow.answer().status()).isEqualTo(504);
    stage.advance(ofMillis(4990));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    stage.advance(TICK.multipliedBy(3));
    assertThat(stage.router().load().inFlight()).isZero();
    replica.takeEnd();
  }

  @Test
  void saysRequestTimeoutWithTheStatusOfManagedEndpoints() throws Exception {
    stage.setup.profile = ErrorProfile.MANAGED;
    var replica = stage.replica().next(Script.reading().waitForEnd());
    stage.start(replica);
    var slow = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    stage.advance(ofSeconds(5).plus(TICK));
    Answer answer = slow.answer();
    assertThat(answer.status()).isEqualTo(408);
    assertThat(answer.reason()).isEqualTo("request_timeout");
    assertThat(answer.closes()).as("the caller did nothing wrong").isFalse();
  }

  @Test
  void freesTheConnectionOfAnUnlimitedModelAtOnce() throws Exception {
    stage.settings(0, OnClientGone.HOLD, false);
    var replica = stage.replica().next(Script.reading().waitForEnd());
    stage.start(replica);
    var slow = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    stage.advance(ofSeconds(5).plus(TICK));
    assertThat(slow.answer().status()).isEqualTo(504);
    replica.takeEnd();
    assertThat(stage.router().load().inFlight()).isZero();
  }

  @Test
  void tellsWhoeverWaitedTooLongWhenToComeBack() throws Exception {
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var served = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    var waiting = stage.caller().send(Caller.post("{}"));
    stage.untilLoad(1, 1);
    stage.advance(ofMillis(499));
    assertThat(waiting.isQuiet()).isTrue();
    stage.advance(TICK.plusMillis(1));
    Answer answer = waiting.answer();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.reason()).isEqualTo("queue_timeout");
    assertThat(answer.field("retry-after")).matches("[1-9][0-9]*");
    assertThat(answer.field("retry-after-ms")).matches("[1-9][0-9]*");
    assertThat(answer.closes()).isFalse();
    replica.go();
    assertThat(served.answer().status()).isEqualTo(200);
    assertThat(waiting.call(Caller.post("{}")).status()).isEqualTo(200);
  }

  @Test
  void saysModelNotReadyWhereThereIsNoReplica() throws Exception {
    stage.start(new InetSocketAddress[0]);
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.reason()).isEqualTo("model_not_ready");
    assertThat(answer.field("retry-after-ms")).matches("[1-9][0-9]*");
  }

  @Test
  void answersForAModelThatDoesNotTakeTheConnection() throws Exception {
    // a listener whose backlog is full does not answer a SYN
    try (var deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var first = new Socket(deaf.getInetAddress(), deaf.getLocalPort());
        var second = new Socket(deaf.getInetAddress(), deaf.getLocalPort())) {
      stage.start((InetSocketAddress) deaf.getLocalSocketAddress());
      var caller = stage.caller().send(Caller.post("{}"));
      stage.untilLoad(1, 0);
      stage.advance(ofSeconds(1).plus(TICK)); // the first attempt
      assertThat(caller.isQuiet()).isTrue();
      stage.advance(ofSeconds(1).plus(TICK)); // the second
      Answer answer = caller.answer();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.reason()).isEqualTo("upstream_connect_failed");
      assertThat(first.isConnected() && second.isConnected()).isTrue();
      assertThat(stage.router().load().inFlight()).isZero();
    }
  }

  @Test
  void closesAnIdleConnectionToAModel() throws Exception {
    var replica = stage.replica().next(Script.respond(FakeReplica.OK).waitForEnd());
    stage.start(replica);
    assertThat(stage.caller().call(Caller.post("{}")).status()).isEqualTo(200);
    stage.until(() -> idleUpstreams() == 1);
    stage.advance(ofMillis(3990));
    assertThat(idleUpstreams()).isEqualTo(1);
    stage.advance(TICK.multipliedBy(3));
    assertThat(idleUpstreams()).isZero();
    assertThat(replica.takeEnd()).isEqualTo(FakeReplica.End.FIN);
  }

  private int idleUpstreams() {
    return stage.router().proxy().loops().iterator().next().upstreams.http1.idle();
  }

  @Test
  void answersAHeadThatIsNotCompleteInTime() throws Exception {
    stage.start(stage.replica());
    var caller = stage.caller().send("POST / HTTP/1.1\r\nHost: x\r\n");
    stage.advance(ofSeconds(10).minusMillis(1));
    assertThat(caller.isQuiet()).isTrue();
    stage.advance(TICK.plusMillis(1));
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(408);
    assertThat(answer.reason()).isEqualTo("head_timeout");
    assertThat(answer.closes()).isTrue();
    assertThat(caller.isClosed()).isTrue();
  }

  @Test
  void givesEachHeadItsOwnTime() throws Exception {
    stage.start(stage.replica());
    var caller = stage.caller();
    for (int i = 0; i < 3; i++) {
      caller.send("GET /healthz HTTP/1.1\r\n");
      stage.advance(ofSeconds(9));
      assertThat(caller.call("Host: x\r\n\r\n").status()).isEqualTo(200);
      stage.advance(ofSeconds(9));
    }
  }

  @Test
  void closesASilentConnectionWithoutAWord() throws Exception {
    stage.start(stage.replica());
    var caller = stage.caller();
    stage.advance(ofSeconds(10).plus(TICK));
    assertThat(caller.isClosed()).isTrue();
  }

  @Test
  void keepsAConnectionBetweenRequestsLonger() throws Exception {
    stage.start(stage.replica());
    var caller = stage.caller();
    assertThat(caller.call(Caller.post("{}")).status()).isEqualTo(200);
    stage.advance(ofSeconds(75).minusMillis(1));
    assertThat(caller.call(Caller.post("{}")).status()).isEqualTo(200);
    stage.advance(ofSeconds(75).plus(TICK));
    assertThat(caller.isClosed()).isTrue();
  }

  @Test
  void cutsOffABodyThatComesTooSlowly() throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    var slow = stage.caller().send(Caller.head("POST " + TestRouter.SCORE, fields(3000)));
    for (int second = 0; second < 5; second++) {
      slow.send("x".repeat(240));
      stage.advance(ofSeconds(1));
    }
    stage.advance(TICK);
    for (int second = 5; second < 8; second++) {
      assertThat(slow.isQuiet()).as("as fast as it must be").isTrue();
      slow.send("x".repeat(second < 7 ? 240 : 239));
      stage.advance(ofSeconds(1).plus(TICK));
    }
    Answer answer = slow.answer();
    assertThat(answer.status()).isEqualTo(408);
    assertThat(answer.reason()).isEqualTo("body_timeout");
    assertThat(answer.closes()).isTrue();
    assertThat(slow.isClosed()).isTrue();
    assertThat(replica.acceptedConnections()).isZero();
  }

  @Test
  void breaksOffARequestWhoseBodyStallsBehindItsPrefix() throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    var slow = stage.caller().send(Caller.head("POST " + TestRouter.SCORE, fields(100_000)));
    slow.send("x".repeat(70_000));
    stage.until(() -> replica.acceptedConnections() == 1);
    stage.until(() -> stage.router().load().inFlight() == 1);
    stage.advance(ofSeconds(5).plus(TICK));
    Answer answer = slow.answer();
    assertThat(answer.status()).isEqualTo(408);
    assertThat(answer.reason()).isEqualTo("body_timeout");
    assertThat(replica.takePartialRequest()).contains("Content-Length: 100000");
    assertThat(stage.router().load().inFlight()).isZero();
  }

  private static String[] fields(int length) {
    return new String[] {"Content-Length: " + length};
  }

  @Test
  void endsAStreamThatFallsSilent() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n";
    var replica = stage.replica();
    replica.next(Script.reading().send(head).waitForGo().send("2\r\ncd\r\n").waitForEnd());
    stage.start(replica);
    var caller = stage.caller().send(Caller.post("{}"));
    String start = caller.read(1);
    stage.advance(ofSeconds(299));
    replica.go();
    while (!start.endsWith("cd\r\n")) {
      start += caller.read(1);
    }
    stage.advance(ofSeconds(299));
    assertThat(caller.isQuiet()).isTrue();
    stage.advance(ofSeconds(1).plus(TICK));
    assertThat(caller.isClosed()).as("without a last chunk").isTrue();
    replica.takeEnd();
    assertThat(stage.router().load().inFlight()).isZero();
  }

  @Test
  void leavesACallerWhoDoesNotRead() throws Exception {
    int size = 64 << 20;
    var replica = stage.replica();
    replica.next(
        Script.reading()
            .send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n")
            .send(new byte[size])
            .waitForEnd());
    stage.settings(1, OnClientGone.CANCEL, false);
    stage.requestTimeout(Duration.ofMinutes(5)); // that is not what ends it
    var memory = new PooledByteBufAllocator(true);
    stage.setup.allocator(memory);
    stage.start(replica);
    stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    stage.untilGivenUp(memory);
    stage.untilFinished("200 body_timeout");
    stage.untilLoad(0, 0);
    assertThat(stage.router().proxy().connections()).isZero();
  }
}
