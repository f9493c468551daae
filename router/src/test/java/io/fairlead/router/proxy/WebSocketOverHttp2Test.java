package io.fairlead.router.proxy;

import static io.fairlead.router.proxy.Http2Caller.HEADERS;
import static io.fairlead.router.proxy.Http2Caller.WINDOW_UPDATE;
import static io.fairlead.router.proxy.WebSockets.agreement;
import static io.fairlead.router.proxy.WebSockets.connect;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets by extended CONNECT (RFC 8441), to models that know only RFC 6455. */
@ExtendWith(Leaks.class)
final class WebSocketOverHttp2Test {
  @RegisterExtension final Stage stage = new Stage();
  private RawModel model;

  @BeforeEach
  void open() throws Exception {
    model = RawModel.start();
    stage.closes(model);
    stage.setup.allowedPaths = List.of("/v2");
    stage.setup.endpoint(e -> WebSockets.allowed(e, true));
  }

  private Http2Caller caller() throws Exception {
    stage.start(model.address());
    return stage.http2Caller();
  }

  /** Opens a WebSocket on stream 1 and returns its other end. */
  private RawModel.Connection open(Http2Caller caller) throws Exception {
    connect(caller, 1).send();
    RawModel.Connection connection = model.agree();
    assertThat(caller.awaitHead().field(":status")).isEqualTo("200");
    return connection;
  }

  @Test
  void saysThatItTakesExtendedConnect() throws Exception {
    Http2Caller.Frame settings = caller().await(Http2Caller.SETTINGS);
    var payload = Unpooled.wrappedBuffer(settings.payload());
    boolean found = false;
    while (payload.isReadable()) {
      int id = payload.readUnsignedShort();
      found |= payload.readInt() == 1 && id == 8;
    }
    assertThat(found).isTrue();
  }

  @Test
  void asksTheModelWithAnUpgrade() throws Exception {
    Http2Caller caller = caller();
    connect(caller, 1, "sec-websocket-key", "smuggled", "sec-websocket-protocol", "chat")
        .data(1, false, "too early")
        .send();
    RawModel.Connection connection = model.accept();
    String head = connection.head();
    assertThat(head.toLowerCase(Locale.ROOT))
        .startsWith("get /score http/1.1\r\nhost: models.test\r\n")
        .containsOnlyOnce("\r\nupgrade: websocket\r\n")
        .containsOnlyOnce("\r\nconnection: upgrade\r\n")
        .contains("\r\nsec-websocket-protocol: chat\r\n", "\r\nsec-websocket-version: 13\r\n")
        .doesNotContain("smuggled", "content-length", "transfer-encoding");
    stage.router().settle();
    assertThat(connection.isQuiet()).as("nothing before the agreement").isTrue();
    connection.send(agreement(head) + "hi");
    Http2Caller.Head answer = caller.awaitHead();
    assertThat(answer.last()).isFalse();
    assertThat(answer.fields())
        .containsEntry(":status", "200")
        .doesNotContainKeys("sec-websocket-accept", "upgrade", "connection", "content-length");
    assertThat(caller.await(Http2Caller.DATA).text()).isEqualTo("hi");
    assertThat(connection.read(9)).isEqualTo("too early");
  }

  @Test
  void passesOnTheEndOfEitherSide() throws Exception {
    Http2Caller caller = caller();
    RawModel.Connection connection = open(caller);
    caller.data(1, true, "bye").send();
    assertThat(connection.read(3)).isEqualTo("bye");
    assertThat(connection.end()).isEqualTo(FakeReplica.End.FIN);
    connection.send("bye bye");
    assertThat(caller.await(Http2Caller.DATA).text()).isEqualTo("bye bye");
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    connection.close();
    assertThat(caller.await(Http2Caller.DATA).has(Http2Caller.END_STREAM)).isTrue();
    stage.untilLoad(0, 0);
    stage.untilFinished("101 -");
    caller.post(3, true).send();
    RawModel.Connection next = model.accept();
    next.head();
    next.send(FakeReplica.OK);
    assertThat(caller.answer(3).status()).as("the connection goes on").isEqualTo(200);
  }

