package io.fairlead.router.proxy;

import static io.fairlead.router.proxy.WebSockets.AGREED;
import static io.fairlead.router.proxy.WebSockets.KEY;
import static io.fairlead.router.proxy.WebSockets.upgrade;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.dispatch.HedgeCounts;
import io.fairlead.router.model.Mirror;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.model.Traffic;
import io.fairlead.router.model.TrafficSplit;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests for a WebSocket over HTTP/1.1, to the byte: who gets one, and who does not. */
@ExtendWith(Leaks.class)
final class WebSocketHandshakeTest {
  @RegisterExtension final Stage stage = new Stage();
  private RawModel model;

  @BeforeEach
  void open() throws Exception {
    model = RawModel.start();
    stage.closes(model);
    stage.setup.allowedPaths = List.of("/v2");
    stage.setup.endpoint(e -> WebSockets.allowed(e, true));
  }

  private Caller caller() throws Exception {
    stage.start(model.address());
    return stage.caller();
  }

  @Test
  void asksTheModelToSwitchAndTellsTheCaller() throws Exception {
    Caller caller = caller().send(upgrade("Sec-WebSocket-Protocol: chat"));
    RawModel.Connection connection = model.accept();
    assertThat(connection.head().toLowerCase(Locale.ROOT))
        .startsWith("get /score http/1.1\r\n")
        .containsOnlyOnce("\r\nupgrade: websocket\r\n")
        .containsOnlyOnce("\r\nconnection: upgrade\r\n")
        .contains("\r\nsec-websocket-protocol: chat\r\n", "\r\nsec-websocket-version: 13\r\n")
        .contains("\r\nsec-websocket-key: " + KEY.toLowerCase(Locale.ROOT) + "\r\n")
        .contains("\r\nx-request-id: ", "\r\nx-forwarded-for: 127.0.0.1\r\n")
        .doesNotContain("transfer-encoding", "content-length");
    connection.send(AGREED);
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(101);
    assertThat(answer.field("upgrade")).isEqualTo("websocket");
    assertThat(answer.field("connection")).isEqualTo("upgrade");
    assertThat(answer.field("sec-websocket-accept")).isEqualTo(WebSockets.ACCEPT);
    assertThat(answer.field("azureml-model-deployment")).isEqualTo("blue");
    assertThat(answer.field("ms-azureml-model-error-statuscode")).isNull();
    assertThat(answer.field("content-length")).isNull();
  }

  @Test
  void relaysNothingBeforeTheModelHasAgreed() throws Exception {
    Caller caller = caller().send(upgrade() + "too early");
    RawModel.Connection connection = model.accept();
    connection.head();
    stage.router().settle();
    assertThat(connection.isQuiet()).isTrue();
    connection.send(AGREED + "at once");
    assertThat(caller.answer().status()).isEqualTo(101);
    assertThat(caller.read(7)).isEqualTo("at once");
    assertThat(connection.read(9)).isEqualTo("too early");
    caller.send(" and more");
    assertThat(connection.read(9)).isEqualTo(" and more");
  }

  @Test
  void takesRequestAndAgreementHoweverTheyAreSplit() throws Exception {
    stage.start(model.address());
    String request = upgrade();
    for (int at = 1; at <= request.length(); at++) {
      int agreedAt = at % AGREED.length();
      try (Caller caller = stage.caller()) {
        caller.send(request.substring(0, at));
        stage.router().settle();
        caller.send(request.substring(at));
        RawModel.Connection connection = model.accept();
        connection.head();
        connection.send(AGREED.substring(0, agreedAt));
        stage.router().settle();
        connection.send(AGREED.substring(agreedAt) + "x");
        assertThat(caller.answer().status()).isEqualTo(101);
        assertThat(caller.read(1)).isEqualTo("x");
        connection.close();
      }
      stage.untilLoad(0, 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"200 OK, 200", "403 Forbidden, 403", "426 Upgrade Required, 426"})
  void passesOnAnotherAnswerAsAnyOther(String line, int status) throws Exception {
    Caller caller = caller().send(upgrade());
    RawModel.Connection connection = model.accept();
    connection.head();
    connection.send("HTTP/1.1 " + line + "\r\nContent-Length: 2\r\n\r\nno");
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo("no");
    stage.untilLoad(0, 0);
    caller.send(Caller.get(TestRouter.SCORE));
    RawModel.Connection next = model.accept();
    assertThat(next.head()).doesNotContainIgnoringCase("upgrade");
    next.send(FakeReplica.OK);
    assertThat(caller.answer().status()).as("the connection goes on").isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "websocket, x-other: 1",
    "websocket, sec-websocket-accept: AAAALMBiTxaQ9kYGzzhZRbK+xOo=",
    "h2c, sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
  })
  void refusesAWrongAgreement(String protocol, String field) throws Exception {
    Caller caller = caller().send(upgrade());
    RawModel.Connection connection = model.accept();
    connection.head();
    connection.send(
        "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: "
            + protocol
            + "\r\n"
            + field
            + "\r\n\r\n");
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.reason()).isEqualTo("upstream_protocol_error");
    assertThat(answer.body()).contains("sec-websocket-accept");
    connection.end();
    stage.untilLoad(0, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Key: short", "Key: dGhlIHNhbXBsZSBub25jZQ=!", "No-Key: x"})
  void refusesAMalformedKey(String field) throws Exception {
    Answer answer = caller().call(upgrade().replace("Key: " + KEY, field));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.reason()).isEqualTo("bad_request");
    assertThat(answer.body())
        .contains("sec-websocket-key: missing or malformed (expected: 16 bytes in Base64, once)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Version: 8", "Version: 13, 8", "No-Version: 13"})
  void saysWhichVersionItSpeaks(String field) throws Exception {
    Caller caller = caller();
    Answer answer = caller.call(upgrade().replace("Version: 13", field));
    assertThat(answer.status()).isEqualTo(426);
    assertThat(answer.reason()).isEqualTo("upgrade_required");
    assertThat(answer.field("sec-websocket-version")).isEqualTo("13");
    assertThat(answer.body()).contains("sec-websocket-version: missing or other (expected: 13");
    assertThat(answer.closes()).isFalse();
    caller.send(upgrade());
    model.agree();
    assertThat(caller.answer().status()).isEqualTo(101);
  }

