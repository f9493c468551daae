package io.fairlead.router.proxy;

import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/2 connections of one loop, by replica, oldest first: the first with room takes the next
 * request, so that the others can become idle and close. There are as many as the streams in use
 * need, and none for a replica that is not asked.
 */
final class Http2Clients {
  /** A connection that was heard this lately is not stale. */
  private static final long FRESH_NANOS = 1_000_000_000L;

  private final Loop loop;
  private final UpstreamSockets sockets;
  private final Map<Replica, Pool> pools = new HashMap<>();

  private static final class Pool {
    final List<Http2Client> clients = new ArrayList<>(2);
    int usualStreams;

    Pool(int usualStreams) {
      this.usualStreams = usualStreams;
    }
  }

  Http2Clients(Loop loop, UpstreamSockets sockets) {
    this.loop = loop;
    this.sockets = sockets;
  }

  /**
   * Returns a stream to the permit's replica that belongs to {@code exchange}: ready at once, or it
   * calls {@link Attempts#onConnected} later.
   *
   * @param fresh only on a connection whose model was heard just now, or a new one
   */
  Upstream stream(Exchange exchange, Permit permit, boolean fresh) {
    Http2Upstream stream = new Http2Upstream(loop, permit.replica());
    stream.begin(exchange, permit);
    place(stream, fresh);
    return stream;
  }

  /** Finds room for a stream, or makes some. */
  void place(Http2Upstream stream, boolean fresh) {
    Replica replica = stream.replica;
    Pool pool = pools.get(replica);
    Http2Client client = pool == null ? null : withRoom(pool, fresh);
    (client == null ? open(replica) : client).take(stream);
  }

  private static @Nullable Http2Client withRoom(Pool pool, boolean fresh) {
    for (int i = 0; i < pool.clients.size(); i++) {
      Http2Client client = pool.clients.get(i);
      if (client.hasRoom() && (!fresh || client.isFresh(FRESH_NANOS))) {
        return client;
      }
    }
    return null;
  }

  private Http2Client open(Replica replica) {
    var client = new Http2Client(loop, this, replica);
    int most = loop.settings.limits().upstream().maxStreams();
    pools.computeIfAbsent(replica, r -> new Pool(most)).clients.add(client);
    client.connecting(sockets.open(replica, client.handler, client::onConnectFailed));
    return client;
  }

  /** Returns how many streams a connection that is not open yet will probably take. */
  int usualStreams(Replica replica) {
    Pool pool = pools.get(replica);
    return pool == null ? 1 : pool.usualStreams;
  }

  /** A connection is open, and takes so many streams. */
  void opened(Replica replica, int streams) {
    Pool pool = pools.get(replica);
    if (pool != null) {
      pool.usualStreams = Math.max(1, streams);
    }
  }

  /** A connection takes no more streams; a replica without connections takes no memory. */
  void remove(Replica replica, Http2Client client) {
    Pool pool = pools.get(replica);
    if (pool != null) {
      pool.clients.remove(client);
      if (pool.clients.isEmpty()) {
        pools.remove(replica);
      }
    }
  }

  /** Returns how many connections take requests. */
  int size() {
    int sum = 0;
    for (Pool pool : pools.values()) {
      sum += pool.clients.size();
    }
    return sum;
  }
}
