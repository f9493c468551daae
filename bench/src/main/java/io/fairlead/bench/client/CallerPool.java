package io.fairlead.bench.client;

import io.fairlead.router.proxy.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A bounded number of kept connections to one target, on one loop of its own, and a bounded queue
 * of calls for when all are busy. A connection that ends is opened again; one that cannot be opened
 * fails a call that waits.
 */
public final class CallerPool implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5_000;

  /**
   * The most of everything.
   *
   * @param streams at once on a connection of HTTP/2
   * @param waiting calls for a connection; beyond it a call is not sent
   */
  public record Bounds(int connections, int streams, int waiting) {}

  private final MultiThreadIoEventLoopGroup group;
  private final EventLoop loop;
  private final Bounds bounds;
  private final Bootstrap bootstrap;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();

  // on the loop alone
  private final ArrayDeque<Link> withRoom = new ArrayDeque<>();
  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private int opened;
  private boolean closing;

  private CallerPool(Target target, int bodyBytes, Bounds bounds) {
    Transport transport = Transport.best();
    this.bounds = bounds;
    group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("bench-caller", true), transport.handlers());
    loop = group.next();
    var request = new Request(target.path(), target.protocol().tls(), bodyBytes);
    var pipelines = new Pipelines(target, request, bounds.streams(), this::room);
    bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(transport.clientChannels())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .remoteAddress(target.address())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    Link link = pipelines.fill(channel);
                    channel.closeFuture().addListener(closed -> gone(link));
                  }
                });
  }

  /**
   * Opens all connections and waits until each is ready, its TLS included.
   *
   * @param bodyBytes content of every request
   * @throws TimeoutException if that takes longer than 30 s
   */
  public static CallerPool open(Target target, int bodyBytes, Bounds bounds)
      throws TimeoutException, InterruptedException {
    var pool = new CallerPool(target, bodyBytes, bounds);
    for (int i = 0; i < bounds.connections(); i++) {
      pool.loop.execute(pool::connect);
    }
    try {
      pool.ready.get(30, TimeUnit.SECONDS);
      return pool;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      if (!pool.ready.isDone()) {
        pool.close();
      }
    }
  }

  /** Returns the loop that calls are submitted and ended on. */
  public EventLoop loop() {
    return loop;
  }

  /** Sends a call, or keeps it until a connection has room, or ends it as not sent. On the loop. */
  public void submit(Call call) {
    Link link = linkWithRoom();
    if (link != null) {
      sendOn(link, call);
    } else if (waiting.size() < bounds.waiting()) {
      waiting.addLast(call);
    } else {
      call.fail(Call.NOT_SENT);
    }
  }

  private @org.jspecify.annotations.Nullable Link linkWithRoom() {
    Link link = withRoom.pollFirst();
    while (link != null && !link.hasRoom()) {
      link = withRoom.pollFirst();
    }
    return link;
  }

  private void sendOn(Link link, Call call) {
    link.send(call);
    if (link.hasRoom()) {
      withRoom.addLast(link);
    }
  }

  private void room(Link link) {
    if (!ready.isDone() && ++opened == bounds.connections()) {
      ready.complete(null);
    }
    while (link.hasRoom() && !waiting.isEmpty()) {
      link.send(waiting.pollFirst());
    }
    if (link.hasRoom()) {
      withRoom.addLast(link);
    }
  }

  private void connect() {
    if (!closing) {
      bootstrap.connect();
    }
  }

  private void gone(Link link) {
    withRoom.remove(link);
    Call call = waiting.pollFirst();
    if (call != null) {
      call.fail(Call.LOST);
    }
    // not at once: a router that refuses connections is not to be hammered
    loop.schedule(this::connect, 10, TimeUnit.MILLISECONDS);
  }

  /** Closes all connections; calls that are under way are lost. */
  @Override
  public void close() {
    loop.execute(() -> closing = true);
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }
}
