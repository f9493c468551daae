package io.fairlead.router;

import io.fairlead.router.config.LeaseSettings;
import io.fairlead.router.config.PeerSettings;
import io.fairlead.router.control.Controller;
import io.fairlead.router.control.FleetSlots;
import io.fairlead.router.control.FleetState;
import io.fairlead.router.control.Leadership;
import io.fairlead.router.dispatch.LeaseWatch;
import io.fairlead.router.fleet.FleetLoad;
import io.fairlead.router.fleet.FleetSettings;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.peer.FleetDriver;
import io.fairlead.router.peer.PeerList;
import io.fairlead.router.peer.PeerName;
import io.fairlead.router.peer.PeerNetwork;
import io.fairlead.router.peer.PeerServer;
import io.fairlead.router.proxy.Transport;
import io.fairlead.router.tls.PeerContexts;
import io.fairlead.router.tls.TlsProblem;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This router among those that it shares slots with: its port, its certificate, its driver. */
final class Fleet implements LeaseWatch, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);
  private static final Duration LOOKUP_PERIOD = Duration.ofSeconds(5);

  /**
   * Else callers would wait for the first slots; where there was no lease yet, it has to run out.
   */
  private static final Duration PATIENCE_FOR_GRANTS = Duration.ofSeconds(3);

  private final PeerSettings settings;
  private final FleetSettings paces;
  private final PeerContexts contexts;
  private final PeerNetwork network;
  private final MultiThreadIoEventLoopGroup group;
  private final PeerServer server;
  private final PeerName name;
  private final LongSupplier nanos;
  private final SplittableRandom random;
  private volatile @Nullable FleetDriver driver;
  private @Nullable Thread lookups;

  private Fleet(
      PeerSettings settings,
      LeaseSettings lease,
      PeerContexts contexts,
      Transport transport,
      LongSupplier nanos,
      SecureRandom random)
      throws IOException {
    this.settings = settings;
    this.paces = paces(lease);
    this.contexts = contexts;
    this.nanos = nanos;
    this.random = new SplittableRandom(random.nextLong());
    this.group =
        new MultiThreadIoEventLoopGroup(
            1,
            (ThreadFactory) task -> new FastThreadLocalThread(task, "fairlead-peers"),
            transport.handlers());
    this.network =
        new PeerNetwork(group.next(), transport.serverChannels(), transport.clientChannels());
    try {
      this.server =
          PeerServer.open(network, contexts.server(), Ports.socketAddress(settings.self()), nanos);
    } catch (IOException e) {
      group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw e;
    }
    this.name = new PeerName(server.address(), random.nextLong());
  }

  /**
   * Opens the port.
   *
   * @throws StartFailure if it is taken, or the certificate cannot be used
   */
  static Fleet open(
      PeerSettings settings,
      LeaseSettings lease,
      Transport transport,
      LongSupplier nanos,
      SecureRandom random)
      throws StartFailure {
    try {
      var contexts =
          PeerContexts.open(settings.cert(), settings.key(), settings.ca(), Instant.now());
      return new Fleet(settings, lease, contexts, transport, nanos, random);
    } catch (TlsProblem e) {
      throw new StartFailure(e.lines());
    } catch (IOException e) {
      throw Ports.cannotListen("peer", settings.self(), e);
    }
  }

  /** A lease of slots outlives the time until there is another coordinator. */
  private static FleetSettings paces(LeaseSettings lease) {
    Duration failover = lease.duration().multipliedBy(2).plusSeconds(1);
    Duration most = Duration.ofSeconds(60);
    Duration usual = FleetSettings.DEFAULT.timeToLive();
    Duration timeToLive = failover.compareTo(usual) < 0 ? usual : failover;
    return new FleetSettings(
        timeToLive.compareTo(most) > 0 ? most : timeToLive,
        FleetSettings.DEFAULT.heartbeat(),
        FleetSettings.DEFAULT.urgentGap(),
        lease.duration());
  }

  /** Returns who this router is in the election. */
  String name() {
    return name.toString();
  }

  /** Returns where its peers reach it. */
  String address() {
    return name.address().toString();
  }

  /**
   * Begins to share, and waits a moment for the first slots.
   *
   * @param leaderIsOver is told who leads no more because its process is gone
   */
  void start(Controller controller, Leadership leadership, Consumer<String> leaderIsOver)
      throws InterruptedException {
    var begun =
        new FleetDriver(
            name,
            paces,
            network,
            server,
            contexts.client(),
            leadership,
            leaderIsOver,
            controller,
            new FleetSlots(controller),
            nanos,
            random);
    driver = begun;
    begun.start();
    lookups = Thread.ofVirtual().name("fairlead-peer-names").start(() -> lookUp(begun));
    if (!begun.awaitGrants(PATIENCE_FOR_GRANTS.plus(paces.belief()))) {
      LOG.warn("no coordinator yet: requests wait for slots");
    }
  }

  private void lookUp(FleetDriver begun) {
    var list = new PeerList(settings.peers(), InetAddress::getAllByName);
    String problem = "";
    try {
      while (true) {
        PeerList.Look look = list.look();
        if (!look.problem().equals(problem)) {
          problem = look.problem();
          LOG.warn("peers: {}", problem.isEmpty() ? "all names can be looked up again" : problem);
        }
        if (look.known()) {
          begun.peers(look.routers(), look.complete());
        }
        Thread.sleep(LOOKUP_PERIOD);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks whether there is another certificate. Called by the control thread. */
  void turn(ReloadLog reloads) {
    reloads.report("peer certificate", contexts.poll(Instant.now()));
  }

  @Override
  public void urgent() {
    FleetDriver begun = driver;
    if (begun != null) {
      begun.urgent();
    }
  }

  /** Gives the role up to another; returns who that is, or an empty text. */
  String handOver() throws InterruptedException {
    FleetDriver begun = driver;
    return begun == null ? "" : begun.handOver();
  }

  /** Gives slots back from now on. */
  void leave() {
    FleetDriver begun = driver;
    if (begun != null) {
      begun.leave();
    }
  }

  /**
   * Returns what is asked of a deployment over all routers; null if this one is not their
   * coordinator.
   */
  @Nullable FleetLoad load(DeploymentKey key) {
    FleetDriver begun = driver;
    return begun == null ? null : begun.load(key);
  }

  /** Returns how slots are shared; null before that has begun. */
  @Nullable FleetState state() {
    FleetDriver begun = driver;
    return begun == null ? null : begun.state();
  }

  @Override
  public void close() {
    Thread names = lookups;
    if (names != null) {
      names.interrupt();
    }
    FleetDriver begun = driver;
    if (begun != null) {
      begun.close();
    }
    server.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
