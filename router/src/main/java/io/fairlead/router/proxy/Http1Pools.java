package io.fairlead.router.proxy;

import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.model.Replica;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The kept HTTP/1.1 connections of one loop, by replica, newest first: the newest is the least
 * likely to be stale, and the oldest are left to their idle time-out.
 *
 * <p>A connection is opened only with a request to send on it; there is no warm-up and no minimum.
 */
final class Http1Pools {
  private final Loop loop;
  private final UpstreamSockets sockets;
  private final Map<Replica, Pool> pools = new HashMap<>();

  private static final class Pool {
    final ArrayDeque<Http1Upstream> idle = new ArrayDeque<>();
    int users;
  }

  Http1Pools(Loop loop, UpstreamSockets sockets) {
    this.loop = loop;
    this.sockets = sockets;
  }

  /**
   * Returns a connection to the permit's replica that belongs to {@code exchange}: a kept one,
   * ready at once, or a new one, which calls {@link Attempts#onConnected} later.
   *
   * @param fresh do not take a kept one: a second attempt may find it just as stale
   */
  Upstream connection(Exchange exchange, Permit permit, boolean fresh) {
    Replica replica = permit.replica();
    Http1Upstream kept = fresh ? null : newestUsable(replica);
    if (kept != null) {
      kept.assign(exchange, permit);
      return kept;
    }
    pools.computeIfAbsent(replica, _ -> new Pool()).users++;
    Http1Upstream opened = new Http1Upstream(loop, this, replica);
    opened.assign(exchange, permit);
    open(opened, replica);
    return opened;
  }

  private @Nullable Http1Upstream newestUsable(Replica replica) {
    Pool pool = pools.get(replica);
    if (pool == null) {
      return null;
    }
    Http1Upstream kept;
    do {
      kept = pool.idle.pollLast();
    } while (kept != null && !kept.isUsable()); // it is closing and counts itself out
    return kept;
  }

  private void open(Http1Upstream opened, Replica replica) {
    Channel channel =
        sockets.open(replica, new Http1UpstreamHandler(loop, opened), opened::onConnectFailed);
    opened.connecting(channel, loop.now() + loop.settings.limits().upstream().connect().toNanos());
  }

  /** Keeps a connection for the next request, unless there are enough; returns whether it does. */
  boolean release(Replica replica, Http1Upstream connection) {
    Pool pool = pools.get(replica);
    if (pool == null || pool.idle.size() >= loop.settings.limits().upstream().maxIdlePerReplica()) {
      return false;
    }
    pool.idle.addLast(connection);
    return true;
  }

  /** Removes a kept connection that is closing. */
  void forget(Replica replica, Http1Upstream connection) {
    Pool pool = pools.get(replica);
    if (pool != null) {
      pool.idle.remove(connection);
    }
  }

  /** Says that a connection is gone for good; a replica without connections takes no memory. */
  void closed(Replica replica) {
    Pool pool = pools.get(replica);
    if (pool != null && --pool.users == 0) {
      pools.remove(replica);
    }
  }

  /** Returns how many connections wait for a request. */
  int idle() {
    int sum = 0;
    for (Pool pool : pools.values()) {
      sum += pool.idle.size();
    }
    return sum;
  }
}
