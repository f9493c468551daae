package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.proxy.FakeReplica.End;
import io.fairlead.router.proxy.RawCaller.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How each shape of answer reaches a caller of either version of HTTP/1. */
@ExtendWith(Leaks.class)
class AnswersTest {
  private static final String CHUNKED =
      DataPath.CHUNKED_HEAD + "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\nContent-Length: 7\r\n\r\n";
  private static final String GET = DataPath.get("HTTP/1.1");

  private final DataPath path;
  private final RawCaller caller;

  AnswersTest() throws Exception {
    path = new DataPath();
    caller = path.call();
  }

  @AfterEach
  void close() throws Exception {
    caller.close();
    path.isWell("after the test");
    path.close();
  }

  @Test
  void eventsArriveOneByOne() throws Exception {
    path.replica.next(
        Script.reading()
            .send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
            .waitForGo()
            .send("data: 2\n\n")
            .waitForGo()
            .close());
    String head = caller.send(GET).head();
    assertThat(head).containsIgnoringCase("transfer-encoding: chunked\r\n");
    assertThat(caller.chunk()).isEqualTo("data: 1\n\n");
    path.replica.go();
    assertThat(caller.chunk()).isEqualTo("data: 2\n\n");
    path.replica.go();
    assertThat(caller.body(head, false).complete()).isTrue();
  }

  @Test
  void chunksArriveOneByOne() throws Exception {
    path.replica.next(
        Script.reading()
            .send(DataPath.CHUNKED_HEAD + "3\r\nabc\r\n")
            .waitForGo()
            .send("2\r\nde\r\n0\r\n\r\n"));
    caller.send(GET).head();
    assertThat(caller.chunk()).isEqualTo("abc");
    path.replica.go();
    assertThat(caller.chunk()).isEqualTo("de");
    assertThat(caller.read(5)).isEqualTo("0\r\n\r\n");
  }

  @Test
  void trailersReachWhoeverAcceptsThem() throws Exception {
    path.replica.next(Script.respond(CHUNKED), Script.respond(CHUNKED));
    Answer with = caller.send(DataPath.get("HTTP/1.1", "TE: trailers", "Connection: te")).answer();
    assertThat(with.body()).isEqualTo("abcde");
    assertThat(with.trailers()).isEqualToIgnoringCase("x-sum: 1\n");
    Answer without = caller.send(GET).answer();
    assertThat(without.body()).isEqualTo("abcde");
    assertThat(without.trailers()).isEmpty();
    assertThat(without.complete()).isTrue();
  }

  @Test
  void answersWithoutContentLeaveTheConnectionInStep() throws Exception {
    path.replica.next(
        Script.respond("HTTP/1.1 204 No Content\r\n\r\n"),
        Script.respond("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"),
        Script.respond(FakeReplica.OK));
    Answer noContent = caller.send(GET).answer();
    assertThat(noContent.head())
        .startsWith("HTTP/1.1 204 ")
        .doesNotContainIgnoringCase("content-length");
    Answer notModified = caller.send(GET).answer();
    assertThat(notModified.head())
        .startsWith("HTTP/1.1 304 ")
        .containsIgnoringCase("content-length: 7\r\n");
    assertThat(caller.send(GET).answer().body()).isEqualTo("ok");
    assertThat(path.replica.acceptedConnections()).isEqualTo(1);
  }

  @Test
  void headDeclaresWhatGetWouldGet() throws Exception {
    path.replica.next(
        Script.respond("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"),
        Script.respond(FakeReplica.OK));
    String request = GET.replace("GET", "HEAD").replace("/score", "/swagger.json");
    assertThat(caller.send(request).answer(true).head())
        .containsIgnoringCase("content-length: 7\r\n");
    assertThat(caller.send(GET).answer().body()).isEqualTo("ok");
  }

  @Test
  void a304AsAnErrorDeclaresNoLengthItDoesNotSend() throws Exception {
    var setup = new TestRouter.Setup();
    setup.profile = ErrorProfile.MANAGED;
    try (DataPath managed = new DataPath(setup);
        RawCaller other = managed.call()) {
      managed.replica.next(
          Script.respond("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"),
          Script.respond(FakeReplica.OK));
      Answer failed = other.send(GET).answer();
      assertThat(failed.status()).isEqualTo(424);
      assertThat(failed.head()).containsIgnoringCase("content-length: 0\r\n");
      assertThat(other.send(GET).answer().body()).isEqualTo("ok");
    }
  }

  @Test
  void informationalResponsesReachHttp11Only() throws Exception {
    path.replica.next(Script.interim(16, FakeReplica.OK), Script.interim(1, FakeReplica.OK));
    caller.send(GET);
    for (int i = 0; i < 16; i++) {
      assertThat(caller.head()).startsWith("HTTP/1.1 103 ");
    }
    assertThat(caller.answer().body()).isEqualTo("ok");
    assertThat(caller.send(DataPath.get("HTTP/1.0")).answer().status()).isEqualTo(200);
  }

