package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bytes of a model that nobody asked for. */
final class UpstreamBytesTest {
  private static final String UNASKED =
      "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void closesAnIdleConnectionOnWhichBytesCome() throws Exception {
    var replica = stage.replica();
    replica.next(Script.respond(FakeReplica.OK).waitForGo().send(UNASKED).waitForEnd());
    stage.start(replica);
    var caller = stage.caller();
    assertThat(caller.call(Caller.post("{}")).status()).isEqualTo(200);
    replica.go();
    replica.takeEnd();
    assertThat(stage.router().meters().count("UPSTREAM_IDLE_BYTES")).isEqualTo(1);
    assertThat(caller.call(Caller.post("{}")).status()).isEqualTo(200);
    assertThat(replica.acceptedConnections()).isEqualTo(2);
  }

  @Test
  void doesNotTakeThemForTheAnswerToWhatWasNotYetAsked() throws Exception {
    var replica = stage.replica();
    replica.next(Script.respond(FakeReplica.OK).waitForGo().send(UNASKED).close());
    stage.start(replica);
    var caller = stage.caller();
    assertThat(caller.call(Caller.post("1")).status()).isEqualTo(200);
    // both are there when the loop looks: first the next request, then the bytes
    stage.whilePaused(
        () -> {
          caller.send(Caller.post("2"));
          replica.go();
          replica.awaitConnections(0);
        });
    assertThat(caller.answer().status()).isEqualTo(200);
    assertThat(stage.router().meters().count("UPSTREAM_IDLE_BYTES")).isEqualTo(1);
    assertThat(replica.acceptedConnections()).isEqualTo(2);
  }

  @Test
  void doesNotReuseAConnectionWithBytesBehindAnAnswer() throws Exception {
    var replica = stage.replica();
    replica.next(Script.respond(FakeReplica.OK + UNASKED).waitForEnd());
    stage.start(replica);
    var caller = stage.caller();
    Answer answer = caller.call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("ok");
    replica.takeEnd();
    assertThat(caller.call(Caller.post("{}")).status()).isEqualTo(200);
    assertThat(replica.acceptedConnections()).isEqualTo(2);
  }

  @Test
  void closesAtOnceWhereTheModelSaysSo() throws Exception {
    var replica = stage.replica();
    replica.always(
        Script.respond("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            .waitForEnd());
    stage.start(replica);
    for (int i = 1; i <= 3; i++) {
      assertThat(stage.caller().call(Caller.post("{}")).status()).isEqualTo(200);
      assertThat(replica.takeEnd()).isEqualTo(FakeReplica.End.FIN);
      assertThat(replica.acceptedConnections()).isEqualTo(i);
    }
  }

  @Test
  void doesNotReuseAConnectionThatAnsweredTooEarly() throws Exception {
    var replica =
        stage.replica().next(Script.blank().readBytes(10).send(FakeReplica.OK).waitForEnd());
    stage.start(replica);
    var caller = stage.caller();
    String[] fields = {"Content-Length: 100000"};
    caller.send(Caller.head("POST " + TestRouter.SCORE, fields)).send("x".repeat(66_000));
    assertThat(caller.answer().status()).isEqualTo(200);
    replica.takeEnd();
    caller.send("x".repeat(34_000)); // small enough to be dropped: the caller's connection lives
    assertThat(caller.call(Caller.post("{}")).status()).isEqualTo(200);
    assertThat(replica.acceptedConnections()).isEqualTo(2);
  }
}