  @Test
  void sendsAnEndThatCameTooEarlyAfterTheAgreement() throws Exception {
    Http2Caller caller = caller();
    connect(caller, 1).data(1, true, "all").send();
    RawModel.Connection connection = model.accept();
    String head = connection.head();
    stage.router().settle();
    assertThat(connection.isQuiet()).isTrue();
    connection.send(agreement(head));
    assertThat(connection.read(3)).isEqualTo("all");
    assertThat(connection.end()).isEqualTo(FakeReplica.End.FIN);
  }

  @Test
  void passesOnBytesHoweverTheyAreSplit() throws Exception {
    Http2Caller caller = caller();
    RawModel.Connection connection = open(caller);
    String frames = "\u0081\u0085\u0001\u0002\u0003\u0004Hello\r\n0\r\n\r\n";
    for (int at = 0; at <= frames.length(); at++) {
      caller.data(1, false, frames.substring(0, at)).data(1, false, frames.substring(at)).send();
      assertThat(connection.read(frames.length())).isEqualTo(frames);
      connection.send(frames.substring(0, at));
      stage.router().settle();
      connection.send(frames.substring(at));
      var back = new StringBuilder();
      while (back.length() < frames.length()) {
        back.append(caller.await(Http2Caller.DATA).text());
      }
      assertThat(back).hasToString(frames);
    }
  }

  @Test
  void keepsNoMoreThanAWindowBeforeTheAgreement() throws Exception {
    Http2Caller caller = caller();
    connect(caller, 1);
    for (int i = 0; i < 4; i++) {
      caller.data(1, false, "e".repeat(16_000));
    }
    caller.send();
    RawModel.Connection connection = model.accept();
    String head = connection.head();
    stage.router().settle();
    connection.send(agreement(head));
    List<Integer> before = new ArrayList<>();
    for (var frame = caller.read(); frame != null && frame.type() != HEADERS; ) {
      before.add(frame.type() == WINDOW_UPDATE ? frame.stream() : 0);
      frame = caller.read();
    }
    assertThat(before).as("streams whose window has grown").containsOnly(0);
    assertThat(connection.read(64_000)).hasSize(64_000);
    assertThat(caller.await(WINDOW_UPDATE)).isNotNull();
  }

  @Test
  void makesTheModelWaitForTheCallersWindow() throws Exception {
    Http2Caller caller = caller();
    RawModel.Connection connection = open(caller);
    connection.send("d".repeat(100_000));
    int got = 0;
    while (got < 65_535) {
      got += caller.await(Http2Caller.DATA).payload().length;
    }
    stage.router().settle();
    assertThat(caller.isQuiet()).isTrue();
    caller.putInt(WINDOW_UPDATE, 0, 0, 100_000);
    caller.putInt(WINDOW_UPDATE, 0, 1, 100_000).send();
    while (got < 100_000) {
      got += caller.await(Http2Caller.DATA).payload().length;
    }
    assertThat(got).isEqualTo(100_000);
  }

