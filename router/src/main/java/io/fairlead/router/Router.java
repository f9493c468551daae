package io.fairlead.router;

import io.fairlead.router.admin.AdminPages;
import io.fairlead.router.admin.DebugPages;
import io.fairlead.router.config.KubernetesSettings;
import io.fairlead.router.config.Settings;
import io.fairlead.router.control.Controller;
import io.fairlead.router.control.Explainer;
import io.fairlead.router.control.FixedAddresses;
import io.fairlead.router.control.Leadership;
import io.fairlead.router.control.OwnLoad;
import io.fairlead.router.control.Scaling;
import io.fairlead.router.control.SharedLoad;
import io.fairlead.router.control.SlotView;
import io.fairlead.router.manifest.ManifestDirectory;
import io.fairlead.router.metrics.PrometheusMeters;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.proxy.Proxy;
import io.fairlead.router.proxy.ProxySettings;
import io.fairlead.router.proxy.Transport;
import io.fairlead.router.routing.HostSuffix;
import io.fairlead.router.tls.TlsContexts;
import io.fairlead.router.tracing.TraceExport;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.PlatformDependent;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A router that serves: with {@link Main}, the only place that creates threads, clocks, random
 * generators and sockets. It wires and decides nothing.
 */
final class Router implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Router.class);
  private static final long LOOK_MILLIS = 100;

  /** Of each deployment, on the page of slots. */
  private static final int OLDEST_SLOTS = 100;

  private final Settings settings;
  private final Controller controller;
  private final PrometheusMeters meters;
  private final DebugPages debug;
  private final Journals journals;
  private final Status status;
  private final StateSource source;
  private final Membership membership;
  private final ControlThread control;
  private final Certificates certificates;
  private final ReloadLog reloads;
  private final Clock clock;
  private final LongSupplier nanos;
  private final SplittableRandom random;
  private final Scaling scaling;
  private final Proxy proxy;
  private final Ports ports;
  private final OverloadWatch overload;

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
    KubernetesSettings kubernetes = settings.kubernetes();
    Clock clock = Clock.systemUTC();
    long origin = System.nanoTime();
    LongSupplier nanos = () -> System.nanoTime() - origin;
    ClusterSource cluster =
        kubernetes == null ? null : ClusterSource.open(kubernetes, self(), clock);
    Certificates certificates;
    Membership membership = null;
    Journals journals;
    try {
      certificates = Certificates.open(settings, cluster);
      membership = Membership.open(settings, cluster, transport, clock, nanos);
      journals = Journals.open(settings.observe(), clock);
    } catch (StartFailure e) {
      if (membership != null) {
        membership.close();
      }
      if (cluster != null) {
        cluster.close();
      }
      throw e;
    }
    var router =
        new Router(settings, cluster, transport, certificates, membership, clock, nanos, journals);
    try {
      router.begin();
    } catch (StartFailure e) {
      router.close();
      throw e;
    }
    TlsContexts tls = certificates.callers();
    LOG.info(
        "transport {}; TLS {}",
        transport.choice(),
        tls == null ? "off" : tls.engine().description());
    return router;
  }

  private Router(
      Settings settings,
      @Nullable ClusterSource cluster,
      Transport transport,
      Certificates certificates,
      Membership membership,
      Clock clock,
      LongSupplier nanos,
      Journals journals) {
    this.settings = settings;
    this.certificates = certificates;
    this.membership = membership;
    this.clock = clock;
    this.nanos = nanos;
    this.journals = journals;
    random = new SplittableRandom(new SecureRandom().nextLong());
    int loops =
        settings.eventLoops() > 0
            ? settings.eventLoops()
            : Runtime.getRuntime().availableProcessors();
    meters = new PrometheusMeters(loops);
    controller =
        new Controller(meters, settings.limits().upstream(), random.split(), membership.fleet());
    status =
        new Status(
            transport, certificates.callers(), clock, controller, nanos, membership.leadership());
    reloads = new ReloadLog(meters, status, clock);
    var gates = EndpointGates.open(certificates, reloads, nanos, random.split());
    source =
        cluster != null
            ? cluster
            : new ManifestSource(
                new ManifestDirectory(Objects.requireNonNull(settings.manifests())), reloads);
    control = new ControlThread(controller, source, gates, reloads, nanos);
    scaling = scaling(cluster);
    observe(gates);
    Limits limits = FileDescriptors.cap(settings.limits());
    var suffix = new HostSuffix(settings.hostSuffix() == null ? "" : settings.hostSuffix());
    var explainer =
        new Explainer(controller, limits, suffix, settings.errorProfile(), this::overload);
    debug =
        new DebugPages(
            journals.decisions(),
            explainer,
            scaling,
            nanos,
            now -> SlotView.oldest(controller.dispatchers(), OLDEST_SLOTS, now));
    proxy =
        new Proxy(
            new ProxySettings(
                limits,
                settings.errorProfile(),
                settings::trusts,
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
    ports = new Ports(settings, proxy, transport);
    overload = new OverloadWatch(settings.limits().overload(), proxy, status);
  }

  /** Gives the meters what they only read. */
  private void observe(EndpointGates gates) {
    meters.observe(status, clock, PlatformDependent::usedDirectMemory);
    meters.observeTokenKeys(() -> gates.keys(controller.current().state()));
    meters.observeScaling(scaling);
    TraceExport traces = journals.traces();
    if (traces != null) {
      meters.observeSpans(traces::counts);
    }
    Fleet fleet = membership.fleet();
    if (fleet != null) {
      status.share(fleet);
      meters.observeFleet(status::fleet);
    }
  }

  /** A pod's name, where that is told; a container's host is named after it as well. */
  private static String self() {
    Map<String, String> environment = System.getenv();
    return environment.getOrDefault("POD_NAME", environment.getOrDefault("HOSTNAME", "fairlead"));
  }

  /** Returns the time by which everything here goes. */
  long nanos() {
    return nanos.getAsLong();
  }

  /** Returns who leads: for whoever acts for all routers. */
  Leadership leadership() {
    return membership.leadership();
  }

  /** Replicas that are given by address cannot be ordered: decisions about them are told only. */
  private Scaling scaling(@Nullable ClusterSource cluster) {
    Fleet fleet = membership.fleet();
    Leadership leadership = leadership();
    var own = new OwnLoad(leadership.self(), controller, leadership::hasOthers);
    return new Scaling(
        controller,
        fleet == null ? own : new SharedLoad(fleet::load, own),
        cluster == null ? new FixedAddresses() : cluster.scales(nanos),
        membership::leads,
        task -> Thread.ofVirtual().name("fairlead-scale").start(task),
        clock);
  }

  /** Netty's own kind of thread: on any other its object pools stay empty (830 bytes a request). */
  private static ThreadFactory loopThreads() {
    var numbers = new AtomicInteger();
    return task -> new FastThreadLocalThread(task, "fairlead-loop-" + numbers.getAndIncrement());
  }

  /** What is in files is read before anything is opened: a mistake is a reason not to start. */
  private void begin() throws StartFailure {
    switch (source) {
      case ManifestSource manifests -> {
        control.applyFirst(manifests.first());
        membership.checkStore();
        openToCallers();
        openAdmin();
      }
      case ClusterSource cluster -> {
        openAdmin(); // who looks may see what is waited for
        cluster.start(control::wake, membership::leads, nanos, random.split());
        status.observe(cluster::contact);
      }
    }
    control.start(this::turn, scaling::turn, now -> certificates.turn(reloads, clock.instant()));
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
      openToCallers();
    }
    return true;
  }

  /** Slots first: callers would wait for them. */
  private void openToCallers() throws StartFailure {
    Fleet fleet = membership.fleet();
    if (fleet != null) {
      ports.note("peer", fleet.address());
    }
    membership.join(controller);
    ports.openData(certificates.callers());
    status.open();
  }

  private void openAdmin() throws StartFailure {
    ports.openAdmin(
        new AdminPages(status, meters, status, () -> controller.current().state(), clock, debug));
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

  private @Nullable Refusal overload() {
    return proxy.overload();
  }

  /** Returns where {@code what} ({@code http}, {@code https}, {@code admin}) listens, or null. */
  @Nullable String address(String what) {
    return ports.address(what);
  }

  /** Returns the line that says which ports are open. */
  String ready() {
    return ports.ready();
  }

  /** What the control thread does for the data path once a turn. */
  private void turn(long nowNanos) {
    overload.turn(nowNanos);
    proxy.probe(nowNanos);
    membership.turn(reloads);
  }

  /**
   * Stops without losing a request: not ready at once, still accepting for the drain delay, in its
   * second half with a good-bye to whoever asks, then no new work, until nothing is under way or
   * the patience is over.
   */
  void drain() throws InterruptedException {
    Duration delay = settings.limits().connections().drainDelay();
    Duration patience = settings.limits().connections().drain();
    status.drain();
    proxy.notReady();
    membership.handOver();
    LOG.info("draining: accepting for {} more, then up to {} to finish", delay, patience);
    Duration half = delay.dividedBy(2);
    Thread.sleep(half);
    proxy.part();
    Thread.sleep(delay.minus(half));
    membership.leave();
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
    membership.endElection();
    control.close();
    proxy.close();
    ports.close();
    membership.close();
    journals.close();
  }
}