  @Test
  void refusesABodyBeforeTheSwitch() throws Exception {
    Answer answer = caller().call(upgrade("Content-Length: 2") + "{}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("upgrade: with a body");
  }

  @Test
  void takesAnUpgradeForAnOrdinaryRequestWhereTheEndpointAllowsNone() throws Exception {
    stage.setup.endpoint(e -> WebSockets.allowed(e, false));
    Caller caller = caller().send(upgrade() + Caller.get("/healthz"));
    RawModel.Connection connection = model.accept();
    assertThat(connection.head().toLowerCase(Locale.ROOT)).doesNotContain("upgrade");
    stage.router().settle();
    assertThat(connection.isQuiet()).as("what follows is the next request").isTrue();
    connection.send(FakeReplica.OK);
    assertThat(caller.answer().body()).isEqualTo("ok");
    assertThat(caller.answer().status()).isEqualTo(200);
  }

  @Test
  void believesNoSwitchWhereTheEndpointAllowsNone() throws Exception {
    stage.setup.endpoint(e -> WebSockets.allowed(e, false));
    Caller caller = caller().send(upgrade());
    RawModel.Connection connection = model.accept();
    connection.head();
    connection.send(AGREED);
    assertThat(caller.answer().reason()).isEqualTo("upstream_protocol_error");
    connection.end();
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2c", "TLS/1.0", "websockets"})
  void asksForNothingButWebSockets(String protocol) throws Exception {
    Caller caller = caller().send(upgrade().replace("Upgrade: websocket", "Upgrade: " + protocol));
    RawModel.Connection connection = model.accept();
    assertThat(connection.head().toLowerCase(Locale.ROOT)).doesNotContain("upgrade");
    connection.send(FakeReplica.OK);
    assertThat(caller.answer().status()).isEqualTo(200);
  }

  @Test
  void allowsItBelowAllowedPathsButNotForTheDescription() throws Exception {
    Caller caller = caller();
    caller.send(upgrade().replace("/score", "/v2/chat?a=b"));
    RawModel.Connection connection = model.accept();
    assertThat(connection.head()).startsWith("GET /v2/chat?a=b HTTP/1.1\r\n").contains("upgrade");
    connection.send(AGREED);
    assertThat(caller.answer().status()).isEqualTo(101);
    connection.close();
    Caller other = stage.caller().send(upgrade().replace("/score", "/swagger.json"));
    RawModel.Connection description = model.accept();
    assertThat(description.head()).doesNotContainIgnoringCase("upgrade");
    description.send(FakeReplica.OK);
    assertThat(other.answer().status()).isEqualTo(200);
  }

  @Test
  void saysThatADeploymentSpeaksHttp2() throws Exception {
    stage.setup.h2c();
    Answer answer = caller().call(upgrade());
    assertThat(answer.status()).isEqualTo(501);
    assertThat(answer.body()).contains("expected: one with protocol: http1");
  }

  @Test
  void waitsForASlotLikeAnyRequest() throws Exception {
    Caller first = caller().send(upgrade());
    RawModel.Connection connection = model.agree();
    assertThat(first.answer().status()).isEqualTo(101);
    Caller second = stage.caller().send(upgrade() + "early");
    stage.untilLoad(1, 1);
    connection.close();
    RawModel.Connection next = model.agree();
    assertThat(second.answer().status()).isEqualTo(101);
    assertThat(next.read(5)).isEqualTo("early");
    Caller third = stage.caller().send(upgrade());
    stage.untilLoad(1, 1);
    stage.advance(ofMillis(510));
    Answer refused = third.answer();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.reason()).isEqualTo("queue_timeout");
    assertThat(refused.closes()).isFalse();
  }

  @Test
  void waitsNoLongerForAnAgreementThanForAnyAnswer() throws Exception {
    Caller caller = caller().send(upgrade());
    RawModel.Connection connection = model.accept();
    connection.head();
    stage.advance(ofMillis(5010));
    assertThat(caller.answer().reason()).isEqualTo("request_timeout");
    connection.end();
    stage.untilLoad(0, 0);
  }

  @Test
  void takesACallersDeadlineForThatOfTheAgreement() throws Exception {
    Caller caller = caller().send(upgrade("x-request-timeout-ms: 1000"));
    RawModel.Connection connection = model.agree();
    assertThat(caller.answer().status()).isEqualTo(101);
    stage.advance(ofSeconds(2));
    caller.send("later");
    assertThat(connection.read(5)).isEqualTo("later");
    Caller other = stage.caller().send(upgrade("x-request-timeout-ms: 100"));
    stage.advance(ofMillis(110));
    assertThat(other.answer().reason()).isEqualTo("deadline_infeasible");
  }

  @Test
  void leavesAModelThatHasNotAgreedWhenTheCallerVanishes() throws Exception {
    Caller caller = caller().send(upgrade());
    RawModel.Connection connection = model.accept();
    connection.head();
    caller.close();
    connection.end();
    stage.untilLoad(0, 0);
    assertThat(stage.router().meters().count("CLIENT_GONE")).isEqualTo(1);
  }

  // ---- once, and at one replica

  @Test
  void asksNoSecondReplicaAfterAnAttemptThatWasSent() throws Exception {
    stage.settings(1, OnClientGone.HOLD, true);
    FakeReplica other = stage.replica();
    stage.start(
        model.address(), new InetSocketAddress(InetAddress.getLoopbackAddress(), other.port()));
    Caller caller = stage.caller().send(upgrade());
    RawModel.Connection connection = model.accept();
    connection.head();
    connection.close();
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.reason()).isEqualTo("upstream_reset");
    assertThat(other.acceptedConnections()).isZero();
    assertThat(stage.router().meters().count("RETRY")).isZero();
  }

