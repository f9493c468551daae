package io.fairlead.router.proxy;

import io.fairlead.router.model.Replica;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.function.Consumer;

/** Opens the sockets of one loop to models. How long that may take is up to who asks for one. */
final class UpstreamSockets {
  /**
   * How much is read of a model at once: up to twice what Netty takes, so that an answer of 64 KiB
   * and its head can come in one piece (1 of 32 µs). Buffers of 16 KiB cost 11 µs more.
   */
  private static final RecvByteBufAllocator RECEIVE =
      new AdaptiveRecvByteBufAllocator(64, 2048, 131_072);

  private final Loop loop;
  private final Bootstrap bootstrap;

  UpstreamSockets(Loop loop, Transport transport) {
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
   * Begins to connect.
   *
   * @param onFailure is told why there is no connection, never within this call
   */
  Channel open(Replica replica, ChannelHandler handler, Consumer<String> onFailure) {
    bootstrap.handler(handler);
    var connect = bootstrap.connect(addressOf(replica));
    connect.addListener(
        done -> {
          if (!done.isSuccess()) {
            loop.eventLoop.execute(() -> onFailure.accept(reason(done.cause())));
          }
        });
    return connect.channel();
  }

  private static String reason(Throwable cause) {
    // Netty appends the address, which is nobody's business outside the cluster
    return cause instanceof ConnectException ? "connection refused" : "unreachable";
  }

  private static InetSocketAddress addressOf(Replica replica) {
    try {
      // a literal address: nothing is looked up
      return new InetSocketAddress(InetAddress.getByName(replica.host()), replica.port());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("replica is not an address: " + replica, e);
    }
  }
}
