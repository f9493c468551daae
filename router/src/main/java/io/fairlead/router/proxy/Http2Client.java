package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.model.Replica;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one replica over HTTP/2 with prior knowledge (RFC 9113 3.3), shared by requests.
 *
 * <pre>
 * phase       meaning                                       leaves by
 * CONNECTING  the model has not said its SETTINGS yet       SETTINGS -> OPEN; failed, too late -> CLOSED
 * OPEN        takes streams while there is room             GOAWAY, enough requests -> LEAVING; idle -> CLOSED
 * LEAVING     takes no more; streams that are open finish   the last one ends -> CLOSED
 * CLOSED
 * </pre>
 *
 * <p>Nothing is asked before the model's SETTINGS are here: who does not speak HTTP/2 sees no
 * request, and the number of streams that a model takes is known before the first. Runs on its
 * event loop; {@link Http2ClientHandler} tells it what the network does.
 */
final class Http2Client {
  private enum Phase {
    CONNECTING,
    OPEN,
    LEAVING,
    CLOSED
  }

  final Http2ClientHandler handler;
  final Http2ClientTimer timer;
  final Http2ClientStreams streams;
  final Http2Output output;
  private final Loop loop;
  private final Http2Clients clients;
  private final Replica replica;
  private final Http2FrameScanner scanner;
  private final Http2Connection connection;
  private final ArrayDeque<Http2Upstream> waiting = new ArrayDeque<>();
  private Phase phase = Phase.CONNECTING;
  private @Nullable Channel channel;
  private boolean connected;
  private boolean tookNothing; // of what was sent last, says the model's kernel

  Http2Client(Loop loop, Http2Clients clients, Replica replica) {
    this.loop = loop;
    this.clients = clients;
    this.replica = replica;
    Http2Codec<Http2ClientStreams> codec = Http2Codec.toModel(loop, this);
    this.scanner = codec.scanner;
    this.streams = codec.streams;
    this.output = streams.output;
    this.connection = streams.connection;
    this.handler = new Http2ClientHandler(loop, this, codec);
    this.timer = new Http2ClientTimer(this, loop, streams);
  }

  // ---- for the pool

  /** Lets connecting, and hearing the model's SETTINGS, take so long and no longer. */
  void connecting(Channel opened) {
    channel = opened;
    timer.start(loop.now());
  }

  /** Returns whether it takes another request. */
  boolean hasRoom() {
    return switch (phase) {
      case CONNECTING -> waiting.size() < clients.usualStreams(replica);
      case OPEN ->
          activeStreams() < maxStreams()
              && !mayNotGoOn()
              && requireNonNull(channel).isActive(); // else that is told later in this turn
      case LEAVING, CLOSED -> false;
    };
  }

  /** Returns whether it is as good as new: its model was heard within {@code nanos}. */
  boolean isFresh(long nanos) {
    return phase == Phase.CONNECTING || loop.now() - timer.readNanos() < nanos;
  }

  /** Gives {@code call} room, now or as soon as there is a connection. */
  void take(Http2Upstream call) {
    if (phase == Phase.OPEN) {
      loop.recorder.count(ProxyEvent.UPSTREAM_REUSED);
      call.attach(this);
    } else {
      waiting.add(call);
    }
  }

  int activeStreams() {
    return connection.numActiveStreams();
  }

  private int maxStreams() {
    int most = loop.settings.limits().upstream().maxStreams();
    return Math.min(most, connection.local().maxActiveStreams());
  }

  private boolean mayNotGoOn() {
    return connection.goAwayReceived()
        || streams.guard.isWeary()
        || streams.requests() >= loop.settings.limits().upstream().maxRequestsPerConnection();
  }

  // ---- from the network

  /** There is a connection; what speaks at its other end remains to be seen. */
  void onConnected() {
    connected = true;
  }

  /** What came was read. */
  void afterRead() {
    if (phase == Phase.CONNECTING && streams.hasSettings()) {
      open();
    }
    if (phase == Phase.OPEN && mayNotGoOn()) {
      phase = Phase.LEAVING;
      clients.remove(replica, this);
    }
    afterFlush();
  }

