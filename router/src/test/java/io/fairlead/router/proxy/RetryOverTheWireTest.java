package io.fairlead.router.proxy;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which failures of a model a caller never sees, and which it must. */
final class RetryOverTheWireTest {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void goesToAnotherReplicaWhereOneRefusesTheConnection() throws Exception {
    var replica = stage.replica();
    stage.start(stage.nobody(), addressOf(replica));
    var caller = stage.caller();
    for (int i = 0; i < 20; i++) {
      assertThat(caller.call(Caller.post("{}")).status()).isEqualTo(200);
    }
    assertThat(stage.router().meters().count("RETRY"))
        .isEqualTo(stage.router().meters().count("UPSTREAM_CONNECT_FAILED"))
        .as("ejected after five")
        .isEqualTo(5);
  }

  @Test
  void answersWhenTheSecondAttemptFailsToo() throws Exception {
    stage.start(stage.nobody());
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.reason()).isEqualTo("upstream_connect_failed");
    assertThat(stage.router().meters().count("UPSTREAM_CONNECT_FAILED")).isEqualTo(2);
    stage.untilLoad(0, 0);
  }

  @Test
  void triesNoThirdReplica() throws Exception {
    var third = stage.replica();
    stage.start(stage.nobody(), stage.nobody(), addressOf(third));
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(502);
    assertThat(stage.router().meters().count("UPSTREAM_CONNECT_FAILED")).isEqualTo(2);
    assertThat(stage.router().meters().count("RETRY")).isEqualTo(1);
    assertThat(third.acceptedConnections()).isZero();
    stage.untilLoad(0, 0);
  }

  @Test
  void goesOnElsewhereWithTheBodyThatIsStillComing() throws Exception {
    var replica = stage.replica();
    stage.start(stage.nobody(), addressOf(replica));
    String body = "x".repeat(70_000) + "y".repeat(30_000);
    var caller = stage.caller();
    caller.send(Caller.head("POST " + TestRouter.SCORE, new String[] {"Content-Length: 100000"}));
    caller.send(body.substring(0, 70_000));
    stage.until(() -> replica.acceptedConnections() == 1);
    caller.send(body.substring(70_000));
    assertThat(replica.takeRequest()).endsWith("\r\n\r\n" + body);
    assertThat(caller.answer().status()).isEqualTo(200);
    assertThat(stage.router().meters().count("RETRY")).isEqualTo(1);
  }

  @Test
  void takesAFreshConnectionForOneThatTheModelHadClosed() throws Exception {
    takesAFreshConnection(Script.respond(FakeReplica.OK).waitForGo().close());
  }

  @Test
  void takesAFreshConnectionForOneThatTheModelHadReset() throws Exception {
    takesAFreshConnection(Script.respond(FakeReplica.OK).waitForGo().reset());
  }

  private void takesAFreshConnection(Script leaves) throws Exception {
    var replica = stage.replica().next(leaves);
    stage.start(replica);
    var caller = stage.caller();
    assertThat(caller.call(Caller.post("1")).status()).isEqualTo(200);
    // both are there when the loop looks: the next request, and behind it the model's end
    stage.whilePaused(
        () -> {
          caller.send(Caller.post("2"));
          replica.go();
          replica.awaitConnections(0);
        });
    assertThat(caller.answer().status()).isEqualTo(200);
    assertThat(caller.call(Caller.post("3")).status()).isEqualTo(200);
    assertThat(replica.acceptedConnections()).isEqualTo(2); // the new one is kept as any other
    int unseen = Epoll.isAvailable() ? 0 : 1; // with NIO it is found out when the request fails
    assertThat(stage.router().meters().count("UPSTREAM_REUSED")).isEqualTo(1 + unseen);
    assertThat(stage.router().meters().count("RETRY")).isEqualTo(unseen);
  }

  @Test
  void doesNotRepeatWhatAModelMayHaveStarted() throws Exception {
    var replica = stage.replica().next(Script.reading().reset());
    stage.start(replica);
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.reason()).isEqualTo("upstream_reset");
    replica.takeRequest();
    assertThat(replica.untakenRequests()).isZero();
    stage.untilLoad(0, 0);
  }

  @Test
  void doesNotRepeatWhatAModelMayHaveStartedOnAKeptConnection() throws Exception {
    var replica = stage.replica();
    replica.next(Script.respond(FakeReplica.OK), Script.reading().waitForGo().close());
    stage.start(replica);
    var caller = stage.caller();
    assertThat(caller.call(Caller.post("1")).status()).isEqualTo(200);
    replica.takeRequest();
    caller.send(Caller.post("2"));
    assertThat(replica.takeRequest()).endsWith("2");
    stage.advance(ofSeconds(3));
    replica.go();
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.reason()).isEqualTo("upstream_reset");
    assertThat(replica.untakenRequests()).isZero();
  }

  @Test
  void repeatsWhatMayBeRepeated() throws Exception {
    stage.settings(1, OnClientGone.HOLD, true);
    var replica = stage.replica().next(Script.reading().reset());
    stage.start(replica);
    assertThat(stage.caller().call(Caller.post("{}")).status()).isEqualTo(200);
    assertThat(replica.takeRequest()).isEqualTo(replica.takeRequest());
  }

  @Test
  void doesNotRepeatWhatAModelAnsweredWithAnError() throws Exception {
    stage.settings(1, OnClientGone.HOLD, true);
    String busy = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy";
    var replica = stage.replica().next(Script.respond(busy));
    stage.start(replica, stage.replica());
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("busy");
    assertThat(stage.router().meters().count("RETRY")).isZero();
  }

  @Test
  void doesNotRepeatWhatItHasNotKept() throws Exception {
    stage.settings(1, OnClientGone.HOLD, true);
    var replica = stage.replica().next(Script.resetAfterRequestBytes(90_000));
    var other = stage.replica();
    stage.start(replica, other);
    var caller = stage.caller();
    caller.send(Caller.head("POST " + TestRouter.SCORE, new String[] {"Content-Length: 100000"}));
    caller.send("x".repeat(70_000));
    stage.until(() -> replica.acceptedConnections() == 1);
    stage.router().settle();
    caller.send("x".repeat(25_000));
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(502);
    assertThat(other.acceptedConnections()).isZero();
  }

  @Test
  void neverRepeatsFromTheQueue() throws Exception {
    stage.settings(1, OnClientGone.HOLD, true);
    var failing = stage.replica().next(Script.reading().waitForGo().reset());
    var busy = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(failing, busy);
    var caller = stage.caller().send(Caller.post("1"));
    failing.takeRequest();
    var other = stage.caller().send(Caller.post("2"));
    busy.takeRequest();
    failing.go();
    assertThat(caller.answer().status()).isEqualTo(502);
    assertThat(stage.router().meters().count("RETRY")).isZero();
    busy.go();
    assertThat(other.answer().status()).isEqualTo(200);
  }

  @Test
  void neverRepeatsAfterAByteOfTheAnswer() throws Exception {
    stage.settings(1, OnClientGone.HOLD, true);
    var replica = stage.replica().next(Script.closeAfterResponseBytes(FakeReplica.OK, 5));
    stage.start(replica);
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(502);
    replica.takeRequest();
    assertThat(replica.untakenRequests()).isZero();
  }

  @Test
  void breaksOffAnAnswerThatTheModelBrokeOff() throws Exception {
    var replica = stage.replica();
    replica.next(Script.reading().send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").close());
    stage.start(replica);
    var caller = stage.caller().send(Caller.post("{}"));
    assertThat(caller.readAll()).endsWith("half");
    stage.untilLoad(0, 0);
  }

  @Test
  void doesNotTakeAResetForTheEndOfAnAnswer() throws Exception {
    var replica = stage.replica();
    replica.next(Script.reading().send("HTTP/1.1 200 OK\r\n\r\nhalf").waitForGo().reset());
    stage.start(replica);
    var caller = stage.caller().send(Caller.post("{}"));
    stage.until(() -> !isQuiet(caller));
    replica.go();
    assertThat(caller.readAll()).contains("half").doesNotContain("\r\n0\r\n");
  }

  @Test
  void leavesNoDoubtWhereOnlyTheEndOfTheConnectionEndsAnAnswer() throws Exception {
    var replica = stage.replica();
    replica.next(Script.reading().send("HTTP/1.1 200 OK\r\n\r\nhalf").waitForGo().reset());
    stage.start(replica);
    var caller = stage.caller();
    caller.send("GET " + TestRouter.SCORE + " HTTP/1.0\r\n\r\n");
    stage.until(() -> !isQuiet(caller));
    replica.go();
    assertThat(caller.end()).isEqualTo(FakeReplica.End.RST);
  }

  private static boolean isQuiet(Caller caller) {
    try {
      return caller.isQuiet();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void repeatsOnlyAsOftenAsTheBudgetAllows() throws Exception {
    stage.settings(0, OnClientGone.HOLD, true);
    var replica = stage.replica().always(Script.reading().reset());
    stage.start(replica);
    for (int i = 0; i < 40; i++) {
      assertThat(stage.caller().call(Caller.post("{}")).status()).isEqualTo(502);
    }
    assertThat(stage.router().meters().count("RETRY")).isBetween(10, 10 + 40 / 5 + 1);
  }

  @Test
  void ejectsAReplicaThatIsTooSlowFiveTimes() throws Exception {
    stage.settings(0, OnClientGone.HOLD, false);
    var deaf = stage.replica().always(Script.reading().waitForEnd());
    var good = stage.replica().always(Script.reading().waitForEnd());
    stage.start(deaf, good);
    for (int i = 0; i < 20 && stage.router().load().ejectedReplicas() == 0; i++) {
      var caller = stage.caller().send(Caller.post("{}"));
      stage.untilLoad(1, 0);
      stage.advance(ofSeconds(6));
      assertThat(caller.answer().status()).isEqualTo(504);
    }
    assertThat(stage.router().load().ejectedReplicas()).isEqualTo(1);
  }

  private static InetSocketAddress addressOf(FakeReplica replica) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), replica.port());
  }
}
