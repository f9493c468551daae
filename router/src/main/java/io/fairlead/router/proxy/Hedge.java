package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.HedgeResult;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.model.Replica;
import org.jspecify.annotations.Nullable;

/**
 * The second attempt of one request, beside a first one that is slow: at another replica, and only
 * while the request is whole and kept. Counts what becomes of it, exactly once.
 */
final class Hedge {
  private final Exchange exchange;
  private final Loop loop;
  private @Nullable Upstream upstream;
  private @Nullable Replica replica;

  Hedge(Exchange exchange, Loop loop) {
    this.exchange = exchange;
    this.loop = loop;
  }

  /** Begins at another replica than {@code busy}, if one is free; returns whether it did. */
  boolean begin(Replica busy, long now) {
    Permit permit = dispatcher().acquireHedge(busy, now);
    if (permit == null) {
      return false;
    }
    replica = permit.replica();
    exchange.observed.hedged();
    Upstream opened = loop.upstreams.open(exchange, permit, true);
    upstream = opened;
    if (opened.isOpen()) {
      onConnected();
    }
    return true;
  }

  /** Returns whether it has begun and not {@link #end}ed. */
  boolean isRunning() {
    return upstream != null;
  }

  boolean isAt(Replica place) {
    return place.equals(replica);
  }

  Upstream upstream() {
    return requireNonNull(upstream);
  }

  /** The connection is there: the request goes out once more. */
  void onConnected() {
    upstream().sendRequest(exchange, true);
  }

  /** It is over; what became of it is counted. */
  void end(HedgeResult result) {
    if (result == HedgeResult.WON) {
      exchange.observed.hedgeWon(requireNonNull(replica));
    }
    upstream = null;
    replica = null;
    dispatcher().hedgeEnded(result);
  }

  private Dispatcher dispatcher() {
    return exchange.route.dispatcher();
  }
}
