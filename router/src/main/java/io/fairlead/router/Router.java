package io.fairlead.router;

import io.fairlead.router.admin.AdminPages;
import io.fairlead.router.admin.AdminServer;
import io.fairlead.router.admin.DebugPages;
import io.fairlead.router.config.KubernetesSettings;
import io.fairlead.router.config.LeaseSettings;
import io.fairlead.router.config.Settings;
import io.fairlead.router.control.Controller;
import io.fairlead.router.control.Explainer;
import io.fairlead.router.control.FixedAddresses;
import io.fairlead.router.control.Leadership;
import io.fairlead.router.control.LeaseStore;
import io.fairlead.router.control.OwnLoad;
import io.fairlead.router.control.Scaling;
import io.fairlead.router.control.SharedLoad;
import io.fairlead.router.control.SlotView;
import io.fairlead.router.election.LeaseTimes;
import io.fairlead.router.jwks.HttpFetch;
import io.fairlead.router.jwks.KeySources;
import io.fairlead.router.lease.LeaseFile;
import io.fairlead.router.manifest.ManifestDirectory;
import io.fairlead.router.metrics.PrometheusMeters;
import io.fairlead.router.model.Address;
import io.fairlead.router.model.Cidr;
import io.fairlead.router.model.Limits;
import io.fairlead.router.proxy.Proxy;
import io.fairlead.router.proxy.ProxySettings;
import io.fairlead.router.proxy.Transport;
import io.fairlead.router.routing.HostSuffix;
import io.fairlead.router.tls.ServerNames;
import io.fairlead.router.tls.ServerTrust;
import io.fairlead.router.tls.TlsContexts;
import io.fairlead.router.tls.TlsEngine;
import io.fairlead.router.tls.TlsProblem;
import io.fairlead.router.tracing.TraceExport;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A router that serves: with {@link Main}, the only place that creates threads, clocks, random
 * generators and sockets. It wires and decides nothing.
 */