  /** Closes once the last stream has ended on a connection that takes no more. */
  void afterFlush() {
    if (phase == Phase.LEAVING && activeStreams() == 0) {
      goAway();
    }
  }

  /** The model speaks HTTP/2: whoever waits may go. */
  private void open() {
    phase = Phase.OPEN;
    loop.recorder.count(ProxyEvent.UPSTREAM_CONNECTED);
    timer.opened(loop.now());
    int most = maxStreams();
    clients.opened(replica, most);
    forEachWaiting(
        call -> {
          if (most == 0) {
            call.onConnectFailed("it takes no streams");
          } else if (hasRoom()) {
            call.onConnected(this);
          } else {
            clients.place(call, false);
          }
        });
  }

  private void forEachWaiting(Consumer<Http2Upstream> told) {
    for (Http2Upstream call = waiting.poll(); call != null; call = waiting.poll()) {
      if (call.isWaiting()) { // and has not left meanwhile
        told.accept(call);
      }
    }
  }

  /** There will be no connection. */
  void onConnectFailed(String why) {
    if (phase == Phase.CONNECTING) {
      failConnecting();
      forEachWaiting(call -> call.onConnectFailed(why));
    }
  }

  private void speaksNoHttp2(String why) {
    failConnecting();
    forEachWaiting(call -> call.onNoHttp2(why));
  }

  private void failConnecting() {
    loop.recorder.count(ProxyEvent.UPSTREAM_CONNECT_FAILED);
    close();
  }

  /** The model gives no sign of life. */
  void dead() {
    if (phase != Phase.CLOSED) {
      close();
    }
  }

  /** The connection is gone. */
  void lost() {
    switch (phase) {
      case CONNECTING -> {
        if (connected) { // else the connection attempt says so itself
          speaksNoHttp2("it closed the connection");
        }
      }
      case OPEN, LEAVING -> {
        tookNothing = activeStreams() == 1 && !Transport.mayHaveTaken(requireNonNull(channel));
        close();
      }
      case CLOSED -> {}
    }
  }

  /** The model has broken the rules of the connection, and not of a stream alone. */
  void fail(Http2Error error, String detail) {
    switch (phase) {
      case CONNECTING -> speaksNoHttp2("what it sent are no SETTINGS");
      case OPEN, LEAVING -> {
        streams.refuseAll(detail);
        output.goAway(0, error.code());
        close();
      }
      case CLOSED -> {}
    }
  }

  /** The last open stream has ended. */
  void onIdle() {
    if (phase == Phase.OPEN) {
      timer.onIdle(loop.now());
    } else if (phase == Phase.LEAVING) {
      output.flushLater(); // and close, when all that is being closed has been
    }
  }

  // ---- for its streams

  int flushes() {
    return handler.flushes();
  }

  int reads() {
    return handler.reads();
  }

  /**
   * Returns whether the model, which is gone, cannot have seen a request: nothing of it was sent,
   * or it was alone, nothing came since, and the model's kernel did not take it.
   *
   * @param flushesBefore {@link #flushes} when the request was written
   * @param readsBefore {@link #reads} then
   */
  boolean cannotHaveSeen(int flushesBefore, int readsBefore) {
    return flushes() == flushesBefore || (tookNothing && reads() == readsBefore);
  }

  // ---- leaving

  /** Closes a connection that nobody uses. */
  void goAway() {
    if (phase != Phase.CLOSED) {
      output.goAway(0, Http2Error.NO_ERROR.code());
      close();
    }
  }

  /** Asks whether the model is still there. */
  void ping() {
    streams.guard.expectAck();
    output.ping(false, 1);
  }

  private void close() {
    phase = Phase.CLOSED;
    clients.remove(replica, this);
    scanner.stop();
    streams.closeAll();
    handler.sendLast();
    requireNonNull(channel).close();
  }
}
