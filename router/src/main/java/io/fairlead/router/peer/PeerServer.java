package io.fairlead.router.peer;

import io.fairlead.router.model.Address;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The port on which a router is asked by its peers. Nobody gets a word there without a certificate
 * of the peers' authority.
 */
public final class PeerServer implements AutoCloseable {
  private static final int HANDSHAKE_SECONDS = 3;
  private static final int KEEP_ALIVE_SECONDS = 5;
  private static final int KEEP_ALIVE_ANSWER_SECONDS = 3;
  private static final long SWEEP_SECONDS = 1;

  private final EventLoop loop;
  private final LongSupplier nanos;
  private final Server server;
  private final Address address;
  private volatile @Nullable PeerStreams streams;

  private PeerServer(
      PeerNetwork network, SslContext tls, InetSocketAddress wanted, LongSupplier nanos)
      throws IOException {
    this.loop = network.loop();
    this.nanos = nanos;
    this.server =
        NettyServerBuilder.forAddress(wanted)
            .channelFactory(network.serverChannels())
            .bossEventLoopGroup(loop)
            .workerEventLoopGroup(loop)
            .directExecutor()
            .sslContext(tls)
            .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
            .maxConcurrentCallsPerConnection(1)
            .maxInboundMessageSize(Peering.MAX_MESSAGE_BYTES)
            .maxInboundMetadataSize(Peering.MAX_METADATA_BYTES)
            .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEP_ALIVE_ANSWER_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .maxConnectionIdle(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .addService(
                ServerServiceDefinition.builder(Peering.SERVICE)
                    .addMethod(Peering.EXCHANGE, this::begin)
                    .build())
            .build()
            .start();
    var bound = (InetSocketAddress) server.getListenSockets().getFirst();
    this.address = new Address(bound.getAddress().getHostAddress(), bound.getPort());
  }

  /**
   * Opens the port; whoever comes is sent away until {@link #serve}.
   *
   * @param tls for servers; demands a certificate
   * @param wanted an IP address, the one at which peers reach this router; port 0 for any
   * @throws IOException if the port is taken
   */
  public static PeerServer open(
      PeerNetwork network, SslContext tls, InetSocketAddress wanted, LongSupplier nanos)
      throws IOException {
    return new PeerServer(network, tls, wanted, nanos);
  }

  /** Returns the address by which this router is known to its peers. */
  public Address address() {
    return address;
  }

  /** Begins to listen to peers. */
  public void serve(long incarnation, PeerListener listener) {
    var begun = new PeerStreams(Hello.of(address, incarnation), listener, nanos);
    streams = begun;
    var _ =
        loop.scheduleWithFixedDelay(begun::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  private ServerCall.Listener<Message> begin(ServerCall<Message, Message> call, Metadata metadata) {
    PeerStreams now = streams;
    if (now == null) {
      call.close(Status.UNAVAILABLE.withDescription("starting"), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    var stream = new PeerStream(call, now, nanos.getAsLong());
    now.began(stream.begin());
    return stream;
  }

  /** Returns how many routers are connected. */
  public int connected() {
    PeerStreams now = streams;
    return now == null ? 0 : now.connected();
  }

  /** Returns how many conversations there are, with routers or with who is nobody yet. */
  int streams() {
    PeerStreams now = streams;
    return now == null ? 0 : now.size();
  }

  /** Returns how often a conversation was ended for that reason. */
  public long cuts(Cut cut) {
    PeerStreams now = streams;
    return now == null ? 0 : now.cuts(cut);
  }

  /** Ends all conversations and gives up the port. */
  @Override
  public void close() {
    PeerStreams now = streams;
    if (now != null && !loop.isShuttingDown()) {
      var _ = loop.submit(now::close).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
    server.shutdownNow();
    try {
      server.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
