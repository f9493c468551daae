package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import io.fairlead.router.auth.Gate;
import io.fairlead.router.control.Controller;
import io.fairlead.router.control.Gates;
import io.fairlead.router.control.MirrorResult;
import io.fairlead.router.control.ProbeResult;
import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.control.RequestMeters;
import io.fairlead.router.control.RequestObservers;
import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.control.Sampling;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Lease;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.model.Access;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.model.Traffic;
import io.fairlead.router.model.TrafficSplit;
import io.fairlead.router.routing.HostSuffix;
import io.fairlead.router.tls.TlsContexts;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A whole data path on this machine, in front of replicas that a test scripts: endpoint {@code
 * echo}, deployment {@code blue}.
 */
final class TestRouter implements AutoCloseable {
  static final String SCORE = "/api/v1/endpoint/echo/score";

  private final Proxy proxy;
  private final Controller controller;
  private final Gates gates;
  private final LongSupplier clock;
  private final AtomicLong virtualNanos = new AtomicLong(1_000_000_000L);
  private final Meters meters;
  private ClusterState state;

  /** What a test wants to be different from the defaults. */
  static final class Setup {
    Limits limits = Limits.DEFAULT;
    RequestSettings settings = RequestSettings.DEFAULT;
    ErrorProfile profile = ErrorProfile.KUBERNETES;
    Access access = Access.OPEN;
    Gates gates = endpoint -> Gate.of(endpoint.access().authentication());
    List<String> allowedPaths = List.of();
    Scoring scoring = Scoring.DEFAULT;
    HostSuffix hostSuffix = HostSuffix.NONE;
    Transport transport = Transport.best();
    int loops = 1;
    Predicate<InetAddress> trusted = address -> false;
    boolean proxyProtocol;
    int weight = 100;

    /** What is served, made from one endpoint {@code echo} with one deployment {@code blue}. */
    UnaryOperator<ClusterState> state = UnaryOperator.identity();

    boolean virtualTime = true;

    /** Whether slots are shared with other routers, and used as {@link TestRouter#lease} says. */
    boolean shared;

    Sampling sampling = Sampling.DEFAULT;
    RequestObservers observers = RequestObservers.NONE;
    InstantSource wallClock = InstantSource.system();

    /** Changes the endpoint, after what was changed before. */
    Setup endpoint(UnaryOperator<Endpoint> change) {
      return state(
          old ->
              new ClusterState(
                  old.version(),
                  old.endpoints().stream()
                      .map(e -> e.name().equals("echo") ? change.apply(e) : e)
                      .toList(),
                  old.deployments()));
    }

    /** Adds a deployment of the endpoint. */
    Setup deployment(String name, FakeReplica... replicas) {
      return deployment(
          name,
          Arrays.stream(replicas)
              .map(
                  replica ->
                      new InetSocketAddress(InetAddress.getLoopbackAddress(), replica.port()))
              .toArray(InetSocketAddress[]::new));
    }

    /** Adds a deployment of the endpoint, at whatever is at these addresses. */
    Setup deployment(String name, InetSocketAddress... replicas) {
      return state(
          old -> {
            List<Deployment> all = new ArrayList<>(old.deployments());
            all.add(
                new Deployment(
                    new DeploymentKey("default", "echo", name),
                    Arrays.stream(replicas)
                        .map(a -> new Replica(a.getAddress().getHostAddress(), a.getPort()))
                        .toList(),
                    Scoring.DEFAULT,
                    settings));
            return new ClusterState(old.version(), old.endpoints(), all);
          });
    }

    /** Changes what is served, after what was changed before. */
    Setup state(UnaryOperator<ClusterState> change) {
      UnaryOperator<ClusterState> before = state;
      state = old -> change.apply(before.apply(old));
      return this;
    }

