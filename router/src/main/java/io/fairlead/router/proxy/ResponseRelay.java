package io.fairlead.router.proxy;

import io.fairlead.router.http.ForwardRules;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.http.WebSocket;
import io.fairlead.router.model.RouterError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Carries a model's response to the caller of one exchange, at the pace of the caller: reading from
 * the model stops while the caller does not take what there is.
 */
final class ResponseRelay {
  private static final int SWITCHING = 101;

  private final Exchange exchange;
  private final ExchangeClock clock;
  private final Loop loop;
  private final EventMeter events = new EventMeter();

  ResponseRelay(Exchange exchange, ExchangeClock clock, Loop loop) {
    this.exchange = exchange;
    this.clock = clock;
    this.loop = loop;
  }

  /** Hands on an informational response; of two models, nobody knows yet whose the final one is. */
  void onInformational(Head head) {
    if (!exchange.attempts.isHedged()) {
      ForwardRules.response(head);
      exchange.downstream().inform(head);
    }
  }

  /** Hands on the final head, with the first {@code count} bytes of the body. */
  void onHead(Upstream from, Head head, ByteBuf in, int count, boolean last) {
    long now = loop.now();
    if (head.status() == SWITCHING) {
      onSwitch(from, head, in, count, now);
      return;
    }
    exchange.attempts.onHead(from, now);
    int status = status(head);
    boolean streams = from.responseStreams();
    ForwardRules.response(head);
    ResponseFields.add(head, exchange, now - from.sentNanos());
    exchange.observed.responding(head, now);
    exchange.observed.relayed(count);
    long firstByte = exchange.observed.phases.firstByteNanos();
    boolean counted = streams && exchange.observed.phases.started(); // no copy for a mirror
    events.begin(head, counted, exchange.route.ordinal(), firstByte, loop.recorder);
    events.pass(in, count, now, loop.recorder);
    exchange.onResponding(status, last, now);
    if (!last) {
      if (streams) {
        clock.awaitStream(now);
      } else if (!exchange.isReceived()) {
        clock.awaitModel(exchange.route.settings(), now); // no longer for the body
      }
    }
    exchange.downstream().respond(status, head, in, count, last);
    written(from, last, now);
  }

  /**
   * Hands on the agreement to a WebSocket, with the first bytes behind it; then lets the caller's
   * through.
   */
  private void onSwitch(Upstream from, Head head, ByteBuf in, int count, long now) {
    ForwardRules.response(head);
    ResponseFields.add(head, exchange, now - from.sentNanos());
    if (exchange.request.method() == Method.CONNECT) {
      WebSocket.dropAccept(head); // RFC 8441 5: the caller has sent no key
    }
    exchange.observed.responding(head, now);
    exchange.observed.relayed(count);
    events.begin(head, false, 0, -1, loop.recorder);
    exchange.onSwitched();
    clock.awaitStream(now);
    exchange.downstream().respond(SWITCHING, head, in, count, false);
    exchange.attempts.openTunnel();
    written(from, false, now);
  }

  /** Notes what the model did wrong, and returns the status that the caller gets for it. */
  private int status(Head head) {
    int own = head.status();
    if (own >= 200 && own <= 299) {
      return own;
    }
    exchange.note(RouterError.MODEL_ERROR);
    int instead = RouterError.MODEL_ERROR.status(loop.settings.errorProfile());
    return instead == 0 ? own : instead;
  }

  /** Hands on more of the body. */
  void onBody(Upstream from, ByteBuf in, int count, boolean last) {
    long now = loop.now();
    if (last) {
      exchange.attempts.onResponded(now);
    } else if (from.responseStreams()) {
      clock.awaitStream(now);
    }
    exchange.observed.relayed(count);
    events.pass(in, count, now, loop.recorder);
    exchange.downstream().data(in, count, last);
    written(from, last, now);
  }

  /** Hands on the end of a body that has trailers, and those if the caller takes any. */
  void onTrailers(Head trailers) {
    exchange.attempts.onResponded(loop.now());
    if (exchange.request.acceptsTrailers()) {
      exchange.downstream().trailers(trailers);
    } else {
      exchange.downstream().data(Unpooled.EMPTY_BUFFER, 0, true);
    }
    exchange.onDelivered();
  }

  private void written(Upstream from, boolean last, long now) {
    if (last) {
      exchange.onDelivered();
    } else if (!exchange.isDone()
        && !clock.isAwaitingCaller()
        && !exchange.downstream().isWritable()) {
      clock.awaitCaller(exchange.downstream(), now);
      from.readResponse(false);
    }
  }
}
