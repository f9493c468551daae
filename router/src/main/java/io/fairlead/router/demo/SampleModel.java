package io.fairlead.router.demo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * One replica of a sample model, in this process. It behaves as the documented container does: one
 * request at a time, the others wait unseen; the connection is closed after each response, and
 * until the caller has closed its side too, for two seconds at most, nobody else is served. With
 * {@code keepAlive} it behaves as kinder servers do: connections stay open and only requests wait.
 */
public final class SampleModel implements AutoCloseable {
  private final Channel listener;
  private final ChannelGroup connections;
  private final Concurrency concurrency;

  private SampleModel(Channel listener, ChannelGroup connections, Concurrency concurrency) {
    this.listener = listener;
    this.connections = connections;
    this.concurrency = concurrency;
  }

  /**
   * Opens its port.
   *
   * @param modelTime how long a score takes
   * @param replica what the answers call this replica
   * @param group one of its loops runs all of this replica; it stays the caller's
   * @throws IOException if {@code address} cannot be bound
   */
  public static SampleModel start(
      InetSocketAddress address,
      Duration modelTime,
      String replica,
      EventLoopGroup group,
      ChannelFactory<? extends ServerChannel> sockets,
      boolean keepAlive)
      throws IOException {
    EventLoop loop = group.next();
    ChannelGroup connections = new DefaultChannelGroup(loop);
    Concurrency concurrency = new Concurrency();
    Worker worker = new Worker();
    Scorer scorer = new Scorer(replica, modelTime);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channelFactory(sockets)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.add(channel);
                    channel
                        .pipeline()
                        .addLast(new HttpServerCodec())
                        .addLast(new ModelConnection(worker, concurrency, scorer, keepAlive));
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      String message = "model: cannot listen on " + address + " (expected: a free local address)";
      throw new IOException(message, bound.cause());
    }
    return new SampleModel(bound.channel(), connections, concurrency);
  }

  /** Returns where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Returns the most requests it ever had at once, those that had to wait included. */
  public int peakConcurrency() {
    return concurrency.peak();
  }

  /** Closes the port and every connection. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
  }
}