    /** Lets all connections take their buffers from {@code allocator}. */
    Setup allocator(ByteBufAllocator allocator) {
      Transport old = transport;
      transport =
          new Transport(
              old.name(),
              old.choice(),
              old.handlers(),
              old.serverChannels(),
              old.clientChannels(),
              old.sharesPort(),
              allocator);
      return this;
    }

    /** Lets the models be asked over HTTP/2. */
    Setup h2c() {
      scoring = new Scoring(5001, "/score", Scoring.Protocol.H2C, null);
      return this;
    }

    /** Lets time go on by itself; else it stands still until {@link TestRouter#advance}. */
    Setup realTime() {
      virtualTime = false;
      return this;
    }

    ThreadFactory threads = Thread.ofPlatform().name("test-loop-", 1).daemon().factory();

    /** Whether every answer is noted, for a test to look at. */
    boolean notesAnswers = true;

    TestRouter start(InetSocketAddress... replicas) {
      return new TestRouter(this, Arrays.asList(replicas));
    }
  }

  /** Counts what the data path says it did. */
  static final class Meters implements RequestMeters, RequestRecorder {
    final Map<ProxyEvent, AtomicInteger> events = new EnumMap<>(ProxyEvent.class);
    final List<String> finished = Collections.synchronizedList(new ArrayList<>());
    final List<String> streams = Collections.synchronizedList(new ArrayList<>());
    final List<String> mirrored = Collections.synchronizedList(new ArrayList<>());
    final List<String> probed = Collections.synchronizedList(new ArrayList<>());
    final List<String> compared = Collections.synchronizedList(new ArrayList<>());
    private final Map<Integer, String> names = new ConcurrentHashMap<>();
    private final boolean notesAnswers;

    Meters(boolean notesAnswers) {
      this.notesAnswers = notesAnswers;
      for (ProxyEvent event : ProxyEvent.values()) {
        events.put(event, new AtomicInteger());
      }
    }

    int count(String what) {
      return java.util.Objects.requireNonNull(events.get(ProxyEvent.valueOf(what))).get();
    }

    @Override
    public RequestRecorder newRecorder() {
      return this;
    }

    @Override
    public void register(int ordinal, String namespace, String endpoint, String deployment) {
      names.put(ordinal, endpoint + "/" + deployment);
    }

    @Override
    public void retire(int ordinal) {
      names.remove(ordinal);
    }

    @Override
    public void reloaded(String what, boolean accepted) {}

    @Override
    public void finished(
        int ordinal,
        int status,
        @Nullable RouterError error,
        long totalNanos,
        long queueNanos,
        long receiveNanos,
        long upstreamNanos) {
      if (notesAnswers) {
        finished.add(status + " " + (error == null ? "-" : error.reason()));
      }
    }

    @Override
    public void streaming(int ordinal, long firstByteNanos) {
      streams.add("first byte " + firstByteNanos / 1_000_000 + " ms");
    }

    @Override
    public void events(int ordinal, int count, long gapNanos) {
      String after = gapNanos < 0 ? "" : " after " + gapNanos / 1_000_000 + " ms";
      streams.add(count + (count == 1 ? " event" : " events") + after);
    }

    @Override
    public void mirrored(int ordinal, MirrorResult result) {
      mirrored.add(names.get(ordinal) + " " + result.text());
    }

    @Override
    public void probed(int ordinal, ProbeResult result) {
      probed.add(names.get(ordinal) + " " + result.text());
    }

    @Override
    public void compared(int ordinal, boolean sameClass, boolean slower) {
      compared.add(
          names.get(ordinal)
              + (sameClass ? " same" : " different")
              + (slower ? " slower" : " faster"));
    }

    @Override
    public void count(ProxyEvent event) {
      java.util.Objects.requireNonNull(events.get(event)).incrementAndGet();
    }
  }

