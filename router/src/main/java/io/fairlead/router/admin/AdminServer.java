package io.fairlead.router.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * The admin port: health, metrics and the status page, as plain HTTP/1.1 away from the request
 * path. It takes a hundred connections, small heads and no bodies.
 */
public final class AdminServer implements AutoCloseable {
  static final int MAX_CONNECTIONS = 100;
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Channel listener;
  private final ChannelGroup connections;

  private AdminServer(Channel listener, ChannelGroup connections) {
    this.listener = listener;
    this.connections = connections;
  }

  /**
   * Opens the port.
   *
   * @param group of one loop; it stays the caller's
   * @throws IOException if {@code address} cannot be bound
   */
  public static AdminServer start(
      EventLoopGroup group,
      ChannelFactory<? extends ServerChannel> sockets,
      InetSocketAddress address,
      AdminPages pages)
      throws IOException {
    ChannelGroup connections = new DefaultChannelGroup(group.next());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channelFactory(sockets)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(new Initializer(connections, pages))
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      String message = "admin: cannot listen on " + address + " (expected: a free local address)";
      throw new IOException(message, bound.cause());
    }
    return new AdminServer(bound.channel(), connections);
  }

  /** Returns where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Closes the port and every connection. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
  }

  private static final class Initializer extends ChannelInitializer<Channel> {
    private final ChannelGroup connections;
    private final AdminPages pages;

    Initializer(ChannelGroup connections, AdminPages pages) {
      this.connections = connections;
      this.pages = pages;
    }

    @Override
    protected void initChannel(Channel channel) {
      if (connections.size() >= MAX_CONNECTIONS) {
        var _ = channel.close();
        return;
      }
      connections.add(channel);
      HttpDecoderConfig limits =
          new HttpDecoderConfig()
              .setMaxInitialLineLength(4_096)
              .setMaxHeaderSize(16_384)
              .setMaxChunkSize(8_192)
              .setChunkedSupported(true)
              .setValidateHeaders(true);
      channel
          .pipeline()
          .addLast(new HttpServerCodec(limits))
          .addLast(new AdminHandler(pages, PATIENCE));
    }
  }
}
