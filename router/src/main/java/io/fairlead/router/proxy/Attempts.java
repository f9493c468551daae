package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.dispatch.HedgeResult;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.model.RouterError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * One request's attempts at a model: one, or a second where the first cannot have been started on,
 * or may be repeated, and the retry budget allows; or a second beside the first where that is slow,
 * see {@link Hedge}. Each has a slot and a connection; the second takes a fresh connection, because
 * the next kept one may be as stale as the first.
 *
 * <p>Of two at once the first whose response begins is the one; the other is dropped, and keeps its
 * slot as long as its model cannot be stopped. If one fails the other is all there is.
 *
 * <p>A WebSocket is asked for once, on a connection of its own; only where no connection could be
 * made is another replica asked.
 */
final class Attempts {
  /** How long a model may take to end its side of a WebSocket whose other side has ended. */
  private static final long HANG_UP_NANOS = 1_000_000_000L;

  private final Exchange exchange;
  private final ExchangeClock clock;
  private final Loop loop;
  private final Hedge hedge;
  private @Nullable Upstream current;
  private @Nullable Replica replica;
  private boolean repeated;
  private long begunNanos;

  Attempts(Exchange exchange, ExchangeClock clock, Loop loop) {
    this.exchange = exchange;
    this.clock = clock;
    this.loop = loop;
    this.hedge = new Hedge(exchange, loop);
  }

  /** Forgets the last request. */
  void clear() {
    current = null;
    repeated = false;
  }

  /** There is a slot: gets a connection to its replica. */
  void begin(Permit permit, long now) {
    exchange.observed.granted(permit.replica(), now);
    replica = permit.replica();
    begunNanos = now;
    clock.awaitConnection();
    exchange.enter(Exchange.State.CONNECTING);
    boolean fresh = repeated || exchange.route.isWebSocket();
    Upstream connection = loop.upstreams.open(exchange, permit, fresh);
    current = connection;
    if (connection.isOpen()) {
      onConnected(now);
    } else {
      exchange.pauseBody();
    }
  }

  /** The same, for a request that is for this replica and no other. */
  void beginLast(Permit permit, long now) {
    repeated = true;
    begin(permit, now);
  }

  /** The connection is there: the request goes out. */
  void onConnected(long now) {
    if (hedge.isRunning()) { // the first was connected before it began
      hedge.onConnected();
      return;
    }
    exchange.enter(Exchange.State.AWAITING);
    exchange.observed.phases.connected(now);
    Upstream connection = requireNonNull(current);
    if (isHandshake()) {
      connection.sendRequest(exchange, false);
      exchange.pauseBody();
      clock.awaitModel(settings(), now);
      return;
    }
    connection.sendRequest(exchange, exchange.isReceived());
    if (exchange.isReceived()) {
      onRequestSent(now);
      return;
    }
    if (isStreamed()) {
      clock.awaitModel(settings(), now);
    }
    onWritable(connection.isWritable());
  }

  /** A request whose end nobody knows in advance: the model's time runs from its first byte. */
  private boolean isStreamed() {
    return exchange.route.dispatchesOnHead() && exchange.request.framing() != Head.Framing.LENGTH;
  }

  /** Sends more of the body, if there is a connection to send it on; returns whether it did. */
  boolean sendBody(ByteBuf in, int count, boolean last) {
    Upstream upstream = current;
    if (upstream == null || exchange.state() == Exchange.State.CONNECTING || isHandshake()) {
      return false;
    }
    upstream.sendBody(in, count, last);
    if (responds() && upstream.responseStreams()) {
      clock.streamGoesOn(loop.now());
    } else if (!last && clock.isAwaitingUpload()) {
      clock.awaitUpload(loop.now());
    }
    return true;
  }

  /** RFC 6455 4.1: nothing goes to a model before it has agreed to a WebSocket. */
  private boolean isHandshake() {
    return exchange.route.isWebSocket() && exchange.state() == Exchange.State.AWAITING;
  }

  /** The model has agreed to a WebSocket: what came meanwhile goes on, and all that follows. */
  void openTunnel() {
    Upstream upstream = current;
    if (upstream == null) {
      return; // the caller is gone
    }
    ByteBuf early = exchange.body.take();
    if (early != null) {
      upstream.sendBody(early, early.readableBytes(), exchange.isReceived());
      early.release();
    } else if (exchange.isReceived()) {
      upstream.sendBody(Unpooled.EMPTY_BUFFER, 0, true);
    }
    onWritable(upstream.isWritable());
  }

  /**
   * Ends a WebSocket: its model gets what was sent, then the end, and has a moment to end as well.
   */
  void hangUp(long now) {
    Upstream upstream = current;
    if (upstream != null) {
      onResponded(now);
      if (!exchange.isReceived()) {
        upstream.sendBody(Unpooled.EMPTY_BUFFER, 0, true);
      }
      upstream.abandon(false, now + HANG_UP_NANOS);
    }
  }

  /** The last byte of the request is on its way: the model's time starts. */
  void onRequestSent(long now) {
    exchange.observed.phases.sent(now);
    if (exchange.state() != Exchange.State.AWAITING) {
      return;
    }
    if (!(isStreamed() && clock.isAwaitingModel())) {
      clock.awaitModel(settings(), now);
    }
    if (mayHedge() && mayRepeat()) {
      long delay = exchange.route.dispatcher().hedgeDelayNanos();
      if (delay > 0) {
        clock.awaitHedge(begunNanos + delay);
      }
    }
  }

