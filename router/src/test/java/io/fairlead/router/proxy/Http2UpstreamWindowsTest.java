package io.fairlead.router.proxy;

import static io.fairlead.router.proxy.Http2Caller.DATA;
import static io.fairlead.router.proxy.Http2Caller.END_STREAM;
import static io.fairlead.router.proxy.Http2Caller.WINDOW_UPDATE;
import static io.fairlead.router.proxy.Http2Model.INITIAL_WINDOW_SIZE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Flow control toward models over HTTP/2: nobody sends more than the slower side takes. */
final class Http2UpstreamWindowsTest {
  private static final int MEGABYTE = 1_000_000;

  @RegisterExtension final Stage stage = new Stage();

  @BeforeEach
  void takesManyRequestsAtOnce() {
    stage.settings(0, OnClientGone.HOLD, false);
  }

  @Test
  void sendsNoMoreThanTheModelsWindow() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller().send(Caller.post("x".repeat(30)));
    Http2Caller connection = model.accept(INITIAL_WINDOW_SIZE, 10);
    connection.awaitHead();
    assertThat(connection.await(DATA).payload()).hasSize(10);
    stage.router().settle();
    assertThat(connection.isQuiet()).isTrue();
    connection.putInt(WINDOW_UPDATE, 0, 1, 15).send();
    assertThat(connection.await(DATA).payload()).hasSize(15);
    connection.putInt(WINDOW_UPDATE, 0, 1, 100).send();
    Http2Caller.Frame rest = connection.await(DATA);
    assertThat(rest.payload()).hasSize(5);
    assertThat(rest.has(END_STREAM)).isTrue();
    connection.headers(1, true, ":status", "204").send();
    assertThat(caller.answer().status()).isEqualTo(204);
  }

  @Test
  void readsNoMoreFromACallerThanTheModelTakes() throws Exception {
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    caller.post(1, false).send();
    Http2Caller connection = model.accept(INITIAL_WINDOW_SIZE, 0);
    connection.awaitHead();
    assertThat(sendAsMuchAsIsWanted(caller)).isBetween(65_535, 4 * 65_536);
    connection.putInt(WINDOW_UPDATE, 0, 1, 4 * 65_536);
    connection.putInt(WINDOW_UPDATE, 0, 0, 4 * 65_536).send();
    assertThat(caller.await(WINDOW_UPDATE).stream()).isEqualTo(1);
  }

  @Test
  void givesAModelNoWindowBackForWhatTheCallerDoesNotTake() throws Exception {
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller(INITIAL_WINDOW_SIZE, 0);
    caller.post(1, true).send();
    Http2Caller connection = model.acceptRequest();
    connection.headers(1, false, ":status", "200").send();
    assertThat(sendAsMuchAsIsWanted(connection)).isBetween(65_535, 4 * 65_536);
    caller.putInt(WINDOW_UPDATE, 0, 1, MEGABYTE);
    caller.putInt(WINDOW_UPDATE, 0, 0, MEGABYTE).send();
    assertThat(connection.await(WINDOW_UPDATE).stream()).isEqualTo(1);
  }

  /** Fills the window of stream 1 until none is given back any more; returns how much that took. */
  private int sendAsMuchAsIsWanted(Http2Caller peer) throws Exception {
    int sent = 0;
    for (int window = 65_535; window > 0; window = windowGivenBack(peer)) {
      for (int rest = window; rest > 0; rest -= 16_000) {
        peer.data(1, false, "x".repeat(Math.min(rest, 16_000)));
      }
      peer.send();
      sent += window;
    }
    return sent;
  }

  /** Returns how much window has come when the router has seen everything that was sent. */
  private int windowGivenBack(Http2Caller peer) throws Exception {
    stage.router().settle();
    peer.put(Http2Caller.PING, 0, 0, new byte[8]).send();
    int window = 0;
    Http2Caller.Frame frame = peer.read();
    while (frame != null && frame.type() != Http2Caller.PING) {
      window += frame.type() == WINDOW_UPDATE && frame.stream() == 1 ? frame.intAt(0) : 0;
      frame = peer.read();
    }
    return window;
  }

  /** Both windows are full at once: each direction goes on as its own side drains. */
  @Test
  void letsNeitherDirectionWaitForTheOther() throws Exception {
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller(INITIAL_WINDOW_SIZE, 0);
    caller.post(1, false).send();
    Http2Caller connection = model.accept(INITIAL_WINDOW_SIZE, 0);
    connection.awaitHead();
    connection.headers(1, false, ":status", "200").data(1, false, "down").send();
    caller.await(Http2Caller.HEADERS);
    caller.data(1, false, "up").send();
    stage.router().settle();
    connection.putInt(WINDOW_UPDATE, 0, 1, 2).send();
    assertThat(connection.await(DATA).text()).isEqualTo("up");
    caller.putInt(WINDOW_UPDATE, 0, 1, 4).send();
    assertThat(caller.await(DATA).text()).isEqualTo("down");
    caller.data(1, true, "").send();
    assertThat(connection.await(DATA).has(END_STREAM)).isTrue();
    connection.data(1, true, "").send();
    assertThat(caller.await(DATA).has(END_STREAM)).isTrue();
    stage.untilLoad(0, 0);
  }

  @Test
  void takesLargeBodiesBothWays() throws Exception {
    Http2Model model = stage.startH2c();
    Caller caller = stage.caller();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                caller.send(Caller.post("x".repeat(MEGABYTE)));
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    Http2Caller connection = model.acceptRequest();
    int came = 0;
    while (came < MEGABYTE) {
      Http2Caller.Frame data = connection.await(DATA);
      came += data.payload().length;
      if (data.payload().length > 0) {
        connection.putInt(WINDOW_UPDATE, 0, 1, data.payload().length);
        connection.putInt(WINDOW_UPDATE, 0, 0, data.payload().length).send();
      }
    }
    connection.headers(1, false, ":status", "200").send();
    var answer = new FutureTask<>(caller::answer);
    Thread.ofVirtual().start(answer);
    int window = 65_535;
    int rest = MEGABYTE;
    while (rest > 0) {
      while (window <= 0) {
        Http2Caller.Frame more = connection.await(WINDOW_UPDATE);
        window += more.stream() == 1 ? more.intAt(0) : 0;
      }
      int part = Math.min(Math.min(rest, window), 16_384);
      rest -= part;
      window -= part;
      connection.data(1, rest == 0, "y".repeat(part)).send();
    }
    assertThat(answer.get(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS).body()).hasSize(MEGABYTE);
  }
}
