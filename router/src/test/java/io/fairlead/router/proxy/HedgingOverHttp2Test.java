package io.fairlead.router.proxy;

import static io.fairlead.router.proxy.Http2Caller.DATA;
import static io.fairlead.router.proxy.Http2Caller.RST_STREAM;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.dispatch.HedgeCounts;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A second attempt beside a slow one where the models speak HTTP/2, frame by frame. */
@ExtendWith(Leaks.class)
final class HedgingOverHttp2Test {
  /** The 95th percentile of what was measured, rounded up, and a tick of the wheel. */
  private static final Duration LATE = ofMillis(103).plusNanos(TimerWheel.TICK_NANOS);

  @RegisterExtension final Stage stage = new Stage();
  private Http2Model first;
  private Http2Model second;

  @BeforeEach
  void hedge() throws Exception {
    stage.hedging(1, OnClientGone.HOLD);
    stage.setup.h2c();
    first = stage.http2Model();
    second = stage.http2Model();
    stage.start(first.address(), second.address());
    HedgeBudget.earn(stage, 1);
  }

  private Http2Caller accept(Http2Model model) throws Exception {
    Http2Caller connection = model.accept();
    stage.closes(connection);
    return connection;
  }

  private static void answer(Http2Caller connection, String body) throws Exception {
    connection.headers(1, false, ":status", "200").data(1, true, body).send();
  }

  private HedgeCounts counts() {
    return stage.router().dispatcher().hedges();
  }

  private static String chunked(String body) {
    return Caller.head("POST " + TestRouter.SCORE, new String[0], "Transfer-Encoding: chunked")
        + Integer.toHexString(body.length())
        + "\r\n"
        + body
        + "\r\n0\r\n\r\n";
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void asksAnotherReplicaTheSameAndStopsTheSlowOne(boolean chunked) throws Exception {
    Caller caller = stage.caller().send(chunked ? chunked("{}") : Caller.post("{}"));
    Http2Caller slow = accept(first);
    assertThat(slow.awaitHead().field(":path")).isEqualTo("/score");
    assertThat(slow.await(DATA).text()).isEqualTo("{}");
    stage.advance(ofMillis(100));
    assertThat(stage.router().load().inFlight()).as("not late yet").isEqualTo(1);
    stage.advance(LATE.minusMillis(100));
    Http2Caller quick = accept(second);
    assertThat(quick.awaitHead().field(":path")).isEqualTo("/score");
    assertThat(quick.await(DATA).text()).isEqualTo("{}");
    assertThat(stage.router().load().inFlight()).isEqualTo(2);
    answer(quick, "quick");
    assertThat(caller.answer().body()).isEqualTo("quick");
    assertThat(slow.await(RST_STREAM).intAt(0)).isEqualTo(Http2Scene.CANCEL);
    stage.untilLoad(0, 0);
    assertThat(counts()).isEqualTo(new HedgeCounts(1, 0, 0, 0));
    stage.untilFinished("200 -");
  }

  @Test
  void stopsTheSecondWhereTheFirstAnswersAfterAll() throws Exception {
    Http2Caller caller = stage.http2Caller();
    caller.post(1, false, "content-length", "2").data(1, true, "{}").send();
    Http2Caller slow = accept(first);
    slow.awaitHead();
    stage.advance(LATE);
    Http2Caller slower = accept(second);
    slower.awaitHead();
    answer(slow, "after all");
    assertThat(caller.answer(1).body()).isEqualTo("after all");
    assertThat(slower.await(RST_STREAM).intAt(0)).isEqualTo(Http2Scene.CANCEL);
    stage.untilLoad(0, 0);
    assertThat(counts()).isEqualTo(new HedgeCounts(0, 1, 0, 0));
  }

  @Test
  void takesTheOtherWhereOneResets() throws Exception {
    Caller caller = stage.caller().send(Caller.get(TestRouter.SCORE));
    Http2Caller failing = accept(first);
    failing.awaitHead();
    stage.advance(LATE);
    Http2Caller other = accept(second);
    other.awaitHead();
    failing.putInt(RST_STREAM, 0, 1, Http2Scene.INTERNAL_ERROR).send();
    stage.untilLoad(1, 0);
    answer(other, "ok");
    assertThat(caller.answer().body()).isEqualTo("ok");
    stage.untilLoad(0, 0);
  }

  @Test
  void asksNoOtherWhereTheBodyIsNoLongerHere() throws Exception {
    String body = "x".repeat(65_537);
    Http2Caller caller = stage.http2Caller();
    caller.post(1, false, "content-length", "65537");
    for (int i = 0; i < 4; i++) {
      caller.data(1, false, body.substring(0, 16_000));
    }
    caller.send();
    Http2Caller slow = accept(first);
    slow.awaitHead();
    slow.putInt(Http2Caller.WINDOW_UPDATE, 0, 0, 100_000);
    slow.putInt(Http2Caller.WINDOW_UPDATE, 0, 1, 100_000).send();
    while (caller.await(Http2Caller.WINDOW_UPDATE).stream() != 1) {} // not that of the connection
    caller.data(1, true, body.substring(64_000)).send();
    while (!slow.await(DATA).has(Http2Caller.END_STREAM)) {}
    stage.advance(LATE.multipliedBy(2));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    answer(slow, "ok");
    assertThat(caller.answer(1).body()).isEqualTo("ok");
    assertThat(counts()).isEqualTo(new HedgeCounts(0, 0, 0, 0));
  }

  @Test
  void stopsBothWhereTheCallerLeaves() throws Exception {
    Caller caller = stage.caller().send(Caller.post("{}"));
    Http2Caller slow = accept(first);
    slow.awaitHead();
    stage.advance(LATE);
    Http2Caller slower = accept(second);
    slower.awaitHead();
    caller.close();
    assertThat(slow.await(RST_STREAM).intAt(0)).isEqualTo(Http2Scene.CANCEL);
    assertThat(slower.await(RST_STREAM).intAt(0)).isEqualTo(Http2Scene.CANCEL);
    stage.untilLoad(0, 0);
    assertThat(counts()).isEqualTo(new HedgeCounts(0, 0, 0, 1));
  }
}
