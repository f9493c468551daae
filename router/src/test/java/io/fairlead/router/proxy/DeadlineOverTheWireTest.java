package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.proxy.OpenCall.Version;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The caller's deadline, from its head to the model; in virtual time, to the wheel's tick. */
final class DeadlineOverTheWireTest {
  private static final Duration TICK = Duration.ofNanos(TimerWheel.TICK_NANOS);

  @RegisterExtension final Stage stage = new Stage();

  private void queueOf(int length) {
    stage.settings(
        old ->
            new RequestSettings(
                old.requestTimeout(),
                1,
                old.maxQueueWait(),
                length,
                old.bodyPrefixBytes(),
                OnClientGone.HOLD,
                false,
                false));
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP1, x-request-timeout-ms: soon, x-request-timeout-ms: soon",
    "HTTP2, x-request-timeout-ms: 0, x-request-timeout-ms: 0",
    "HTTP1, x-request-timeout-ms: -1, a negative time-out",
    "HTTP2, grpc-timeout: -1S, a negative time-out",
    "HTTP1, grpc-timeout: 1s, grpc-timeout: 1s",
    "HTTP2, grpc-timeout: 123456789n, grpc-timeout: 123456789n",
  })
  void refusesADeadlineThatIsNone(Version version, String field, String named) throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    Answer answer = version.score(stage, "{}", field).answer();
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.reason()).isEqualTo("bad_request");
    assertThat(answer.body()).contains(named);
    assertThat(replica.acceptedConnections()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void refusesConflictingDeadlines(Version version) throws Exception {
    stage.start(stage.replica());
    Answer answer =
        version.score(stage, "{}", "grpc-timeout: 1S", "x-request-timeout-ms: 999").answer();
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("conflicts with grpc-timeout: 1S");
  }

  @ParameterizedTest
  @EnumSource
  void refusesADeadlineThatIsGivenTwice(Version version) throws Exception {
    stage.start(stage.replica());
    Answer answer =
        version
            .score(stage, "{}", "x-request-timeout-ms: 999", "x-request-timeout-ms: 999")
            .answer();
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("x-request-timeout-ms: given more than once");
  }

  @ParameterizedTest
  @CsvSource({"HTTP1, KUBERNETES, 504", "HTTP2, MANAGED, 408"})
  void endsTheWaitForTheModelAndKeepsItsSlot(Version version, ErrorProfile profile, int status)
      throws Exception {
    stage.setup.profile = profile;
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var hasty = version.score(stage, "{}", "x-request-timeout-ms: 100");
    replica.takeRequest();
    stage.advance(ofMillis(99));
    assertThat(stage.finished()).isEmpty();
    stage.advance(TICK.plusMillis(1));
    Answer answer = hasty.answer();
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.reason()).isEqualTo("request_timeout");
    assertThat(answer.body()).contains("within the 100 ms that its caller waits");
    assertThat(stage.router().load().inFlight()).as("the model works on").isEqualTo(1);
    replica.go();
    stage.untilLoad(0, 0);
  }

  @Test
  void makesNoLimitLonger() throws Exception {
    var replica = stage.replica().next(Script.reading().waitForEnd());
    stage.start(replica);
    var patient = stage.caller().send(Caller.post("{}", "grpc-timeout: 1H"));
    replica.takeRequest();
    stage.advance(ofSeconds(5).plus(TICK));
    Answer answer = patient.answer();
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.body()).contains("within 5000 ms");
  }

  @Test
  void blamesNoReplicaForACallersHurry() throws Exception {
    stage.settings(0, OnClientGone.HOLD, false);
    var replica = stage.replica().always(Script.reading().waitForEnd());
    var other = stage.replica().always(Script.reading().waitForEnd());
    stage.start(replica, other);
    for (int i = 0; i < 20; i++) {
      var hasty = stage.caller().send(Caller.post("{}", "x-request-timeout-ms: 50"));
      stage.untilLoad(1, 0);
      stage.advance(ofMillis(50).plus(TICK));
      assertThat(hasty.answer().status()).isEqualTo(504);
    }
    assertThat(stage.router().load().ejectedReplicas()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"HTTP1, KUBERNETES, 503", "HTTP2, MANAGED, 429"})
  void endsTheWaitForASlot(Version version, ErrorProfile profile, int status) throws Exception {
    stage.setup.profile = profile;
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var served = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    var hasty = version.score(stage, "{}", "x-request-timeout-ms: 100");
    stage.untilLoad(1, 1);
    stage.advance(ofMillis(99));
    assertThat(stage.finished()).isEmpty();
    stage.advance(TICK.plusMillis(1));
    Answer answer = hasty.answer();
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.reason()).isEqualTo("deadline_infeasible");
    assertThat(answer.field("retry-after")).matches("[1-9][0-9]*");
    assertThat(answer.field("retry-after-ms")).matches("[1-9][0-9]*");
    stage.untilLoad(1, 0);
    replica.go();
    assertThat(served.answer().status()).isEqualTo(200);
    assertThat(replica.untakenRequests()).isZero();
  }

  @Test
  void doesNotHideThatTheLongestWaitWasOver() throws Exception {
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    var waiting = stage.caller().send(Caller.post("{}", "x-request-timeout-ms: 1000"));
    stage.untilLoad(1, 1);
    stage.advance(ofMillis(500).plus(TICK));
    assertThat(waiting.answer().reason()).isEqualTo("queue_timeout");
    replica.go();
  }

  @Test
  void refusesOnArrivalWhatCannotHaveASlotInTime() throws Exception {
    queueOf(3);
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    for (int i = 0; i < 8; i++) {
      var each = stage.caller().send(Caller.post("{}"));
      replica.takeRequest();
      stage.advance(ofMillis(200));
      replica.go();
      assertThat(each.answer().status()).isEqualTo(200);
      stage.untilLoad(0, 0);
    }
    stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    Answer answer = stage.caller().call(Caller.post("{}", "x-request-timeout-ms: 199"));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.reason()).isEqualTo("deadline_infeasible");
    assertThat(answer.field("retry-after-ms")).matches("[1-9][0-9]*");
    assertThat(answer.body()).contains("echo/blue").contains("within the 199 ms");

    var feasible = stage.caller().send(Caller.post("{}", "x-request-timeout-ms: 200"));
    stage.untilLoad(1, 1);
    replica.go();
    replica.takeRequest();
    replica.go();
    assertThat(feasible.answer().status()).isEqualTo(200);
  }

  @Test
  void servesTheEarliestDeadlineFirst() throws Exception {
    queueOf(3);
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    stage.caller().send(Caller.post("0"));
    replica.takeRequest();
    String[][] fields = {{}, {"x-request-timeout-ms: 400"}, {"grpc-timeout: 300m"}};
    for (int i = 1; i <= 3; i++) {
      stage.caller().send(Caller.post("" + i, fields[i - 1]));
      stage.untilLoad(1, i);
    }
    replica.go();
    for (String body : new String[] {"3", "2", "1"}) {
      assertThat(replica.takeRequest()).endsWith("\r\n\r\n" + body);
    }
  }

  @ParameterizedTest
  @EnumSource
  void endsTheWaitForTheBody(Version version) throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    var slow = version.head(stage, 5, "x-request-timeout-ms: 100").body("{", false);
    stage.advance(ofMillis(99));
    assertThat(stage.finished()).isEmpty();
    stage.advance(TICK.plusMillis(1));
    Answer answer = slow.answer();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.reason()).isEqualTo("deadline_infeasible");
    assertThat(replica.acceptedConnections()).isZero();
  }

  @Test
  void endsTheWaitForAConnection() throws Exception {
    // a listener whose backlog is full does not answer a SYN
    try (var deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var first = new Socket(deaf.getInetAddress(), deaf.getLocalPort());
        var second = new Socket(deaf.getInetAddress(), deaf.getLocalPort())) {
      stage.start((InetSocketAddress) deaf.getLocalSocketAddress());
      var caller = stage.caller().send(Caller.post("{}", "x-request-timeout-ms: 300"));
      stage.untilLoad(1, 0);
      stage.advance(ofMillis(300).plus(TICK));
      Answer answer = caller.answer();
      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.reason()).isEqualTo("request_timeout");
      assertThat(first.isConnected() && second.isConnected()).isTrue();
      assertThat(stage.router().load().inFlight()).isZero();
    }
  }

  @Test
  void endsAStreamWithoutItsEnd() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n";
    var replica = stage.replica().next(Script.reading().send(head).waitForEnd());
    stage.start(replica);
    var caller = stage.caller().send(Caller.post("{}", "x-request-timeout-ms: 30000"));
    String start = caller.read(1);
    stage.advance(ofSeconds(30).minusMillis(1));
    assertThat(stage.finished()).isEmpty();
    stage.advance(TICK.plusMillis(1));
    assertThat(start + caller.readAll()).contains("ab").doesNotContain("\r\n0\r\n");
    assertThat(stage.finished()).containsExactly("200 request_timeout");
    replica.takeEnd();
    assertThat(stage.router().load().inFlight()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void tellsTheModelWhatIsLeft(Version version) throws Exception {
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    stage.caller().send(Caller.post("{}"));
    assertThat(replica.takeRequest()).doesNotContain("timeout");
    version.score(stage, "{}", "x-request-timeout-ms: 2000");
    stage.untilLoad(1, 1);
    stage.advance(ofMillis(350));
    replica.go();
    assertThat(replica.takeRequest()).containsOnlyOnce("x-request-timeout-ms: 1650\r\n");
    replica.go();
  }

  @Test
  void tellsAModelOfGrpcInItsOwnForm() throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    String grpc = "Content-Type: application/grpc+proto";
    assertThat(stage.caller().call(Caller.post("{}", "x-request-timeout-ms: 70", grpc)).status())
        .isEqualTo(200);
    assertThat(replica.takeRequest())
        .containsOnlyOnce("grpc-timeout: 70m\r\n")
        .doesNotContain("x-request-timeout-ms");
    assertThat(stage.caller().call(Caller.post("{}", "grpc-timeout: 40000H", grpc)).status())
        .isEqualTo(200);
    assertThat(replica.takeRequest()).containsOnlyOnce("grpc-timeout: 99997200S\r\n");
  }

  @Test
  void tellsAnyOtherModelNoMoreThanItsFieldMaySay() throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    assertThat(stage.caller().call(Caller.post("{}", "grpc-timeout: 1H")).status()).isEqualTo(200);
    assertThat(replica.takeRequest())
        .containsOnlyOnce("x-request-timeout-ms: 300000\r\n")
        .doesNotContain("grpc-timeout");
  }

  @Test
  void tellsASecondAttemptWhatIsLeftByThen() throws Exception {
    stage.settings(1, OnClientGone.HOLD, true);
    var replica = stage.replica().next(Script.reading().waitForGo().reset());
    stage.start(replica);
    var caller = stage.caller().send(Caller.post("{}", "x-request-timeout-ms: 1000"));
    assertThat(replica.takeRequest()).contains("x-request-timeout-ms: 1000\r\n");
    stage.advance(ofMillis(250));
    replica.go();
    assertThat(replica.takeRequest()).contains("x-request-timeout-ms: 750\r\n");
    assertThat(caller.answer().status()).isEqualTo(200);
  }

  @Test
  void isForgottenWithItsRequest() throws Exception {
    var replica =
        stage.replica().next(Script.respond(FakeReplica.OK), Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var caller = stage.caller();
    assertThat(caller.call(Caller.post("{}", "x-request-timeout-ms: 50")).status()).isEqualTo(200);
    replica.takeRequest();
    caller.send(Caller.post("{}"));
    assertThat(replica.takeRequest()).doesNotContain("timeout");
    stage.advance(ofSeconds(4));
    assertThat(stage.finished()).containsExactly("200 -");
    replica.go();
  }
}