  /** Not for a stream, and not where nobody waits: copies for a mirror, probes. */
  private boolean mayHedge() {
    return settings().hedging()
        && !exchange.request.grpc()
        && !exchange.route.isWebSocket()
        && exchange.observed.phases.started();
  }

  /** The response should have begun by now: asks another replica too. */
  void onSlow(long now) {
    Upstream slow = current;
    if (slow != null && mayRepeat() && !slow.responseHasBegun()) {
      repeated = hedge.begin(requireNonNull(replica), now);
    }
  }

  /** Returns whether two attempts are under way, or a second one alone. */
  boolean isHedged() {
    return hedge.isRunning();
  }

  /** A response begins: it is the one, and no other attempt is wanted any more. */
  void onHead(Upstream from, long now) {
    if (mayHedge()) {
      exchange.route.dispatcher().responded(now - begunNanos);
    }
    if (hedge.isRunning()) {
      Upstream first = requireNonNull(current);
      Upstream second = hedge.upstream();
      current = from;
      hedge.end(from == second ? HedgeResult.WON : HedgeResult.LOST);
      if (first != second) {
        drop(from == first ? second : first, mayHold(), false, now);
      }
    }
  }

  /** The model takes more of the request, or no more for now. */
  void onWritable(boolean writable) {
    if (exchange.isReceived() || exchange.isDone() || isHandshake()) {
      return;
    }
    exchange.downstream().readBody(writable);
    exchange.observed.phases.uploadFlows(writable, loop.now());
    if (exchange.state() != Exchange.State.AWAITING || isStreamed()) {
      return;
    }
    if (!writable) {
      clock.awaitModel(settings(), loop.now());
    } else if (exchange.route.dispatchesOnHead()) {
      clock.awaitUpload(loop.now());
    } else {
      clock.awaitBody(loop.now());
    }
  }

  /** The caller takes more of the response again. */
  void readResponse() {
    if (current != null) {
      clock.callerIsBack(loop.now());
      current.readResponse(true);
    }
  }

  /** The model's last byte is here. */
  void onResponded(long now) {
    exchange.observed.phases.attempted(now);
    current = null;
  }

  /**
   * The attempt failed; its permit is released already.
   *
   * @param unseen whether the model cannot have started on the request
   */
  void onFailed(RouterError failure, Replica at, boolean unseen, String detail) {
    Upstream failed = current;
    if (failed == null || otherGoesOn(at)) {
      return;
    }
    long now = loop.now();
    onResponded(now);
    if (mayRepeat() && (unseen || (settings().idempotent() && !failed.responseHasBegun()))) {
      Permit second = exchange.route.dispatcher().acquireRetry(at, now);
      if (second != null) {
        repeat(second, now);
        return;
      }
    }
    exchange.refuse(new Refusal(failure, detail), exchange.observed.load(now), now);
  }

  /** Returns whether the attempt that failed was one of two. */
  private boolean otherGoesOn(Replica failed) {
    if (!hedge.isRunning()) {
      return false;
    }
    Upstream second = hedge.upstream();
    boolean wasAlone = current == second;
    if (wasAlone || hedge.isAt(failed)) {
      hedge.end(HedgeResult.FAILED);
    } else {
      current = second;
    }
    return !wasAlone;
  }

  /** Returns whether a second attempt is possible: it is the first, and the body is still here. */
  boolean mayRepeat() {
    return !repeated && exchange.body.isWhole() && !responds() && !isHandshake();
  }

  private boolean responds() {
    Exchange.State state = exchange.state();
    return state == Exchange.State.RESPONDING || state == Exchange.State.TUNNEL;
  }

  /** The kept connection was dead before the request was on it: the slot gets a fresh one. */
  void onStale(Permit permit, long now) {
    onResponded(now);
    repeat(permit, now);
  }

  private void repeat(Permit permit, long now) {
    repeated = true;
    loop.recorder.count(ProxyEvent.RETRY);
    begin(permit, now);
  }

  /** The caller has left: lets the model finish where it cannot be stopped. */
  void leave(long now) {
    dropAll(mayHold(), false, now);
  }

  /** The exchange ends for {@code reason} before the model has answered. */
  void breakOff(RouterError reason, long now) {
    boolean timedOut = reason == RouterError.REQUEST_TIMEOUT;
    // a caller in a hurry says nothing of the replica
    dropAll(timedOut, timedOut && !exchange.deadline.hasPassed(now), now);
  }

  private void dropAll(boolean mayHold, boolean tooSlow, long now) {
    Upstream running = current;
    if (running == null) {
      return;
    }
    onResponded(now);
    if (hedge.isRunning()) {
      Upstream second = hedge.upstream();
      hedge.end(HedgeResult.ABANDONED);
      drop(second, mayHold, false, now); // it had less time than it may take
      if (running == second) {
        return;
      }
    }
    drop(running, mayHold, tooSlow, now);
  }

  private void drop(Upstream running, boolean mayHold, boolean tooSlow, long now) {
    if (mayHold && outlasts(running)) {
      running.abandon(tooSlow, now + settings().requestTimeout().toNanos());
    } else {
      running.cancel(tooSlow);
    }
  }

  private boolean mayHold() {
    return settings().onClientGone() == OnClientGone.HOLD;
  }

  /** Returns whether the model goes on all the same, and so keeps its slot. */
  private boolean outlasts(Upstream running) {
    return settings().maxConcurrentRequestsPerInstance() > 0 && !running.canBeStopped();
  }

  private RequestSettings settings() {
    return exchange.route.settings();
  }
}
