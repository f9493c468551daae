package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.proxy.FakeReplica.End;
import io.fairlead.router.proxy.RawCaller.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model leaves at every byte: its caller gets a 502 or sees that the answer broke off. */
@ExtendWith(Leaks.class)
class ModelVanishesTest {
  private static final String LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nmodel say";
  private static final String CHUNKED =
      DataPath.CHUNKED_HEAD + "3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nX-Sum: 1\r\n\r\n";
  private static final String UNTIL_END = "HTTP/1.1 200 OK\r\n\r\nuntil the end";

  @ParameterizedTest
  @EnumSource(End.class)
  void withinAResponseOfKnownLength(End how) throws Exception {
    leaveAtEachByteOf(LENGTH, how, LENGTH.length());
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void withinAChunkedResponse(End how) throws Exception {
    leaveAtEachByteOf(CHUNKED, how, CHUNKED.length());
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void withinAResponseThatTheConnectionEnds(End how) throws Exception {
    int whole = how == End.FIN ? UNTIL_END.indexOf("\r\n\r\n") + 4 : Integer.MAX_VALUE;
    leaveAtEachByteOf(UNTIL_END, how, whole);
  }

  private static void leaveAtEachByteOf(String response, End how, int whole) throws Exception {
    int head = response.indexOf("\r\n\r\n") + 4;
    try (DataPath path = new DataPath()) {
      for (int sent = 0; sent <= response.length(); sent++) {
        path.replica.next(
            how == End.FIN
                ? Script.closeAfterResponseBytes(response, sent)
                : Script.resetAfterResponseBytes(response, sent));
        String at = how + " after " + sent;
        Answer answer;
        try (RawCaller caller = path.call().send(DataPath.POST)) {
          answer = caller.answer();
        }
        path.isWell(at);
        String record = path.records(1).getFirst();
        if (answer.status() == 502) {
          assertThat(answer.head()).as(at).contains("x-fairlead-reason: upstream_reset\r\n");
          assertThat(record).as(at).isEqualTo("502 upstream_reset");
          assertThat(sent < head || how == End.RST).as(at).isTrue();
        } else {
          assertThat(answer.status()).as(at).isEqualTo(200);
          assertThat(sent).as(at).isGreaterThanOrEqualTo(head);
          assertThat(answer.complete()).as(at).isEqualTo(sent >= whole);
          assertThat(record).as(at).isEqualTo(sent >= whole ? "200 -" : "200 upstream_reset");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void whileItReadsASmallRequest(End how) throws Exception {
    try (DataPath path = new DataPath()) {
      for (int read = 1; read < 120; read += 7) {
        path.replica.next(leaveAfter(read, how));
        try (RawCaller caller = path.call().send(DataPath.POST)) {
          assertThat(caller.answer().status()).isEqualTo(502);
        }
        path.isWell(how + " after " + read);
        assertThat(path.records(1)).containsExactly("502 upstream_reset");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void whileItReadsALongRequest(End how) throws Exception {
    try (DataPath path = new DataPath()) {
      for (int read : new int[] {1, 100, 5_000, 65_000, 69_000}) {
        path.replica.next(leaveAfter(read, how));
        try (RawCaller caller =
            path.call().send(DataPath.postHead(200_000)).send(new byte[70_000])) {
          Answer answer = caller.answer();
          assertThat(answer.status()).isEqualTo(502);
          assertThat(answer.head()).containsIgnoringCase("connection: close\r\n");
          assertThat(caller.end()).isEqualTo(End.FIN);
        }
        path.isWell(how + " after " + read);
        assertThat(path.records(1)).containsExactly("502 upstream_reset");
      }
    }
  }

  @Test
  void aCutAnswerToHttp10EndsInAReset() throws Exception {
    try (DataPath path = new DataPath()) {
      String half = DataPath.CHUNKED_HEAD + "3\r\nabc\r\n";
      path.replica.next(Script.reading().send(half).waitForGo().close());
      try (RawCaller caller = path.call().send(DataPath.get("HTTP/1.0"))) {
        caller.head();
        assertThat(caller.read(3)).isEqualTo("abc");
        path.replica.go();
        assertThat(caller.end()).isEqualTo(End.RST);
      }
      path.isWell("cut");
      assertThat(path.records(1)).containsExactly("200 upstream_reset");
    }
  }

  /** Fails where a reset counts as the proper end of a body that the connection ends. */
  @Test
  void aResetDoesNotCompleteABody() throws Exception {
    try (DataPath path = new DataPath()) {
      path.replica.next(Script.reading().send(UNTIL_END).waitForGo().reset());
      try (RawCaller caller = path.call().send(DataPath.POST)) {
        String head = caller.head();
        path.replica.go();
        assertThat(caller.body(head, false).complete()).isFalse();
      }
      path.isWell("reset");
      assertThat(path.records(1)).containsExactly("200 upstream_reset");
    }
  }

  @Test
  void aKeptConnectionThatWasClosedIsReplacedOnce() throws Exception {
    try (DataPath path = new DataPath()) {
      path.replica.next(Script.respond(FakeReplica.OK), Script.blank().readBytes(1).close());
      try (RawCaller caller = path.call()) {
        assertThat(caller.send(DataPath.POST).answer().status()).isEqualTo(200);
        assertThat(caller.send(DataPath.POST).answer().status()).isEqualTo(200);
      }
      path.isWell("replaced");
      assertThat(path.records(2)).containsExactly("200 -", "200 -");
      assertThat(path.router.meters().count("RETRY")).isEqualTo(1);
    }
  }

  private static Script leaveAfter(int bytes, End how) {
    return how == End.FIN
        ? Script.closeAfterRequestBytes(bytes)
        : Script.resetAfterRequestBytes(bytes);
  }
}
