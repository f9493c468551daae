package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is told of responses that stream, of callers of either version. */
final class EventStreamTest {
  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n";

  @RegisterExtension final Stage stage = new Stage();

  private static String chunk(String data) {
    return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  private static Script stream() {
    return Script.reading()
        .waitForGo()
        .send(HEAD + "\r\n" + chunk("data: 1\n\ndat"))
        .waitForGo()
        .send(chunk("a: 2\n\ndata: 3\n\n"))
        .send("0\r\n\r\n");
  }

  @Test
  void eventsAndTheirGapsAreTold() throws Exception {
    var replica = stage.replica().next(stream());
    stage.start(replica);
    var caller = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    stage.advance(ofMillis(30));
    replica.go();
    stage.until(() -> stage.router().meters().streams.size() == 2);
    stage.advance(ofMillis(20));
    replica.go();
    assertThat(caller.answer().body()).isEqualTo("data: 1\n\ndata: 2\n\ndata: 3\n\n");
    assertThat(stage.router().meters().streams)
        .containsExactly("first byte 30 ms", "1 event", "2 events after 20 ms");
  }

  @Test
  void streamOfHttp2IsToldTheSame() throws Exception {
    var replica = stage.replica().next(stream());
    stage.start(replica);
    try (var caller = Http2Caller.connect(stage.port())) {
      caller.post(1, false).data(1, true, "{}").send();
      replica.takeRequest();
      stage.advance(ofMillis(30));
      replica.go();
      stage.until(() -> stage.router().meters().streams.size() == 2);
      stage.advance(ofMillis(20));
      replica.go();
      assertThat(caller.answer(1).body()).isEqualTo("data: 1\n\ndata: 2\n\ndata: 3\n\n");
    }
    assertThat(stage.router().meters().streams)
        .containsExactly("first byte 30 ms", "1 event", "2 events after 20 ms");
  }

  @Test
  void compressedStreamIsNotReadAndOrdinaryResponseTellsNothing() throws Exception {
    var replica =
        stage
            .replica()
            .next(
                Script.respond(
                    HEAD + "Content-Encoding: gzip\r\n\r\n" + chunk("data: 1\n\n") + "0\r\n\r\n"));
    stage.start(replica);
    var caller = stage.caller();
    caller.call(Caller.post("{}"));
    assertThat(stage.router().meters().streams).containsExactly("first byte 0 ms");
    caller.call(Caller.post("{}"));
    assertThat(stage.router().meters().streams).hasSize(1);
  }
}