  @Test
  void passesOnAnotherAnswerAsAnyOther() throws Exception {
    Http2Caller caller = caller();
    connect(caller, 1).send();
    RawModel.Connection connection = model.accept();
    connection.head();
    connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    Http2Caller.Answer answer = caller.answer(1);
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.body()).isEqualTo("no");
    stage.untilLoad(0, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {TestRouter.SCORE, "/api/v1/endpoint/echo/v2/chat"})
  void refusesItWhereTheEndpointAllowsNone(String path) throws Exception {
    stage.setup.endpoint(e -> WebSockets.allowed(e, false));
    Http2Caller caller = caller();
    caller.headers(1, false, connect("websocket", path)).send();
    Http2Caller.Answer answer = caller.answer(1);
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.fields()).containsEntry("x-fairlead-reason", "method_not_allowed");
  }

  @Test
  void refusesAnotherProtocol() throws Exception {
    Http2Caller caller = caller();
    caller.headers(1, false, connect("connect-udp", TestRouter.SCORE)).send();
    assertThat(caller.answer(1).status()).isEqualTo(405);
  }

  @Test
  void saysWhichVersionItSpeaks() throws Exception {
    Http2Caller caller = caller();
    caller.headers(1, false, connect("websocket", TestRouter.SCORE)).send();
    Http2Caller.Answer answer = caller.answer(1);
    assertThat(answer.status()).isEqualTo(426);
    assertThat(answer.fields()).containsEntry("sec-websocket-version", "13");
  }

  @Test
  void refusesOneWhoseStreamHasEnded() throws Exception {
    Http2Caller caller = caller();
    String[] fields = connect("websocket", TestRouter.SCORE, "sec-websocket-version", "13");
    caller.headers(1, true, fields).send();
    assertThat(caller.answer(1).status()).isEqualTo(400);
  }

  @Test
  void takesNoTrailers() throws Exception {
    Http2Caller caller = caller();
    RawModel.Connection connection = open(caller);
    caller.headers(1, true, "a", "b").send();
    assertThat(caller.await(Http2Caller.RST_STREAM).intAt(0)).isEqualTo(Http2Scene.PROTOCOL_ERROR);
    connection.end();
    connection.close();
    stage.untilLoad(0, 0);
  }

  @Test
  void endsTheModelsSideWhenAStreamIsReset() throws Exception {
    Http2Caller caller = caller();
    RawModel.Connection connection = open(caller);
    caller.putInt(Http2Caller.RST_STREAM, 0, 1, Http2Scene.CANCEL).send();
    connection.end();
    connection.close();
    stage.untilLoad(0, 0);
    stage.untilFinished("101 -");
  }

  @Test
  void resetsTheStreamWhenTheModelResets() throws Exception {
    Http2Caller caller = caller();
    RawModel.Connection connection = open(caller);
    connection.reset();
    assertThat(caller.await(Http2Caller.RST_STREAM).intAt(0)).isEqualTo(Http2Scene.CANCEL);
    stage.untilLoad(0, 0);
    stage.untilFinished("101 upstream_reset");
  }

  @Test
  void endsStreamsAtTheEndOfADrain() throws Exception {
    Http2Caller caller = caller();
    RawModel.Connection connection = open(caller);
    assertThat(stage.router().proxy().drain(0)).as("it was open").isPositive();
    assertThat(caller.await(Http2Caller.DATA).has(Http2Caller.END_STREAM)).isTrue();
    connection.end();
    connection.close();
    stage.untilLoad(0, 0);
    stage.untilFinished("101 draining");
  }

  @Test
  void opensNoneWhileTheRouterLeaves() throws Exception {
    Http2Caller caller = caller();
    RawModel.Connection connection = open(caller);
    Thread drain = stage.startDraining();
    caller.await(Http2Caller.GOAWAY);
    connect(caller, 3).send();
    Http2Caller.Answer answer = caller.answer(3);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.fields()).containsEntry("x-fairlead-reason", "draining");
    connection.close();
    caller.close();
    drain.join();
  }

  @Test
  void endsOneThatIsIdleBothWays() throws Exception {
    Http2Caller caller = caller();
    RawModel.Connection connection = open(caller);
    stage.advance(ofSeconds(299));
    caller.data(1, false, "a").send();
    connection.read(1);
    stage.advance(ofSeconds(299));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    stage.advance(ofSeconds(2));
    assertThat(caller.await(Http2Caller.DATA).has(Http2Caller.END_STREAM)).isTrue();
    connection.end();
    connection.close();
    stage.untilLoad(0, 0);
  }
}
