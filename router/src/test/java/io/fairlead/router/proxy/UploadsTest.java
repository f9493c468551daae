package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.proxy.FakeReplica.End;
import io.fairlead.router.proxy.RawCaller.Answer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How request bodies reach the model, and what becomes of those that nobody wants. */
@ExtendWith(Leaks.class)
class UploadsTest {
  private static final String CHUNKED_HEAD =
      "POST " + TestRouter.SCORE + " HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n";

  private final DataPath path;
  private final RawCaller caller;

  UploadsTest() throws Exception {
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
  void aChunkedBodyWithinThePrefixGetsALength() throws Exception {
    caller.send(CHUNKED_HEAD + "3\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n");
    assertThat(caller.answer().status()).isEqualTo(200);
    assertThat(path.replica.takeRequest())
        .containsIgnoringCase("\r\ncontent-length: 5\r\n")
        .doesNotContainIgnoringCase("chunked")
        .endsWith("\r\n\r\nabcde");
  }

  @Test
  void aChunkedBodyBeyondThePrefixStaysChunked() throws Exception {
    String piece = "186a0\r\n" + "x".repeat(100_000) + "\r\n";
    caller.send(CHUNKED_HEAD + piece + piece + "0\r\n\r\n");
    assertThat(caller.answer().status()).isEqualTo(200);
    assertThat(path.replica.takeRequest())
        .containsIgnoringCase("\r\ntransfer-encoding: chunked\r\n")
        .doesNotContainIgnoringCase("content-length");
  }

  @Test
  void continueIsSaidBeforeTheBodyIsRead() throws Exception {
    caller.send(DataPath.postHead(2).replace("Host", "Expect: 100-continue\r\nHost"));
    assertThat(caller.head()).startsWith("HTTP/1.1 100 ");
    assertThat(caller.send("{}").answer().status()).isEqualTo(200);
    assertThat(path.replica.takeRequest()).doesNotContainIgnoringCase("expect");
  }

  @Test
  void continueIsNotSaidToWhoIsRefused() throws Exception {
    String head = DataPath.postHead(200_000_000).replace("Host", "Expect: 100-continue\r\nHost");
    Answer answer = caller.send(head).answer();
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.head()).containsIgnoringCase("connection: close\r\n");
    assertThat(caller.end()).isEqualTo(End.FIN);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 65_536})
  void aSmallRestOfARefusedBodyIsDropped(int size) throws Exception {
    caller.send(DataPath.postHead(size).replace("/echo/", "/nobody/"));
    Answer refused = caller.answer();
    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.head()).doesNotContainIgnoringCase("connection: close");
    assertThat(caller.send("x".repeat(size) + DataPath.POST).answer().status()).isEqualTo(200);
  }

  @Test
  void aLargeRestOfARefusedBodyEndsTheConnection() throws Exception {
    caller.send(DataPath.postHead(65_537).replace("/echo/", "/nobody/"));
    Answer refused = caller.answer();
    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.head()).containsIgnoringCase("connection: close\r\n");
    assertThat(caller.end()).isEqualTo(End.FIN);
  }

  @Test
  void anEarlyAnswerOfTheModelEndsItsConnection() throws Exception {
    path.replica.next(Script.blank().readBytes(1_000).send(FakeReplica.OK).waitForEnd());
    caller.send(DataPath.postHead(100_000)).send("x".repeat(80_000));
    assertThat(caller.answer().status()).isEqualTo(200);
    path.replica.takeEnd();
    caller.send("x".repeat(20_000)).send(DataPath.POST);
    assertThat(caller.answer().status()).isEqualTo(200);
    assertThat(path.replica.acceptedConnections()).isEqualTo(2);
  }

  /** Fails where the clock of the body goes on, or comes back with another request's deadline. */
  @Test
  void anEarlyAnswerMayBeSlowToBeTaken() throws Exception {
    var setup = new TestRouter.Setup();
    setup.settings =
        new RequestSettings(
            Duration.ofSeconds(60),
            1,
            Duration.ofMillis(500),
            -1,
            1_000,
            OnClientGone.HOLD,
            false,
            false);
    int half = 20_000_000; // more than the kernel holds for a caller who does not read
    try (DataPath early = new DataPath(setup);
        RawCaller slow = RawCaller.slow(early.port)) {
      early.replica.next(
          Script.blank()
              .readBytes(1_000)
              .send("HTTP/1.1 200 OK\r\nContent-Length: " + 2 * half + "\r\n\r\n")
              .send(new byte[half])
              .waitForGo()
              .send(new byte[half])
              .waitForEnd());
      slow.send(DataPath.postHead(10_000)).send("x".repeat(2_000));
      slow.head();
      slow.skip(half);
      early.router.advance(Duration.ofSeconds(20)); // in which a timeout would expire
      early.replica.go();
      slow.skip(half);
    }
  }

  @Test
  void aSlowCallerGetsAllOfItsLastAnswer() throws Exception {
    int size = 20_000_000;
    path.replica.next(
        Script.reading()
            .send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + size + "\r\n\r\n")
            .send(new byte[size])
            .close());
    try (RawCaller slow = RawCaller.slow(path.port)) {
      slow.send(DataPath.POST.replace("Host", "Connection: close\r\nHost")).head();
      slow.skip(size);
      assertThat(slow.end()).isEqualTo(End.FIN);
    }
  }
}
