package io.fairlead.router.peer;

import io.fairlead.certs.Authority;
import io.fairlead.certs.Certified;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Pem;
import io.fairlead.certs.Validity;
import io.fairlead.router.model.Address;
import io.fairlead.router.tls.PeerContexts;
import io.fairlead.router.tls.TlsProblem;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** Routers that can only talk, on real sockets of this machine, and a time that a test may move. */
final class PeerScene implements AutoCloseable {
  static final Authority ROOT = authority("peers");
  static final Certified SHARED = issue(ROOT, "fairlead-peers");

  final AtomicLong skippedNanos = new AtomicLong();
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<Runnable> closed = new ArrayList<>();
  private final Path directory;

  PeerScene(Path directory) {
    this.directory = directory;
  }

  static Authority authority(String name) {
    return Authority.create(
        name, KeyType.EC, Validity.of(Instant.now(), Duration.ofDays(2)), new SecureRandom());
  }

  static Certified issue(Authority authority, String... names) {
    return authority.issue(
        new Leaf(List.of(names), KeyType.EC, Validity.of(Instant.now(), Duration.ofDays(1)), true));
  }

  PeerContexts contexts(Certified certified, Authority trusted) {
    try {
      Path own = Files.createTempDirectory(directory, "peer");
      write(own, certified, trusted);
      return PeerContexts.open(
          own.resolve("cert.pem"), own.resolve("key.pem"), own.resolve("ca.pem"), Instant.now());
    } catch (IOException | TlsProblem e) {
      throw new AssertionError(e);
    }
  }

  static void write(Path own, Certified certified, Authority trusted) throws IOException {
    Files.writeString(own.resolve("cert.pem"), Pem.of(certified.chain()));
    Files.writeString(own.resolve("key.pem"), Pem.of(certified.key(), KeyForm.PKCS8));
    Files.writeString(own.resolve("ca.pem"), Pem.of(List.of(trusted.certificate())));
  }

  long nanos() {
    return System.nanoTime() + skippedNanos.get();
  }

  PeerNetwork network() {
    return new PeerNetwork(group.next(), NioServerSocketChannel::new, NioSocketChannel::new);
  }

  PeerServer server(SslContext tls) {
    return server(tls, 0);
  }

  PeerServer server(SslContext tls, int port) {
    try {
      var server =
          PeerServer.open(
              network(),
              tls,
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              this::nanos);
      closed.addFirst(server::close);
      return server;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns a server that answers each report with grants. */
  PeerServer answering(HeardPeers heard) {
    PeerServer server = server(contexts(SHARED, ROOT).server());
    heard.answerAs(server.address().toString());
    server.serve(1, heard);
    return server;
  }

  CoordinatorLink link(int port, SslContext tls, CoordinatorListener listener) {
    var link =
        new CoordinatorLink(
            new Address("127.0.0.1", port),
            port,
            network(),
            tls,
            this::nanos,
            new SplittableRandom(port),
            listener);
    closed.addFirst(() -> onLoop(link::close));
    return link;
  }

  CoordinatorLink link(int port, CoordinatorListener listener) {
    return link(port, contexts(SHARED, ROOT).client(), listener);
  }

  RawPeer raw(Address server, SslContext tls) {
    var raw = new RawPeer(server, tls, group);
    closed.addFirst(raw::close);
    return raw;
  }

  RawPeer raw(Address server) {
    return raw(server, contexts(SHARED, ROOT).client());
  }

  void onLoop(Runnable task) {
    group.next().submit(task).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }

  static void soon(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(10))
        .until(condition);
  }

  @Override
  public void close() {
    closed.forEach(Runnable::run);
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
