package io.fairlead.router.proxy;

import static io.fairlead.router.proxy.Http2Caller.DATA;
import static io.fairlead.router.proxy.Http2Caller.GOAWAY;
import static io.fairlead.router.proxy.Http2Caller.HEADERS;
import static io.fairlead.router.proxy.Http2Caller.PADDED;
import static io.fairlead.router.proxy.Http2Caller.PING;
import static io.fairlead.router.proxy.Http2Caller.RST_STREAM;
import static io.fairlead.router.proxy.Http2Caller.SETTINGS;
import static io.fairlead.router.proxy.Http2Caller.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.proxy.Http2Caller.Answer;
import io.fairlead.router.proxy.Http2Caller.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Http2ServerTest {
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  private static String response(String body, String... fields) {
    return "HTTP/1.1 200 OK\r\nContent-Length: "
        + body.length()
        + "\r\n"
        + String.join("\r\n", fields)
        + (fields.length == 0 ? "" : "\r\n")
        + "\r\n"
        + body;
  }

  private static RequestSettings settings(int concurrency, OnClientGone gone) {
    RequestSettings d = RequestSettings.DEFAULT;
    return new RequestSettings(
        d.requestTimeout(),
        concurrency,
        d.maxQueueWait(),
        d.maxQueueLength(),
        d.bodyPrefixBytes(),
        gone,
        d.idempotent(),
        false);
  }

  @Test
  void statesItsLimits() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      Frame settings = caller.await(SETTINGS);
      assertThat(settings.payload())
          .inHexadecimal()
          .containsExactly(
              0, 1, 0, 0, 0x10, 0, 0, 3, 0, 0, 0, 100, 0, 4, 0, 0, 0xff, 0xff, 0, 5, 0, 0, 0x40, 0,
              0, 6, 0, 1, 0, 0, 0, 8, 0, 0, 0, 1);
      assertThat(caller.await(WINDOW_UPDATE).intAt(0)).isEqualTo(1_048_576 - 65_535);
    }
  }

  @Test
  void forwardsRequestAndResponse() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      scene.replica.next(
          Script.respond(response("answer", "Content-Type: text/plain", "X-Mixed-Case: Value")));
      caller.post(1, false, "content-type", "text/x").data(1, false, "ques").data(1, true, "tion");
      caller.send();
      Answer answer = caller.answer(1);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("answer");
      assertThat(answer.fields())
          .containsEntry("content-type", "text/plain")
          .containsEntry("x-mixed-case", "Value")
          .containsEntry("content-length", "6")
          .containsEntry("azureml-model-deployment", "blue");
      assertThat(scene.replica.takeRequest())
          .startsWith("POST /score HTTP/1.1\r\n")
          .contains("content-type: text/x\r\n")
          .endsWith("question");
    }
  }

  @Test
  void takesPaddingOffTheBody() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      caller.post(1, false, "content-length", "2");
      caller.put(DATA, PADDED | 1, 1, new byte[] {3, 'h', 'i', 0, 0, 0}).send();
      assertThat(caller.answer(1).status()).isEqualTo(200);
      assertThat(scene.replica.takeRequest()).endsWith("\r\n\r\nhi");
    }
  }

  @Test
  void takesTrailersForTheEndOfTheBody() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      caller.post(1, false).data(1, false, "body").headers(1, true, "x-sum", "1").send();
      assertThat(caller.answer(1).status()).isEqualTo(200);
      assertThat(scene.replica.takeRequest()).contains("body");
    }
  }

  @ParameterizedTest
  @CsvSource({"3,toolong,true", "9,short,true", "3,toolong,false"})
  void resetsWhereTheBodyIsNotAsLongAsDeclared(String declared, String body, boolean last)
      throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      caller.post(1, false, "content-length", declared).data(1, last, body).send();
      assertThat(caller.answer(1).reset()).isEqualTo(Http2Scene.PROTOCOL_ERROR);
      assertThat(scene.replica.acceptedConnections()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Upper-Case, value",
    "connection, close",
    "transfer-encoding, chunked",
    "te, gzip",
    "host, other",
    ":path, /twice"
  })
  void resetsMalformedRequestsAndForwardsNothing(String name, String value) throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      caller.post(1, true, name, value).post(3, true).send();
      assertThat(caller.answer(1).reset()).isEqualTo(Http2Scene.PROTOCOL_ERROR);
      assertThat(caller.answer(3).status()).isEqualTo(200);
      scene.replica.takeRequest();
      assertThat(scene.replica.untakenRequests()).isZero();
    }
  }

  @Test
  void answersWhatItRefusesBeforeTheBodyIsThere() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      caller.headers(
          1, false, ":method", "POST", ":scheme", "http", ":authority", "a", ":path", "/nowhere");
      caller.send();
      Answer answer = caller.answer(1);
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.reset()).isEqualTo(-1);
      assertThat(caller.await(RST_STREAM).intAt(0)).isEqualTo(Http2Scene.NO_ERROR);
      // what was on its way is ignored
      caller.data(1, false, "x").headers(1, true, "late", "trailer").post(3, true).send();
      assertThat(caller.answer(3).status()).isEqualTo(200);
    }
  }

  @Test
  void answers431WhereTheFieldsAreTooLarge() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      String[] many = new String[2 * 80];
      for (int i = 0; i < many.length; i += 2) {
        many[i] = "x-" + i;
        many[i + 1] = "v".repeat(850);
      }
      byte[] block =
          caller.block(
              ":method", "GET", ":scheme", "http", ":authority", "a", ":path", TestRouter.SCORE);
      byte[] rest = caller.block(many);
      byte[] whole = java.util.Arrays.copyOf(block, block.length + rest.length);
      System.arraycopy(rest, 0, whole, block.length, rest.length);
      for (int at = 0; at < whole.length; at += 16_384) {
        int end = Math.min(whole.length, at + 16_384);
        caller.put(
            at == 0 ? HEADERS : Http2Caller.CONTINUATION,
            (at == 0 ? 1 : 0) | (end == whole.length ? 4 : 0),
            1,
            java.util.Arrays.copyOfRange(whole, at, end));
      }
      caller.send();
      assertThat(caller.answer(1).status()).isEqualTo(431);
      caller.post(3, true).send();
      assertThat(caller.answer(3).status()).isEqualTo(200);
    }
  }

  @Test
  void saysHowLongAnAnswerToHeadWouldBe() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      caller.headers(
          1, true, ":method", "HEAD", ":scheme", "http", ":authority", "a", ":path", "/nowhere");
      caller.send();
      Answer answer = caller.answer(1);
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body()).isEmpty();
      assertThat(Integer.parseInt(answer.fields().get("content-length"))).isPositive();
    }
  }

  /** The objects of a stream serve the next one. */
  @Test
  void carriesNothingOverFromAnEarlierStream() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      caller.headers(
          1, true, ":method", "HEAD", ":scheme", "http", ":authority", "a", ":path", "/nowhere");
      caller.send();
      assertThat(caller.answer(1).body()).isEmpty();
      caller.post(3, false, "content-length", "3").data(3, true, "toolong").send();
      assertThat(caller.answer(3).reset()).isEqualTo(Http2Scene.PROTOCOL_ERROR);
      scene.replica.always(Script.respond(FakeReplica.OK));
      caller.post(5, false).data(5, false, "ques").data(5, true, "tion").send();
      assertThat(caller.answer(5).body()).isEqualTo("ok");
      assertThat(scene.replica.takeRequest()).endsWith("question");
      caller.post(7, false, "content-length", "2").data(7, true, "hi").send();
      assertThat(caller.answer(7).body()).isEqualTo("ok");
      assertThat(scene.replica.takeRequest()).endsWith("\r\n\r\nhi");
    }
  }

  @Test
  void forwardsStreamedResponses() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      scene.replica.next(Script.respond(CHUNKED + "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"));
      caller.post(1, true).send();
      Answer answer = caller.answer(1);
      assertThat(answer.body()).isEqualTo("onetwo");
      assertThat(answer.reset()).isEqualTo(-1);
    }
  }

  @Test
  void resetsAResponseThatTheModelBreaksOff() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      scene.replica.next(
          Script.respondAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart"));
      caller.post(1, true).send();
      Answer answer = caller.answer(1);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.reset()).isEqualTo(Http2Scene.INTERNAL_ERROR);
    }
  }

  @Test
  void keepsToTheWindowsOfTheCaller() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect(4, 10)) {
      scene.replica.next(Script.respond(response("0123456789abcdefghij-")));
      caller.post(1, true).send();
      assertThat(caller.await(DATA).text()).isEqualTo("0123456789");
      caller.putInt(WINDOW_UPDATE, 0, 1, 3).send();
      assertThat(caller.await(DATA).text()).isEqualTo("abc");
      caller.put(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 14}).send();
      assertThat(caller.await(DATA).text()).isEqualTo("defg");
      caller.putInt(WINDOW_UPDATE, 0, 1, 100).send();
      Frame last = caller.await(DATA);
      assertThat(last.text()).isEqualTo("hij-");
      assertThat(last.has(1)).isTrue();
    }
  }

  @Test
  void opensTheWindowOfABodyAsTheModelTakesIt() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      int size = 1_000_000;
      caller.post(1, false, "content-length", Integer.toString(size)).send();
      int window = 65_535;
      String chunk = "x".repeat(16_384);
      int sent = 0;
      while (sent < size) {
        int part = Math.min(16_384, size - sent);
        while (window < part) {
          Frame update = caller.await(WINDOW_UPDATE);
          window += update.stream() == 1 ? update.intAt(0) : 0;
        }
        sent += part;
        window -= part;
        caller.data(1, sent == size, chunk.substring(0, part)).send();
      }
      assertThat(caller.answer(1).status()).isEqualTo(200);
      assertThat(scene.replica.takeRequest()).hasSizeGreaterThan(size);
    }
  }

  @Test
  void cancelsTheModelWhenTheCallerResets() throws Exception {
    try (var scene =
            new Http2Scene(
                setup -> {
                  setup.settings = settings(1, OnClientGone.CANCEL);
                  return setup;
                });
        var caller = scene.connect()) {
      scene.replica.next(Script.reading().waitForEnd());
      caller.post(1, true).send();
      scene.replica.takeRequest();
      caller.putInt(RST_STREAM, 0, 1, Http2Scene.CANCEL).send();
      scene.replica.takeEnd();
      Soon.become("the slot is free", () -> scene.router.load().inFlight() == 0);
      assertThat(scene.events("CLIENT_GONE")).isEqualTo(1);
    }
  }

  @Test
  void refusesMoreStreamsThanItAllows() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      for (int i = 0; i <= 100; i++) {
        caller.post(1 + 2 * i, false);
      }
      caller.send();
      Frame reset = caller.await(RST_STREAM);
      assertThat(reset.stream()).isEqualTo(201);
      assertThat(reset.intAt(0)).isEqualTo(Http2Scene.REFUSED_STREAM);
    }
  }

  @Test
  void partsWithCallersAndServesThem() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      scene.router.proxy().part();

      caller.post(1, true).send();

      assertThat(caller.await(GOAWAY).intAt(0)).isEqualTo(Integer.MAX_VALUE);
      Frame ping = caller.await(PING);
      assertThat(caller.answer(1).body()).isEqualTo("ok");
      caller.post(3, true).put(PING, 1, 0, ping.payload()).send(); // before it knew
      assertThat(caller.await(GOAWAY).intAt(0)).isEqualTo(3);
      assertThat(caller.answer(3).body()).isEqualTo("ok");
      assertThat(caller.awaitEnd()).isEqualTo(-1);
    }
  }

  @Test
  void finishesStreamsBeforeItLeaves() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      scene.replica.next(Script.respondOnGo(FakeReplica.OK));
      caller.post(1, true).send();
      scene.replica.takeRequest();
      Thread drain =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      scene.router.proxy().drain(Soon.PATIENCE.toNanos());
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
      Frame first = caller.await(GOAWAY);
      assertThat(first.intAt(0)).isEqualTo(Integer.MAX_VALUE);
      Frame ping = caller.await(PING);
      caller.put(PING, 1, 0, ping.payload()).send();
      Frame second = caller.await(GOAWAY);
      assertThat(second.intAt(0)).isEqualTo(1);
      scene.replica.go();
      assertThat(caller.answer(1).body()).isEqualTo("ok");
      assertThat(caller.awaitEnd()).isEqualTo(-1);
      drain.join();
      scene.hasLeft();
    }
  }
}
