package io.fairlead.router.proxy;

import static io.fairlead.router.proxy.Http2Caller.DATA;
import static io.fairlead.router.proxy.Http2Caller.GOAWAY;
import static io.fairlead.router.proxy.Http2Caller.HEADERS;
import static io.fairlead.router.proxy.Http2Caller.RST_STREAM;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.RequestSettings.OnClientGone;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers get when a model over HTTP/2 refuses, breaks the rules or goes away. */
final class Http2UpstreamFaultsTest {
  @RegisterExtension final Stage stage = new Stage();

  @BeforeEach
  void takesManyRequestsAtOnce() {
    stage.settings(0, OnClientGone.HOLD, false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ":status | false | abc",
        "x | false | y",
        ":status | false | 99",
        ":status | false | 600",
        ":status | false | 2000",
        ":status | false | 101",
        ":status | true | 103",
        ":status | false | 200 :status 200",
        ":status | false | 200 a b :path /",
        ":status | false | 200 Upper b",
        ":status | false | 200 connection close",
        ":status | false | 200 transfer-encoding chunked",
        ":status | false | 200 content-length x",
        ":status | true | 200 content-length 5",
        ":status | false | 200 content-length 1 content-length 1",
      })
  void refusesAMalformedHead(String first, boolean last, String rest) throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    Http2Caller connection = model.acceptRequest();
    connection.headers(1, last, (first + " " + rest).split(" ")).send();
    assertProtocolError(caller);
    assertThat(connection.await(RST_STREAM).intAt(0)).isEqualTo(Http2Scene.PROTOCOL_ERROR);
    stage.untilLoad(0, 0);
  }

  private static void assertProtocolError(Caller caller) throws Exception {
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.reason()).isEqualTo("upstream_protocol_error");
    assertThat(answer.body()).contains("the model's response is malformed: ");
  }

  @Test
  void refusesDataBeforeTheHead() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    Http2Caller connection = model.acceptRequest();
    connection.data(1, true, "x").send();
    assertProtocolError(caller);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "xxx"})
  void breaksOffABodyOfAnotherLength(String body) throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    Http2Caller connection = model.acceptRequest();
    connection
        .headers(1, false, ":status", "200", "content-length", "2")
        .data(1, true, body)
        .send();
    assertThat(caller.readAll()).startsWith("HTTP/1.1 200 ").doesNotContain("xx");
    stage.untilLoad(0, 0);
  }

  @Test
  void refusesContentWhereNoneIsAllowed() throws Exception {
    stage.setup.allowedPaths = java.util.List.of("/v2");
    Http2Model model = stage.startH2c();
    Caller caller =
        stage.caller().send("HEAD /api/v1/endpoint/echo/v2 HTTP/1.1\r\nHost: a\r\n\r\n");
    Http2Caller connection = model.accept();
    assertThat(connection.awaitHead().field(":method")).isEqualTo("HEAD");
    connection.headers(1, false, ":status", "200", "content-length", "1").data(1, true, "x").send();
    assertThat(caller.readAll()).endsWith("\r\n\r\n");
    connection.await(RST_STREAM);
  }

  @Test
  void endsAConnectionWhoseRulesTheModelBreaks() throws Exception {
    Http2Model model = stage.startH2c();
    Caller one = stage.caller().send(Caller.post("1"));
    Caller two = stage.caller().send(Caller.post("2"));
    stage.untilLoad(2, 0);
    Http2Caller connection = model.acceptRequest();
    connection.awaitHead();
    connection.headers(2, true, ":status", "200").send(); // nobody opened that
    assertProtocolError(one);
    assertProtocolError(two);
    assertThat(connection.awaitEnd()).isEqualTo(Http2Scene.PROTOCOL_ERROR);
    stage.untilLoad(0, 0);
  }

  @Test
  void saysThatAModelSpeaksHttp1() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    for (int attempt = 0; attempt < 2; attempt++) {
      try (Socket socket = model.acceptSocket()) {
        socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(ISO_8859_1));
        socket.getInputStream().readAllBytes();
      }
    }
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.reason()).isEqualTo("upstream_protocol_error");
    assertThat(answer.body()).contains("the model does not speak HTTP/2", "protocol: h2c");
  }

  @Test
  void saysThatAModelClosesTheConnectionInsteadOfSpeakingHttp2() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    for (int attempt = 0; attempt < 2; attempt++) {
      model.acceptSilently().close();
    }
    assertThat(caller.answer().body()).contains("the model does not speak HTTP/2");
  }

  @Test
  void waitsForSettingsNoLongerThanForAConnection() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    for (int attempt = 0; attempt < 2; attempt++) {
      Http2Caller connection = model.acceptSilently();
      stage.advance(Duration.ofMillis(1010));
      connection.awaitEnd();
    }
    Answer answer = caller.answer();
    assertThat(answer.reason()).isEqualTo("upstream_connect_failed");
    assertThat(answer.body()).contains("no HTTP/2 SETTINGS in time");
  }

  @Test
  void repeatsWhatAModelRefusedElsewhere() throws Exception {
    Http2Model one = stage.http2Model();
    Http2Model two = stage.http2Model();
    stage.setup.h2c();
    stage.settings(1, OnClientGone.HOLD, false);
    stage.start(one.address(), two.address());
    Caller other = stage.caller().send(Caller.post("other"));
    Caller caller = stage.caller().send(Caller.post("1"));
    stage.untilLoad(2, 0);
    Http2Caller first = one.acceptRequest();
    Http2Caller second = two.acceptRequest();
    second.headers(1, true, ":status", "204").send();
    stage.untilLoad(1, 0);
    first.putInt(RST_STREAM, 0, 1, Http2Scene.REFUSED_STREAM).send();
    assertThat(second.awaitHead().stream()).isEqualTo(3);
    assertThat(second.await(DATA).text()).isIn("1", "other");
    second.headers(3, true, ":status", "205").send();
    assertThat(other.answer().status() + caller.answer().status()).isEqualTo(204 + 205);
  }

  @Test
  void repeatsWhatCameAfterTheModelHadSaidGoodBye() throws Exception {
    Http2Model model = stage.startH2c();
    Caller one = stage.caller().send(Caller.post("one"));
    Http2Caller old = model.acceptRequest();
    Caller two = stage.caller().send(Caller.post("two"));
    old.awaitHead();
    old.put(GOAWAY, 0, 0, new byte[] {0, 0, 0, 1, 0, 0, 0, 0}).send();
    Http2Caller fresh = model.acceptRequest();
    assertThat(fresh.await(DATA).text()).isEqualTo("two");
    fresh.respond(1, "fresh");
    assertThat(two.answer().body()).isEqualTo("fresh");
    old.respond(1, "old");
    assertThat(one.answer().body()).isEqualTo("old");
    assertThat(stage.router().meters().count("RETRY")).isEqualTo(1);
  }

  @Test
  void doesNotRepeatWhatAModelMayHaveStarted() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    Http2Caller connection = model.acceptRequest();
    connection.putInt(RST_STREAM, 0, 1, Http2Scene.INTERNAL_ERROR).send();
    Answer answer = caller.answer();
    assertThat(answer.reason()).isEqualTo("upstream_reset");
    assertThat(answer.body()).contains("the model reset the stream: INTERNAL_ERROR");
  }

  @Test
  void repeatsItWhereTheDeploymentIsIdempotent() throws Exception {
    stage.settings(0, OnClientGone.HOLD, true);
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    Http2Caller connection = model.acceptRequest();
    connection.putInt(RST_STREAM, 0, 1, Http2Scene.INTERNAL_ERROR).send();
    assertThat(connection.awaitHead().stream()).as("the connection is alive").isEqualTo(3);
    assertThat(connection.await(DATA).text()).isEqualTo("1");
    connection.headers(3, true, ":status", "204").send();
    assertThat(caller.answer().status()).isEqualTo(204);
  }

  @Test
  void repeatsNothingOfWhichMoreWasSentThanIsKept() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("x".repeat(100_000)));
    Http2Caller connection = model.acceptRequest();
    int came = 0;
    while (came < 65_535) {
      came += connection.await(DATA).payload().length;
    }
    connection.putInt(RST_STREAM, 0, 1, Http2Scene.REFUSED_STREAM).send();
    assertThat(caller.answer().reason()).isEqualTo("upstream_reset");
  }

  @Test
  void breaksTheAnswerOffWhereTheModelDoes() throws Exception {
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    caller.post(1, true).send();
    Http2Caller connection = model.acceptRequest();
    connection.headers(1, false, ":status", "200").data(1, false, "half").send();
    caller.await(HEADERS);
    caller.await(DATA);
    connection.putInt(RST_STREAM, 0, 1, Http2Scene.CANCEL).send();
    caller.await(RST_STREAM);
    stage.untilLoad(0, 0);
  }

  @Test
  void answersForAllStreamsOfAConnectionThatIsGone() throws Exception {
    Http2Model model = stage.startH2c();
    Caller one = stage.caller().send(Caller.post("1"));
    Caller two = stage.caller().send(Caller.post("2"));
    stage.untilLoad(2, 0);
    Http2Caller connection = model.acceptRequest();
    connection.awaitHead();
    connection.close();
    assertThat(one.answer().reason()).isEqualTo("upstream_reset");
    assertThat(two.answer().reason()).isEqualTo("upstream_reset");
    stage.untilLoad(0, 0);
  }

  @Test
  void ignoresWhatComesForAStreamThatWasCancelled() throws Exception {
    Http2Model model = stage.startH2c();
    Caller gone = stage.caller().send(Caller.post("1"));
    Http2Caller connection = model.acceptRequest();
    gone.close();
    connection.await(RST_STREAM);
    connection.headers(1, false, ":status", "200");
    for (int i = 0; i < 60; i++) {
      connection.data(1, false, "x".repeat(16_000));
    }
    connection.headers(1, true, "sum", "9").send();
    connection.await(Http2Caller.WINDOW_UPDATE); // what nobody wants does not shut the window
    Caller next = stage.caller().send(Caller.post("2"));
    connection.awaitHead();
    connection.headers(3, true, ":status", "204").send();
    assertThat(next.answer().status()).isEqualTo(204);
  }
}