  private TestRouter(Setup setup, List<InetSocketAddress> addresses) {
    meters = new Meters(setup.notesAnswers);
    gates = setup.gates;
    List<Replica> replicas =
        addresses.stream()
            .map(a -> new Replica(a.getAddress().getHostAddress(), a.getPort()))
            .toList();
    var key = new DeploymentKey("default", "echo", "blue");
    var deployment = new Deployment(key, replicas, setup.scoring, setup.settings);
    var endpoint =
        new Endpoint(
            "default",
            "echo",
            setup.access,
            Traffic.of(new TrafficSplit(Map.of("blue", setup.weight))),
            setup.allowedPaths,
            false,
            null);
    state = setup.state.apply(new ClusterState(1, List.of(endpoint), List.of(deployment)));
    var random = new SplittableRandom(1);
    long origin = System.nanoTime();
    clock = setup.virtualTime ? virtualNanos::get : () -> System.nanoTime() - origin;
    controller =
        new Controller(
            meters, setup.limits.upstream(), random.split(), setup.shared ? () -> {} : null);
    controller.apply(state, gates, now());
    proxy =
        new Proxy(
            new ProxySettings(
                setup.limits,
                setup.profile,
                address -> setup.trusted.test(address),
                setup.proxyProtocol,
                setup.hostSuffix,
                setup.sampling),
            controller,
            meters,
            setup.observers,
            setup.transport,
            setup.loops,
            setup.threads,
            this::now,
            setup.wallClock,
            random);
  }

  long now() {
    return clock.getAsLong();
  }

  /** Lets virtual time pass, after everything that was sent to the router has been read. */
  void advance(Duration time) {
    settle();
    virtualNanos.addAndGet(time.toNanos());
    for (Loop loop : proxy.loops()) {
      loop.eventLoop.submit(loop.timers).syncUninterruptibly();
    }
    settle();
  }

  /** Lets virtual time pass, quickly and little by little, until this is closed. */
  TimePassing letTimePass() {
    var isOver = new AtomicBoolean();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!isOver.get()) {
                    advance(Duration.ofMillis(100));
                  }
                });
    return () -> {
      isOver.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    };
  }

  /** While it is open, time passes. */
  interface TimePassing extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits until the loops have read what was on its way to them when this was called. */
  void settle() {
    for (Loop loop : proxy.loops()) {
      var settled = new CountDownLatch(1);
      loop.eventLoop.execute(() -> afterTurns(loop.eventLoop, 4, settled));
      try {
        assertThat(settled.await(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** A task that a loop schedules from within runs in its next turn, after all ready sockets. */
  private static void afterTurns(EventLoop eventLoop, int turns, CountDownLatch settled) {
    if (turns == 0) {
      settled.countDown();
    } else {
      var _ =
          eventLoop.schedule(
              () -> afterTurns(eventLoop, turns - 1, settled), 0, TimeUnit.NANOSECONDS);
    }
  }

  /** Opens a cleartext listener and returns its port. */
  int listen() {
    return listen((Function<ByteBufAllocator, SslHandler>) null);
  }

  int listen(@Nullable Function<ByteBufAllocator, SslHandler> tls) {
    try {
      return proxy
          .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls)
          .getPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Opens a TLS listener and returns its port. */
  int listen(TlsContexts tls) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      return proxy.listen(address, tls::newHandler, () -> tls.identity().names()).getPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  Proxy proxy() {
    return proxy;
  }

  /** Changes what is served while it is. */
  void apply(UnaryOperator<ClusterState> change) {
    state = change.apply(state);
    controller.apply(state, gates, now());
  }

  Dispatcher dispatcher() {
    return dispatcher("blue");
  }

  Dispatcher dispatcher(String deployment) {
    return controller.current().dispatchers().stream()
        .filter(d -> d != null && d.deployment().name().equals(deployment))
        .findFirst()
        .orElseThrow();
  }

  /** Brings what the coordinator grants, for a minute. */
  void lease(Lease lease) {
    dispatcher().lease(lease, now() + 60_000_000_000L, now());
  }

  Load load() {
    return dispatcher().load(now());
  }

  Meters meters() {
    return meters;
  }

  @Override
  public void close() {
    proxy.close();
  }
}
