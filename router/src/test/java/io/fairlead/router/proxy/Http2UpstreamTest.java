package io.fairlead.router.proxy;

import static io.fairlead.router.proxy.Http2Caller.DATA;
import static io.fairlead.router.proxy.Http2Caller.END_STREAM;
import static io.fairlead.router.proxy.Http2Caller.GOAWAY;
import static io.fairlead.router.proxy.Http2Caller.HEADERS;
import static io.fairlead.router.proxy.Http2Caller.RST_STREAM;
import static io.fairlead.router.proxy.Http2Model.MAX_CONCURRENT_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.RequestSettings.OnClientGone;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests to models over HTTP/2 with prior knowledge: what they send, get and share. */
final class Http2UpstreamTest {
  @RegisterExtension final Stage stage = new Stage();

  @BeforeEach
  void takesManyRequestsAtOnce() {
    stage.settings(0, OnClientGone.HOLD, false);
  }

  @Test
  void sendsWhatAnHttp1CallerAsksAndAnswersWithWhatTheModelSays() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller();
    caller.send(
        Caller.post("hello", "Content-Type: text/plain", "Connection: x-hop", "X-Hop: 1", "A: b"));
    Http2Caller connection = model.accept();
    Http2Caller.Head head = connection.awaitHead();
    assertThat(head.fields())
        .containsEntry(":method", "POST")
        .containsEntry(":scheme", "http")
        .containsEntry(":authority", "models.test")
        .containsEntry(":path", "/score")
        .containsEntry("content-type", "text/plain")
        .containsEntry("content-length", "5")
        .containsEntry("a", "b")
        .containsEntry("x-forwarded-for", "127.0.0.1")
        .containsEntry("x-forwarded-proto", "http")
        .containsKey("x-request-id")
        .doesNotContainKeys("host", "connection", "x-hop", "te");
    Http2Caller.Frame body = connection.await(DATA);
    assertThat(body.text()).isEqualTo("hello");
    assertThat(body.has(END_STREAM)).isTrue();
    connection
        .headers(1, false, ":status", "200", "content-type", "text/x", "content-length", "4")
        .data(1, true, "done")
        .send();
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.field("content-type")).isEqualTo("text/x");
    assertThat(answer.field("content-length")).isEqualTo("4");
    assertThat(answer.field("azureml-model-deployment")).isEqualTo("blue");
    assertThat(answer.body()).isEqualTo("done");
    stage.untilLoad(0, 0);
  }

  @Test
  void passesTrailersOnInBothDirections() throws Exception {
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    caller
        .post(1, false, "te", "trailers")
        .data(1, false, "in")
        .headers(1, true, "checksum", "7")
        .send();
    Http2Caller connection = model.accept();
    assertThat(connection.awaitHead().fields()).containsEntry("te", "trailers");
    assertThat(connection.await(DATA).text()).isEqualTo("in");
    Http2Caller.Head trailers = connection.awaitHead();
    assertThat(trailers.fields()).containsOnly(java.util.Map.entry("checksum", "7"));
    assertThat(trailers.last()).isTrue();
    connection
        .headers(1, false, ":status", "200")
        .data(1, false, "out")
        .headers(1, true, "sum", "9", "content-length", "3")
        .send();
    Http2Caller.Answer answer = caller.answer(1);
    assertThat(answer.body()).isEqualTo("out");
    assertThat(answer.fields()).containsEntry("sum", "9").doesNotContainKey("content-length");
  }

  @Test
  void answersAnHttp1CallerInChunksWhereTheModelSaysNoLength() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.get(TestRouter.SCORE, "TE: trailers"));
    Http2Caller connection = model.accept();
    Http2Caller.Head head = connection.awaitHead();
    assertThat(head.field(":method")).isEqualTo("GET");
    assertThat(head.last()).as("there is no body").isTrue();
    connection
        .headers(1, false, ":status", "200")
        .data(1, false, "one")
        .data(1, false, "two")
        .headers(1, true, "sum", "9")
        .send();
    Answer answer = caller.answer();
    assertThat(answer.field("transfer-encoding")).isEqualTo("chunked");
    assertThat(answer.body()).isEqualTo("onetwo");
    assertThat(answer.field("sum")).isEqualTo("9");
  }

  /** Contract, section 10, slots (a): the request is dispatched on its head. */
  @Test
  void sendsTheHeadBeforeTheBodyHasCome() throws Exception {
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    caller.post(1, false).send();
    Http2Caller connection = model.accept();
    assertThat(connection.awaitHead().last()).isFalse();
    caller.data(1, false, "a").send();
    assertThat(connection.await(DATA).text()).isEqualTo("a");
    connection.headers(1, false, ":status", "200").data(1, false, "A").send();
    caller.await(HEADERS);
    assertThat(caller.await(DATA).text()).isEqualTo("A");
    caller.data(1, true, "b").send();
    assertThat(connection.await(DATA).text()).isEqualTo("b");
    connection.data(1, true, "B").send();
    assertThat(caller.await(DATA).text()).isEqualTo("B");
  }

  @Test
  void asksNothingBeforeTheModelHasSaidItsSettings() throws Exception {
    Http2Model model = stage.startH2c();
    stage.caller().send(Caller.post("{}"));
    Http2Caller connection = model.acceptSilently();
    connection.await(Http2Caller.SETTINGS);
    connection.await(Http2Caller.WINDOW_UPDATE);
    stage.router().settle();
    assertThat(connection.isQuiet()).isTrue();
    connection.put(Http2Caller.SETTINGS, 0, 0).send();
    assertThat(connection.awaitHead().field(":path")).isEqualTo("/score");
  }

  @Test
  void sharesOneConnection() throws Exception {
    Http2Model model = stage.startH2c();
    Caller[] callers = new Caller[3];
    for (int i = 0; i < callers.length; i++) {
      callers[i] = stage.caller().send(Caller.post("" + i));
    }
    stage.untilLoad(3, 0);
    Http2Caller connection = model.accept();
    for (int i = 0; i < callers.length; i++) {
      assertThat(connection.awaitHead().stream()).isEqualTo(1 + 2 * i);
    }
    for (int stream : List.of(5, 1, 3)) {
      connection.headers(stream, false, ":status", "200").data(stream, true, "s" + stream);
    }
    connection.send();
    for (int i = 0; i < callers.length; i++) {
      assertThat(callers[i].answer().body()).isEqualTo("s" + (1 + 2 * i));
    }
    stage.untilLoad(0, 0);
    Caller again = stage.caller().send(Caller.post("again"));
    assertThat(connection.awaitHead().stream()).isEqualTo(7);
    connection.headers(7, true, ":status", "204").send();
    assertThat(again.answer().status()).isEqualTo(204);
    assertThat(stage.router().meters().count("UPSTREAM_CONNECTED")).isEqualTo(1);
  }

  @Test
  void opensAnotherConnectionWhereAModelTakesNoMoreStreams() throws Exception {
    Http2Model model = stage.startH2c();
    Caller first = stage.caller().send(Caller.post("1"));
    Caller second = stage.caller().send(Caller.post("2"));
    stage.untilLoad(2, 0);
    Http2Caller one = model.accept(MAX_CONCURRENT_STREAMS, 1);
    one.awaitHead();
    Http2Caller two = model.accept(MAX_CONCURRENT_STREAMS, 1);
    two.awaitHead();
    one.respond(1, "one");
    two.respond(1, "two");
    assertThat(List.of(first.answer().body(), second.answer().body())).contains("one", "two");
    stage.untilLoad(0, 0);
    stage.caller().send(Caller.post("3"));
    assertThat(one.awaitHead().stream()).as("the oldest with room").isEqualTo(3);
  }

  @Test
  void failsWhereAModelTakesNoStreamsAtAll() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    model.accept(MAX_CONCURRENT_STREAMS, 0);
    model.accept(MAX_CONCURRENT_STREAMS, 0); // it is asked twice, as nothing was sent
    Answer answer = caller.answer();
    assertThat(answer.reason()).isEqualTo("upstream_connect_failed");
    assertThat(answer.body()).contains("it takes no streams");
  }

  @Test
  void takesNoNewStreamsAfterGoAway() throws Exception {
    Http2Model model = stage.startH2c();
    Caller before = stage.caller().send(Caller.post("1"));
    Http2Caller old = model.acceptRequest();
    old.put(GOAWAY, 0, 0, new byte[] {0x7f, -1, -1, -1, 0, 0, 0, 0}).send();
    stage.router().settle();
    Caller after = stage.caller().send(Caller.post("2"));
    Http2Caller fresh = model.acceptRequest();
    fresh.headers(1, true, ":status", "204").send();
    assertThat(after.answer().status()).isEqualTo(204);
    old.respond(1, "old");
    assertThat(before.answer().body()).isEqualTo("old");
    assertThat(old.awaitEnd()).as("closes when the last stream has ended").isZero();
  }

  @Test
  void stopsTheModelAndFreesTheSlotWhenTheCallerLeaves() throws Exception {
    stage.settings(1, OnClientGone.HOLD, false);
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    Http2Caller connection = model.acceptRequest();
    caller.close();
    assertThat(connection.await(RST_STREAM).intAt(0)).isEqualTo(Http2Scene.CANCEL);
    stage.untilLoad(0, 0);
    connection.respond(1, "too late");
    Caller next = stage.caller().send(Caller.post("2"));
    assertThat(connection.awaitHead().stream()).isEqualTo(3);
    connection.headers(3, true, ":status", "204").send();
    assertThat(next.answer().status()).isEqualTo(204);
  }

  @Test
  void stopsAModelThatIsTooSlow() throws Exception {
    stage.settings(1, OnClientGone.HOLD, false);
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    Http2Caller connection = model.acceptRequest();
    stage.advance(Duration.ofMillis(4990));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    stage.advance(Duration.ofMillis(20));
    assertThat(connection.await(RST_STREAM).intAt(0)).isEqualTo(Http2Scene.CANCEL);
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.reason()).isEqualTo("request_timeout");
    stage.untilLoad(0, 0);
  }

  /** Contract, section 4: a streamed request's time runs from its first byte. */
  @Test
  void countsTheTimeOfAStreamedRequestFromItsFirstByte() throws Exception {
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    caller.post(1, false).send();
    Http2Caller connection = model.acceptRequest();
    stage.advance(Duration.ofSeconds(4));
    caller.data(1, true, "late").send();
    connection.await(DATA);
    stage.advance(Duration.ofMillis(1010));
    assertThat(caller.answer(1).fields()).containsEntry("x-fairlead-reason", "request_timeout");
  }

  /** ... and the slowest rate is not asked of it. */
  @Test
  void letsAnUploadOfKnownLengthTakeItsTime() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller();
    caller.send("POST " + TestRouter.SCORE + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
    Http2Caller connection = model.acceptRequest();
    stage.advance(Duration.ofSeconds(290));
    pong(connection);
    caller.send("a");
    assertThat(connection.await(DATA).text()).isEqualTo("a");
    stage.advance(Duration.ofSeconds(299));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    stage.advance(Duration.ofSeconds(2));
    assertThat(caller.answer().reason()).isEqualTo("body_timeout");
    assertThat(connection.await(RST_STREAM).intAt(0)).isEqualTo(Http2Scene.CANCEL);
  }

  @Test
  void keepsAStreamThatGoesOnInEitherDirection() throws Exception {
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    caller.post(1, false).send();
    Http2Caller connection = model.acceptRequest();
    connection.headers(1, false, ":status", "200").send();
    caller.await(HEADERS);
    for (int i = 0; i < 4; i++) {
      stage.advance(Duration.ofSeconds(200));
      pong(caller);
      if (i % 2 == 0) {
        pong(connection);
        caller.data(1, false, "x").send();
        connection.await(DATA);
      } else {
        connection.data(1, false, "y").send();
        caller.await(DATA);
      }
    }
    stage.advance(Duration.ofSeconds(299));
    pong(caller);
    pong(connection);
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    stage.advance(Duration.ofSeconds(2));
    caller.await(RST_STREAM);
    connection.await(RST_STREAM);
  }

  @Test
  void givesTheCallerAnAnswerThatComesBeforeTheRequestIsComplete() throws Exception {
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    caller.post(1, false).send();
    Http2Caller connection = model.acceptRequest();
    connection.headers(1, true, ":status", "403").send();
    assertThat(caller.answer(1).status()).isEqualTo(403);
    connection.await(RST_STREAM);
    stage.untilLoad(0, 0);
  }

  @Test
  void passesOnInformationalResponses() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    Http2Caller connection = model.acceptRequest();
    connection
        .headers(1, false, ":status", "103", "link", "</a>")
        .headers(1, false, ":status", "103", "link", "</b>")
        .headers(1, false, ":status", "200")
        .data(1, true, "ok")
        .send();
    assertThat(caller.answer().field("link")).isEqualTo("</a>");
    assertThat(caller.answer().field("link")).isEqualTo("</b>");
    assertThat(caller.answer().body()).isEqualTo("ok");
  }

  @Test
  void closesAConnectionThatIsIdle() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    Http2Caller connection = model.acceptRequest();
    connection.headers(1, true, ":status", "204").send();
    caller.answer();
    stage.untilLoad(0, 0);
    stage.advance(Duration.ofMillis(3990));
    assertThat(connections()).isEqualTo(1);
    stage.advance(Duration.ofMillis(20));
    assertThat(connections()).isZero();
    assertThat(connection.awaitEnd()).isZero();
  }

  @Test
  void asksASilentModelForASignOfLife() throws Exception {
    stage.requestTimeout(Duration.ofMinutes(5));
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("1"));
    Http2Caller connection = model.acceptRequest();
    stage.advance(Duration.ofSeconds(31));
    pong(connection);
    // servers of gRPC close a connection for too many pings: one is enough for a long silence
    stage.advance(Duration.ofSeconds(200));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    connection.put(Http2Caller.PING, 0, 0, new byte[8]).send();
    assertThat(connection.await(Http2Caller.PING).has(Http2Caller.ACK)).isTrue();
    connection.headers(1, false, ":status", "200").send();
    stage.until(() -> stage.router().load().inFlight() == 1);
    stage.advance(Duration.ofSeconds(31));
    connection.await(Http2Caller.PING);
    stage.advance(Duration.ofSeconds(11));
    connection.awaitEnd();
    assertThat(caller.readAll()).startsWith("HTTP/1.1 200 ");
    stage.untilLoad(0, 0);
  }

  /** Waits for a PING and answers it. */
  private void pong(Http2Caller connection) throws Exception {
    Http2Caller.Frame ping = connection.await(Http2Caller.PING);
    connection.put(Http2Caller.PING, Http2Caller.ACK, 0, ping.payload()).send();
    stage.router().settle();
  }

  private int connections() {
    return stage.router().proxy().loops().iterator().next().upstreams.http2.size();
  }
}
