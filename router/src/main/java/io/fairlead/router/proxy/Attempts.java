package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.model.RouterError;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request's attempts at a model: one, or a second where the first cannot have been started on,
 * or may be repeated, and the retry budget allows. Each has a slot and a connection; the second
 * takes a fresh connection, because the next kept one may be as stale as the first.
 */
final class Attempts {
  private final Exchange exchange;
  private final ExchangeClock clock;
  private final Phases phases;
  private final Loop loop;
  private @Nullable Upstream current;
  private boolean repeated;

  Attempts(Exchange exchange, ExchangeClock clock, Phases phases, Loop loop) {
    this.exchange = exchange;
    this.clock = clock;
    this.phases = phases;
    this.loop = loop;
  }

  /** Forgets the last request. */
  void clear() {
    current = null;
    repeated = false;
  }

  /** There is a slot: gets a connection to its replica. */
  void begin(Permit permit, long now) {
    phases.granted(now);
    clock.awaitConnection();
    exchange.enter(Exchange.State.CONNECTING);
    Upstream connection = loop.upstreams.connection(exchange, permit, repeated);
    current = connection;
    if (connection.isOpen()) {
      onConnected(now);
    }
  }

  /** The connection is there: the request goes out. */
  void onConnected(long now) {
    exchange.enter(Exchange.State.AWAITING);
    Upstream connection = requireNonNull(current);
    connection.sendRequest(exchange, exchange.isReceived());
    if (exchange.isReceived()) {
      onRequestSent(now);
    } else {
      onWritable(connection.isWritable());
    }
  }

  /** Sends more of the body, if there is a connection to send it on; returns whether it did. */
  boolean sendBody(ByteBuf in, int count, boolean last) {
    if (current == null || exchange.state() == Exchange.State.CONNECTING) {
      return false;
    }
    current.sendBody(in, count, last);
    return true;
  }

  /** The last byte of the request is on its way: the model's time starts. */
  void onRequestSent(long now) {
    if (exchange.state() == Exchange.State.AWAITING) {
      clock.awaitModel(settings(), now);
    }
  }

  /** The model takes more of the request, or no more for now. */
  void onWritable(boolean writable) {
    if (exchange.isReceived() || exchange.isDone()) {
      return;
    }
    exchange.downstream().readBody(writable);
    if (exchange.state() == Exchange.State.AWAITING) {
      if (writable) {
        clock.awaitBody(loop.now());
      } else {
        clock.awaitModel(settings(), loop.now());
      }
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
    phases.attempted(now);
    current = null;
  }

  /**
   * The attempt failed; its permit is released already.
   *
   * @param unseen whether the model cannot have started on the request
   */
  void onFailed(RouterError failure, Replica replica, boolean unseen, String detail) {
    Upstream failed = current;
    if (failed == null) {
      return;
    }
    long now = loop.now();
    onResponded(now);
    if (mayRepeat() && (unseen || (settings().idempotent() && !failed.responseHasBegun()))) {
      Permit second = exchange.route.dispatcher().acquireRetry(replica, now);
      if (second != null) {
        repeat(second, now);
        return;
      }
    }
    exchange.refuse(new Refusal(failure, detail), exchange.route.dispatcher().load(now), now);
  }

  /** Returns whether a second attempt is possible: it is the first, and the body is still here. */
  boolean mayRepeat() {
    return !repeated && exchange.body.isWhole() && exchange.state() != Exchange.State.RESPONDING;
  }

  /** The kept connection was dead before the request was on it: the slot gets a fresh one. */
  void onStale(Permit permit, long now) {
    onResponded(now);
    repeat(permit, now);
  }

  private void repeat(Permit permit, long now) {
    repeated = true;
    loop.recorder.count(ProxyEvent.RETRY);
    if (!exchange.isReceived()) {
      exchange.downstream().readBody(false); // nothing takes more until there is a connection
    }
    begin(permit, now);
  }

  /** The caller has left: lets the model finish where it cannot be stopped. */
  void leave(long now) {
    Upstream running = current;
    if (running == null) {
      return;
    }
    onResponded(now);
    if (settings().onClientGone() == OnClientGone.HOLD && outlasts(running)) {
      running.abandon(false, now + settings().requestTimeout().toNanos());
    } else {
      running.cancel(false);
    }
  }

  /** The exchange ends for {@code reason} before the model has answered. */
  void breakOff(RouterError reason, long now) {
    Upstream running = current;
    if (running == null) {
      return;
    }
    onResponded(now);
    boolean timedOut = reason == RouterError.REQUEST_TIMEOUT;
    // a caller in a hurry says nothing of the replica
    boolean tooSlow = timedOut && !exchange.deadline.hasPassed(now);
    if (timedOut && outlasts(running)) {
      running.abandon(tooSlow, now + settings().requestTimeout().toNanos());
    } else {
      running.cancel(tooSlow);
    }
  }

  /** Returns whether the model goes on all the same, and so keeps its slot. */
  private boolean outlasts(Upstream running) {
    return settings().maxConcurrentRequestsPerInstance() > 0 && !running.canBeStopped();
  }

  private RequestSettings settings() {
    return exchange.route.settings();
  }
}