  @Test
  void asksASecondReplicaWhereNoConnectionCouldBeMade() throws Exception {
    stage.start(stage.nobody(), model.address());
    Caller caller = stage.caller().send(upgrade() + "early");
    RawModel.Connection connection = model.agree();
    assertThat(caller.answer().status()).isEqualTo(101);
    assertThat(connection.read(5)).isEqualTo("early");
  }

  @Test
  void takesAConnectionOfItsOwn() throws Exception {
    Caller caller = caller().send(Caller.get(TestRouter.SCORE));
    RawModel.Connection kept = model.accept();
    kept.head();
    kept.send(FakeReplica.OK);
    assertThat(caller.answer().status()).isEqualTo(200);
    caller.send(upgrade());
    model.agree();
    assertThat(caller.answer().status()).isEqualTo(101);
    assertThat(kept.isQuiet()).isTrue();
  }

  @Test
  void isNotHedged() throws Exception {
    stage.hedging(1, OnClientGone.HOLD);
    FakeReplica other = stage.replica();
    stage.start(
        model.address(), new InetSocketAddress(InetAddress.getLoopbackAddress(), other.port()));
    HedgeBudget.earn(stage, 1);
    Caller caller = stage.caller().send(upgrade());
    RawModel.Connection connection = model.accept();
    String head = connection.head();
    stage.advance(ofSeconds(4));
    connection.send(WebSockets.agreement(head));
    assertThat(caller.answer().status()).isEqualTo(101);
    assertThat(other.acceptedConnections()).isZero();
    assertThat(stage.router().dispatcher().hedges()).isEqualTo(new HedgeCounts(0, 0, 0, 0));
  }

  @Test
  void isNotMirrored() throws Exception {
    FakeReplica mirror = stage.replica();
    var traffic = new Traffic(new TrafficSplit(Map.of("blue", 100)), new Mirror("green", 50), null);
    stage.setup.endpoint(old -> old.with(traffic)).deployment("green", mirror);
    stage.start(model.address());
    for (int i = 0; i < 30; i++) {
      try (Caller caller = stage.caller().send(upgrade())) {
        RawModel.Connection connection = model.agree();
        assertThat(caller.answer().status()).isEqualTo(101);
        connection.close();
        caller.end();
      }
      stage.untilLoad(0, 0);
    }
    assertThat(stage.router().meters().mirrored).isEmpty();
    assertThat(mirror.acceptedConnections()).isZero();
  }
}
