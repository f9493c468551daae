package io.fairlead.router.proxy;

import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.model.Replica;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The kept connections of one loop, by replica, newest first: the newest is the least likely to be
 * stale, and the oldest are left to their idle time-out.
 *
 * <p>A connection is opened only with a request to send on it; there is no warm-up and no minimum.
 */
final class UpstreamPools {
  /**
   * How much is read of a model at once: up to twice what Netty takes, so that an answer of 64 KiB
   * and its head can come in one piece (1 of 32 µs). Buffers of 16 KiB cost 11 µs more.
   */
  private static final RecvByteBufAllocator RECEIVE =
      new AdaptiveRecvByteBufAllocator(64, 2048, 131_072);

  private final Loop loop;
  private final Bootstrap bootstrap;
  private final Map<Replica, Pool> pools = new HashMap<>();

  private static final class Pool {
    final InetSocketAddress address;
    final ArrayDeque<Http1Upstream> idle = new ArrayDeque<>();
    int users;

    Pool(InetSocketAddress address) {
      this.address = address;
    }
  }

  UpstreamPools(Loop loop, Transport transport) {
    this.loop = loop;
    this.bootstrap =
        new Bootstrap()
            .group(loop.eventLoop)
            .channelFactory(transport.clientChannels())
            .disableResolver()
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true) // to see why a connection ended
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0) // the wheel does it, without a task
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32_768, 65_536))
            .option(ChannelOption.RECVBUF_ALLOCATOR, RECEIVE)
            .option(ChannelOption.ALLOCATOR, loop.allocator);
  }

  /**
   * Returns a connection to the permit's replica that belongs to {@code exchange}: a kept one,
   * ready at once, or a new one, which calls {@link Attempts#onConnected} later.
   *
   * @param fresh do not take a kept one: a second attempt may find it just as stale
   */
  Upstream connection(Exchange exchange, Permit permit, boolean fresh) {
    Replica replica = permit.replica();
    Pool pool = pools.get(replica);
    Http1Upstream kept = pool == null || fresh ? null : newestAlive(pool);
    if (kept != null) {
      kept.assign(exchange, permit);
      return kept;
    }
    if (pool == null) {
      pool = new Pool(addressOf(replica));
      pools.put(replica, pool);
    }
    pool.users++;
    Http1Upstream opened = new Http1Upstream(loop, replica);
    opened.assign(exchange, permit);
    open(opened, pool.address);
    return opened;
  }

  private static @Nullable Http1Upstream newestAlive(Pool pool) {
    Http1Upstream kept;
    do {
      kept = pool.idle.pollLast();
    } while (kept != null && !kept.isAlive()); // it is closing and counts itself out
    return kept;
  }

  private void open(Http1Upstream opened, InetSocketAddress address) {
    bootstrap.handler(new Http1UpstreamHandler(loop, opened));
    var connect = bootstrap.connect(address);
    long patience = loop.settings.limits().upstream().connect().toNanos();
    opened.connecting(connect.channel(), loop.now() + patience);
    connect.addListener(
        done -> {
          if (!done.isSuccess()) {
            // never within connection(): the exchange does not know its connection yet
            loop.eventLoop.execute(() -> opened.onConnectFailed(reason(done.cause())));
          }
        });
  }

  private static String reason(Throwable cause) {
    // Netty appends the address, which is nobody's business outside the cluster
    return cause instanceof java.net.ConnectException ? "connection refused" : "unreachable";
  }

  private static InetSocketAddress addressOf(Replica replica) {
    try {
      // a literal address: nothing is looked up
      return new InetSocketAddress(InetAddress.getByName(replica.host()), replica.port());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("replica is not an address: " + replica, e);
    }
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