final class Router implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Router.class);
  private static final List<String> LISTENERS = List.of("http", "https", "admin", "peer");
  private static final long LOOK_MILLIS = 100;

  /** What a slow store may add to a drain. */
  private static final Duration PATIENCE_TO_RELEASE = Duration.ofSeconds(2);

  /** Of each deployment, on the page of slots. */
  private static final int OLDEST_SLOTS = 100;

  private final Settings settings;
  private final Controller controller;
  private final PrometheusMeters meters;
  private final DebugPages debug;
  private final Journals journals;
  private final Status status;
  private final StateSource source;
  private final ReloadLog reloads;
  private final @Nullable Fleet fleet;
  private final Leadership leadership;
  private final @Nullable LeaderElection election;
  private final ControlThread control;
  private final @Nullable TlsContexts tls;
  private final LongSupplier nanos;
  private final SplittableRandom random;
  private final Scaling scaling;
  private static final ServerNames ANY_SERVER = new ServerNames(List.of(), List.of());

  private final Proxy proxy;
  private final OverloadWatch overload;
  private final MultiThreadIoEventLoopGroup adminGroup;
  private final Map<String, String> addresses = new LinkedHashMap<>();
  private @Nullable AdminServer admin;

  /**
   * Starts everything that {@code settings} ask for.
   *
   * @throws StartFailure if anything is missing, wrong or taken; nothing is left running then
   */
  static Router start(Settings settings) throws StartFailure {
    Transport transport = transport(settings);
    if (settings.peer() != null) {
      // read once, at the first look-up of a name; the default of 30 s would hide a new router
      Security.setProperty("networkaddress.cache.ttl", "5");
    }
    SSLContext jwksTrust = jwksTrust(settings);
    KubernetesSettings kubernetes = settings.kubernetes();
    Clock clock = Clock.systemUTC();
    ClusterSource cluster =
        kubernetes == null ? null : ClusterSource.open(kubernetes, self(), clock);
    long origin = System.nanoTime();
    LongSupplier nanos = () -> System.nanoTime() - origin;
    TlsContexts tls;
    Fleet fleet = null;
    Journals journals;
    try {
      tls = tls(settings, cluster);
      fleet =
          settings.peer() == null
              ? null
              : Fleet.open(settings.peer(), settings.lease(), transport, nanos, new SecureRandom());
      journals = Journals.open(settings.observe(), clock);
    } catch (StartFailure e) {
      if (fleet != null) {
        fleet.close();
      }
      if (cluster != null) {
        cluster.close();
      }
      throw e;
    }
    var router =
        new Router(settings, cluster, transport, tls, jwksTrust, fleet, clock, nanos, journals);
    try {
      router.begin(transport, tls);
      LOG.info(
          "transport {}; TLS {}",
          transport.choice(),
          tls == null ? "off" : tls.engine().description());
      return router;
    } catch (StartFailure e) {
      router.close();
      throw e;
    }
  }

  private Router(
      Settings settings,
      @Nullable ClusterSource cluster,
      Transport transport,
      @Nullable TlsContexts tls,
      @Nullable SSLContext jwksTrust,
      @Nullable Fleet fleet,
      Clock clock,
      LongSupplier nanos,
      Journals journals) {
    this.fleet = fleet;
    this.nanos = nanos;
    this.journals = journals;
    this.tls = tls;
    random = new SplittableRandom(new SecureRandom().nextLong());
    int loops =
        settings.eventLoops() > 0
            ? settings.eventLoops()
            : Runtime.getRuntime().availableProcessors();
    this.settings = settings;
    meters = new PrometheusMeters(loops);
    controller = new Controller(meters, settings.limits().upstream(), random.split(), fleet);
    String self = fleet == null ? RouterName.make(new SecureRandom()) : fleet.name();
    LeaseStore store = leaseStore(settings.lease(), cluster);
    LeaseTimes times = LeaseTimes.of(settings.lease().duration());
    election =
        store == null ? null : new LeaderElection(self, store, times, clock, nanos, random.split());
    leadership = election == null ? Leadership.alone(self) : election;
    status = new Status(transport, tls, clock, controller, nanos, leadership);
    meters.observe(status, clock, PlatformDependent::usedDirectMemory);
    reloads = new ReloadLog(meters, status, clock);
    var keys = keySources(jwksTrust, nanos, random.split(), reloads);
    TraceExport traces = journals.traces();
    if (traces != null) {
      meters.observeSpans(traces::counts);
    }
    meters.observeTokenKeys(() -> keys.states(controller.current().state()));
    source =
        cluster != null
            ? cluster
            : new ManifestSource(
                new ManifestDirectory(Objects.requireNonNull(settings.manifests())), reloads);
    control =
        new ControlThread(
            controller, source, tls, new EndpointGates(keys, tls, reloads), reloads, clock, nanos);
    Limits limits = FileDescriptors.cap(settings.limits());
    var suffix = new HostSuffix(settings.hostSuffix() == null ? "" : settings.hostSuffix());
    var explainer = new Explainer(controller, limits, suffix, settings.errorProfile());
    scaling = scaling(cluster, this::leads, clock);
    meters.observeScaling(scaling);
    debug =
        new DebugPages(
            journals.decisions(),
            explainer,
            scaling,
            nanos,
            now -> SlotView.oldest(controller.current(), OLDEST_SLOTS, now));
    proxy =
        new Proxy(
            new ProxySettings(
                limits,
                settings.errorProfile(),
                peer -> isTrusted(settings, peer),
                settings.proxyProtocol() == Settings.ProxyProtocol.REQUIRED,
                suffix,
                journals.sampling()),
            controller,
            meters,
            journals.observers(),
            transport,
            loops,
            loopThreads(),
            nanos,
            clock,
            random.split());
    overload = new OverloadWatch(settings.limits().overload(), proxy, status);
    adminGroup =
        new MultiThreadIoEventLoopGroup(
            1,
            Thread.ofPlatform().name("fairlead-admin-", 0).daemon().factory(),
            transport.handlers());
  }

  /** A pod's name, where that is told; a container's host is named after it as well. */
  private static String self() {
    Map<String, String> environment = System.getenv();
    return environment.getOrDefault("POD_NAME", environment.getOrDefault("HOSTNAME", "fairlead"));
  }

  private static @Nullable LeaseStore leaseStore(
      LeaseSettings lease, @Nullable ClusterSource cluster) {
    if (cluster != null) {
      return cluster.lease(lease.name());
    }
    return lease.file() == null ? null : new LeaseFile(lease.file());
  }

  private boolean leads() {
    return leadership.leads(nanos.getAsLong());
  }

  /** Takes part in the election and in the sharing of slots: whoever leads knows what there is. */
  private void coordinate() throws StartFailure {
    if (election != null) {
      election.start();
    }
    if (fleet == null) {
      return;
    }
    addresses.put("peer", fleet.address());
    status.share(fleet);
    meters.observeFleet(status::fleet);
    try {
      fleet.start(controller, leadership, election == null ? holder -> {} : election::isOver);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted while waiting for the first slots");
    }
  }

  /** Returns the time by which everything here goes. */
  long nanos() {
    return nanos.getAsLong();
  }

  /** Returns who leads: for whoever acts for all routers. */
  Leadership leadership() {
    return leadership;
  }

  /** Virtual threads: each waits nearly all of the time. */
  private static KeySources keySources(
      @Nullable SSLContext trust, LongSupplier nanos, SplittableRandom random, ReloadLog reloads) {
    var fetch =
        new HttpFetch(
            task -> Thread.ofVirtual().name("fairlead-keys-http").start(task),
            Duration.ofSeconds(10),
            trust);
    return new KeySources(
        fetch,
        Thread.ofVirtual().name("fairlead-keys-", 0).factory(),
        nanos,
        random,
        new KeySetLog(reloads));
  }

  /** Replicas that are given by address cannot be ordered: decisions about them are told only. */
  private Scaling scaling(@Nullable ClusterSource cluster, BooleanSupplier leads, Clock clock) {
    var own = new OwnLoad(leadership.self(), controller);
    return new Scaling(
        controller,
        fleet == null ? own : new SharedLoad(fleet::load, own),
        cluster == null ? new FixedAddresses() : cluster.scales(nanos),
        leads,
        task -> Thread.ofVirtual().name("fairlead-scale").start(task),
        clock);
  }

  /** Netty's own kind of thread: on any other its object pools stay empty (830 bytes a request). */
  private static ThreadFactory loopThreads() {
    var numbers = new AtomicInteger();
    return task -> new FastThreadLocalThread(task, "fairlead-loop-" + numbers.getAndIncrement());
  }

  /** What is in files is read before anything is opened: a mistake is a reason not to start. */
  private void begin(Transport transport, @Nullable TlsContexts tls) throws StartFailure {
    switch (source) {
      case ManifestSource manifests -> {
        control.applyFirst(manifests.first());
        if (election != null) {
          election.checkStore();
        }
        coordinate();
        openData(tls);
        openAdmin(transport);
      }
      case ClusterSource cluster -> {
        openAdmin(transport); // who looks may see what is waited for
        cluster.start(control::wake, this::leads, nanos, random.split());
        status.observe(cluster::contact);
      }
    }
    control.start(this::turn, scaling::turn);
  }

  /**
   * Waits until there is something to serve, and opens the data ports.
   *
   * @return false if {@code isUnwanted} said so before
   */
  boolean awaitServing(BooleanSupplier isUnwanted) throws StartFailure, InterruptedException {
    while (!control.awaitServing(LOOK_MILLIS)) {
      if (isUnwanted.getAsBoolean()) {
        return false;
      }
    }
    if (source instanceof ClusterSource) {
      coordinate();
      openData(tls);
    }
    return true;
  }

  private void openData(@Nullable TlsContexts tls) throws StartFailure {
    if (settings.http() != null) {
      listen("http", settings.http(), null, () -> ANY_SERVER);
    }
    if (settings.https() != null && tls != null) {
      listen("https", settings.https(), tls::newHandler, () -> tls.identity().names());
    }
    status.open();
  }

  private void openAdmin(Transport transport) throws StartFailure {
    if (settings.admin() != null) {
      var pages =
          new AdminPages(
              status, meters, status, () -> controller.current().state(), Clock.systemUTC(), debug);
      try {
        admin =
            AdminServer.start(
                adminGroup, transport.serverChannels(), socketAddress(settings.admin()), pages);
      } catch (IOException e) {
        throw cannotListen("admin", settings.admin(), e);
      }
      addresses.put("admin", text(admin.address()));
    }
  }

  private void listen(
      String what,
      Address address,
      @Nullable Function<ByteBufAllocator, SslHandler> tls,
      Supplier<ServerNames> names)
      throws StartFailure {
    try {
      addresses.put(what, text(proxy.listen(socketAddress(address), tls, names)));
    } catch (IOException e) {
      throw cannotListen(what, address, e);
    }
  }

  private static StartFailure cannotListen(String what, Address address, IOException cause) {
    Throwable reason = cause.getCause() == null ? cause : cause.getCause();
    return new StartFailure(
        what + ": " + address + ": " + reason.getMessage() + " (expected: a free local address)");
  }

  private static InetSocketAddress socketAddress(Address address) throws IOException {
    return new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
  }

  private static String text(InetSocketAddress address) {
    return new Address(address.getAddress().getHostAddress(), address.getPort()).toString();
  }

  private static boolean isTrusted(Settings settings, InetAddress peer) {
    for (Cidr network : settings.trustedProxies()) {
      if (network.contains(peer)) {
        return true;
      }
    }
    return false;
  }

  private static Transport transport(Settings settings) throws StartFailure {
    try {
      return switch (settings.transport()) {
        case AUTO -> Transport.best();
        case EPOLL -> Transport.epoll();
        case NIO -> Transport.nio();
      };
    } catch (IllegalStateException e) {
      throw new StartFailure(String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable TlsContexts tls(Settings settings, @Nullable ClusterSource cluster)
      throws StartFailure {
    boolean isSecret = cluster != null && cluster.hasCertificate();
    if (settings.https() == null || (settings.tlsCert() == null && !isSecret)) {
      return null;
    }
    try {
      TlsEngine engine =
          TlsEngine.choose(
              switch (settings.tlsProvider()) {
                case AUTO -> TlsEngine.Choice.AUTO;
                case OPENSSL -> TlsEngine.Choice.OPENSSL;
                case JDK -> TlsEngine.Choice.JDK;
              });
      if (cluster != null && isSecret) {
        cluster.awaitCertificate();
        return TlsContexts.open(cluster::certificate, engine, new SecureRandom(), Instant.now());
      }
      return TlsContexts.open(
          Objects.requireNonNull(settings.tlsCert()),
          Objects.requireNonNull(settings.tlsKey()),
          engine,
          new SecureRandom(),
          Instant.now());
    } catch (TlsProblem e) {
      throw new StartFailure(e.lines());
    }
  }

  private static @Nullable SSLContext jwksTrust(Settings settings) throws StartFailure {
    Path file = settings.jwksCa();
    try {
      return file == null ? null : ServerTrust.context(file);
    } catch (TlsProblem e) {
      throw new StartFailure(e.lines().stream().map(line -> "jwksCa: " + line).toList());
    }
  }

  /** Returns where {@code what} ({@code http}, {@code https}, {@code admin}) listens, or null. */
  @Nullable String address(String what) {
    return addresses.get(what);
  }

  /** Returns the line that says which ports are open. */
  String ready() {
    var line = new StringBuilder("fairlead ready");
    for (String what : LISTENERS) {
      if (addresses.containsKey(what)) {
        line.append(' ').append(what).append('=').append(addresses.get(what));
      }
    }
    return line.toString();
  }

  /** What the control thread does for the data path once a turn. */
  private void turn(long nowNanos) {
    overload.turn(nowNanos);
    proxy.probe(nowNanos);
    if (fleet != null) {
      fleet.turn(reloads);
    }
  }

  /**
   * Stops without losing a request: not ready at once, still accepting for the drain delay, then no
   * new work, until nothing is under way or the patience is over.
   */
  void drain() throws InterruptedException {
    Duration delay = settings.limits().connections().drainDelay();
    Duration patience = settings.limits().connections().drain();
    status.drain();
    proxy.notReady();
    String heir = fleet == null ? "" : fleet.handOver();
    if (election != null && !election.release(heir, PATIENCE_TO_RELEASE)) {
      LOG.warn("the lease could not be given back: it runs out");
    }
    LOG.info("draining: accepting for {} more, then up to {} to finish", delay, patience);
    Thread.sleep(delay);
    if (fleet != null) {
      fleet.leave();
    }
    int open = proxy.drain(patience.toNanos());
    if (open == 0) {
      LOG.info("drained");
    } else {
      LOG.warn(
          "{} {} still open after {}", open, open == 1 ? "connection" : "connections", patience);
    }
  }

  @Override
  public void close() {
    if (election != null) {
      election.close();
    }
    control.close();
    proxy.close();
    if (admin != null) {
      admin.close();
    }
    adminGroup.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    if (fleet != null) {
      fleet.close();
    }
    journals.close();
  }
}