  @Test
  void aContinueOfTheModelIsNotForTheCaller() throws Exception {
    path.replica.next(Script.respond("HTTP/1.1 100 Continue\r\n\r\n" + FakeReplica.OK));
    assertThat(caller.send(DataPath.POST).answer().status()).isEqualTo(200);
  }

  @Test
  void moreThanSixteenInformationalResponsesAreAnError() throws Exception {
    path.replica.next(Script.interim(17, FakeReplica.OK));
    caller.send(DataPath.get("HTTP/1.0"));
    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.head()).contains("upstream_protocol_error");
  }

  @Test
  void aBodyThatTheConnectionEndsIsChunkedFor11AndClosedFor10() throws Exception {
    Script untilEnd = Script.respondAndClose("HTTP/1.1 200 OK\r\n\r\nall of it");
    path.replica.next(untilEnd, untilEnd);
    Answer chunked = caller.send(GET).answer();
    assertThat(chunked.head()).containsIgnoringCase("transfer-encoding: chunked\r\n");
    assertThat(chunked.body()).isEqualTo("all of it");
    assertThat(chunked.complete()).isTrue();
    Answer closed = caller.send(DataPath.get("HTTP/1.0", "Connection: keep-alive")).answer();
    assertThat(closed.head())
        .containsIgnoringCase("connection: close\r\n")
        .doesNotContainIgnoringCase("chunked");
    assertThat(closed.body()).isEqualTo("all of it");
    assertThat(closed.complete()).isTrue();
  }

  @Test
  void http10KeepsTheConnectionWhereItAsks() throws Exception {
    String keep = DataPath.get("HTTP/1.0", "Connection: keep-alive");
    for (int i = 0; i < 3; i++) {
      Answer answer = caller.send(keep).answer();
      assertThat(answer.head()).containsIgnoringCase("connection: keep-alive\r\n");
      assertThat(answer.body()).isEqualTo("ok");
    }
    assertThat(caller.send(DataPath.get("HTTP/1.0")).answer().head())
        .containsIgnoringCase("connection: close\r\n");
    assertThat(caller.end()).isEqualTo(End.FIN);
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    for (int i = 0; i < 20; i++) {
      path.replica.next(Script.respond("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + (10 + i)));
    }
    caller.send((DataPath.POST + GET).repeat(10));
    for (int i = 0; i < 20; i++) {
      assertThat(caller.answer().body()).isEqualTo("" + (10 + i));
    }
    assertThat(path.replica.peakConcurrency()).isEqualTo(1);
  }

  /** Else a caller could fill the router's memory with answers it never takes. */
  @Test
  void pipelinedRequestsWaitUntilAnswersAreTaken() throws Exception {
    String unknown = "GET /nobody HTTP/1.1\r\nHost: r\r\n\r\n";
    int count = 50_000; // far more than the kernel takes of their answers
    try (RawCaller slow = RawCaller.slow(path.port)) {
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < count; i += 100) {
                        slow.send(unknown.repeat(100));
                      }
                    } catch (java.io.IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
      Soon.become("under way", () -> path.router.meters().finished.size() > 1_000);
      try (RawCaller other = path.call()) {
        for (int i = 0; i < 200; i++) {
          assertThat(other.send(DataPath.POST).answer().status()).isEqualTo(200);
        }
      }
      assertThat(path.router.meters().finished.size()).isLessThan(count);
      for (int i = 0; i < count; i++) {
        assertThat(slow.answer().status()).isEqualTo(404);
      }
      sender.join();
    }
    path.router.meters().finished.clear();
  }

  @Test
  void theModelsConnectionIsClosedBeforeItsSlotGoesOn() throws Exception {
    Script closing = Script.respond(DataPath.OK_AND_CLOSE).waitForEnd().close();
    path.replica.next(closing, closing);
    try (RawCaller second = path.call()) {
      caller.send(DataPath.POST);
      second.send(DataPath.POST);
      assertThat(caller.answer().status()).isEqualTo(200);
      assertThat(second.answer().status()).isEqualTo(200);
    }
    for (int i = 0; i < 2; i++) {
      assertThat(path.replica.takeEnd()).isEqualTo(End.FIN);
    }
    assertThat(path.replica.acceptedConnections()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {100_000, 300_000, 1_000_000})
  void aConnectionThatASlowCallerStoppedIsReadAgain(int size) throws Exception {
    String response =
        DataPath.CHUNKED_HEAD
            + Integer.toHexString(size)
            + "\r\n"
            + "x".repeat(size)
            + "\r\n0\r\n\r\n";
    path.replica.always(Script.respond(response));
    for (int i = 0; i < 20; i++) {
      Answer answer = caller.send(DataPath.POST).answer();
      assertThat(answer.body()).hasSize(size);
      assertThat(answer.complete()).isTrue();
    }
    assertThat(path.replica.acceptedConnections()).isEqualTo(1);
  }
}
