package io.fairlead.router.peer;

import io.fairlead.router.model.Address;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds out whether a router that is not heard is over: the system it ran on refuses a connection
 * to its port, so the process that had opened it is gone, and all its connections with it. No
 * answer proves nothing. Runs on the loop.
 */
final class PeerProbe {
  private static final long PERIOD_NANOS = 200_000_000;
  private static final int PATIENCE_MILLIS = 1_000;

  private final PeerNetwork network;
  private final Consumer<String> over;
  private final Set<String> asked = new HashSet<>();
  private final Map<String, Long> lastNanos = new HashMap<>();

  /**
   * Asks nobody yet.
   *
   * @param over is told who is
   */
  PeerProbe(PeerNetwork network, Consumer<String> over) {
    this.network = network;
    this.over = over;
  }

  /** Asks those of {@code routers} that were not asked a moment ago. */
  void ask(Set<String> routers, long nowNanos) {
    lastNanos.keySet().retainAll(routers);
    for (String router : routers) {
      Long last = lastNanos.get(router);
      if (!asked.contains(router) && (last == null || nowNanos - last >= PERIOD_NANOS)) {
        lastNanos.put(router, nowNanos);
        ask(router);
      }
    }
  }

  private void ask(String router) {
    Address address = Address.parse(router);
    if (address == null || !Address.isLiteral(address.host())) {
      return;
    }
    asked.add(router);
    new Bootstrap()
        .group(network.loop())
        .channelFactory(network.clientChannels())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, PATIENCE_MILLIS)
        .handler(new ChannelInboundHandlerAdapter())
        .connect(new InetSocketAddress(InetAddress.ofLiteral(address.host()), address.port()))
        .addListener(
            (ChannelFuture done) -> {
              asked.remove(router);
              done.channel().close();
              if (isRefused(done.cause())) {
                over.accept(router);
              }
            });
  }

  private static boolean isRefused(Throwable cause) {
    return cause instanceof ConnectException
        && !(cause instanceof ConnectTimeoutException)
        && String.valueOf(cause.getMessage()).contains("refused");
  }
}
