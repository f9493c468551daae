package io.fairlead.bench.model;

import io.fairlead.router.proxy.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The replicas of a model, all on one loop of their own, each on a port of the loopback address.
 *
 * <p>Connections are kept. A replica takes every request at once; if its behaviour is one at a
 * time, that it ever had two is remembered as a violation of the limit that the router was given.
 */
public final class ModelServer implements AutoCloseable {
  private final Behaviour behaviour;
  private final MultiThreadIoEventLoopGroup loop;
  private final List<Replica> replicas = new ArrayList<>();
  private final List<InetSocketAddress> addresses = new ArrayList<>();

  private ModelServer(Behaviour behaviour, MultiThreadIoEventLoopGroup loop) {
    this.behaviour = behaviour;
    this.loop = loop;
  }

  /** Opens the ports of {@code count} replicas. */
  public static ModelServer start(Behaviour behaviour, int count, long seed) {
    Transport transport = Transport.best();
    var loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("bench-model", true), transport.handlers());
    var server = new ModelServer(behaviour, loop);
    var replies = new Replies(behaviour.replyBytes());
    var random = new SplittableRandom(seed);
    for (int i = 0; i < count; i++) {
      server.open(transport, replies, random.split());
    }
    return server;
  }

  private void open(Transport transport, Replies replies, SplittableRandom random) {
    var replica = new Replica();
    Channel listener =
        new ServerBootstrap()
            .group(loop)
            .channelFactory(transport.serverChannels())
            .option(ChannelOption.SO_BACKLOG, 4_096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(65_536, 131_072))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new HttpRequestDecoder())
                        .addLast(
                            new ReplicaConnection(behaviour, replies, replica, random.split()));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    replicas.add(replica);
    addresses.add((InetSocketAddress) listener.localAddress());
  }

  /** Returns where the replicas listen. */
  public List<InetSocketAddress> addresses() {
    return List.copyOf(addresses);
  }

  /** Returns how many answers were sent. */
  public long answered() {
    return replicas.stream().mapToLong(Replica::answered).sum();
  }

  /** Returns for how long requests were inside, each for itself, over all replicas. */
  public long usedNanos() {
    return replicas.stream().mapToLong(Replica::usedNanos).sum();
  }

  /** Returns the most requests that one replica ever had at once. */
  public int peak() {
    return replicas.stream().mapToInt(Replica::peak).max().orElse(0);
  }

  /** Returns whether a replica that takes one request at a time was given two. */
  public boolean isViolated() {
    return behaviour.oneAtATime() && peak() > 1;
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }
}
