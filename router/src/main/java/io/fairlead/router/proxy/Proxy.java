package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.control.RequestMeters;
import io.fairlead.router.control.RequestObservers;
import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.control.Snapshots;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.overload.OverloadStage;
import io.fairlead.router.overload.OverloadState;
import io.fairlead.router.routing.Target;
import io.fairlead.router.tls.ServerNames;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The data path: event loops, and the listeners whose connections they serve.
 *
 * <p>Thread-safe. {@link #close} must be called; {@link #drain} before it loses no request.
 */
public final class Proxy implements AutoCloseable {
  /** How long callers have to take what they get at the end. */
  private static final long END_NANOS = 2 * Http1Server.DRAIN_NANOS;

  private final ProxySettings settings;
  private final Snapshots snapshots;
  private final Transport transport;
  private final LongSupplier clock;
  private final MultiThreadIoEventLoopGroup group;
  private final IdentityHashMap<EventLoop, Loop> loops = new IdentityHashMap<>();
  private final Admission admission;
  private final List<Channel> listeners = new ArrayList<>();

  /**
   * Starts the loops.
   *
   * @param clock nanoseconds since an origin; never negative; the same for all loops
   * @param wallClock what tokens' times are compared with
   */
  public Proxy(
      ProxySettings settings,
      Snapshots snapshots,
      RequestMeters meters,
      RequestObservers observers,
      Transport transport,
      int loopCount,
      ThreadFactory threads,
      LongSupplier clock,
      InstantSource wallClock,
      SplittableRandom random) {
    this.settings = settings;
    this.snapshots = snapshots;
    this.transport = transport;
    this.clock = clock;
    this.admission = new Admission(settings.limits().connections(), loopCount);
    this.group = new MultiThreadIoEventLoopGroup(loopCount, threads, transport.handlers());
    for (EventExecutor executor : group) {
      var eventLoop = (EventLoop) executor;
      RequestRecorder recorder = meters.newRecorder();
      loops.put(
          eventLoop,
          new Loop(
              eventLoop,
              settings,
              snapshots,
              recorder,
              observers.newObserver(recorder),
              admission,
              transport,
              clock,
              wallClock,
              random.split()));
    }
  }

  /** Accepts connections for whatever server their callers name. */
  public InetSocketAddress listen(
      InetSocketAddress address, @Nullable Function<ByteBufAllocator, SslHandler> tls)
      throws IOException {
    var any = new ServerNames(List.of(), List.of());
    return listen(address, tls, () -> any);
  }

  /**
   * Accepts connections at {@code address}, port 0 for any free one.
   *
   * @param tls makes the TLS handler of a connection; null for cleartext
   * @param names of the certificate that is served now; if there are several, a request for another
   *     server than its connection's is misdirected
   * @return where it listens
   * @throws IOException if the port is taken or the address is not this machine's
   */
  public InetSocketAddress listen(
      InetSocketAddress address,
      @Nullable Function<ByteBufAllocator, SslHandler> tls,
      Supplier<ServerNames> names)
      throws IOException {
    InetSocketAddress bound = claim(address);
    var connections = new AtomicInteger();
    var bootstrap =
        new ServerBootstrap()
            .channelFactory(transport.serverChannels())
            .option(ChannelOption.SO_BACKLOG, 4096)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, transport.allocator())
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32_768, 65_536))
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accept(channel, connections, tls, names);
                  }
                });
    if (transport.sharesPort()) {
      bootstrap.option(io.netty.channel.unix.UnixChannelOption.SO_REUSEPORT, true);
      for (EventExecutor loop : group) {
        var own = (EventLoop) loop;
        bind(bootstrap.clone().group(own, own), bound);
      }
    } else {
      bind(bootstrap.group(group.next(), group), bound);
    }
    return bound;
  }

  /**
   * Finds out whether the port is free, and which it is: with SO_REUSEPORT a second router would
   * quietly share it.
   */
  private static InetSocketAddress claim(InetSocketAddress address) throws IOException {
    try (var probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
      return new InetSocketAddress(address.getAddress(), probe.getLocalPort());
    }
  }

  private void bind(ServerBootstrap bootstrap, InetSocketAddress address) throws IOException {
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    synchronized (listeners) {
      listeners.add(bound.channel());
    }
  }

  private void accept(
      SocketChannel channel,
      AtomicInteger ofListener,
      @Nullable Function<ByteBufAllocator, SslHandler> tls,
      Supplier<ServerNames> names) {
    Loop loop = requireNonNull(loops.get(channel.eventLoop()));
    if (ofListener.get() >= settings.limits().connections().maxPerListener()
        || !admission.admitConnection()) {
      loop.recorder.count(ProxyEvent.CONNECTION_REFUSED);
      channel.close();
      return;
    }
    ofListener.incrementAndGet();
    loop.recorder.count(ProxyEvent.CONNECTION_ACCEPTED);
    channel
        .closeFuture()
        .addListener(
            closed -> {
              ofListener.decrementAndGet();
              admission.releaseConnection();
              loop.recorder.count(ProxyEvent.CONNECTION_CLOSED);
            });
    InetSocketAddress remote = channel.remoteAddress();
    if (!settings.proxyProtocol()) {
      InetAddress address = remote == null ? null : remote.getAddress();
      boolean trusted = address != null && settings.trustedProxy().test(address);
      serve(channel, loop, Origin.of(address, tls != null, trusted), tls, names);
    } else if (remote == null) {
      channel.close(); // it has left already
    } else if (ProxyHeaderReader.mayBegin(loop, channel, remote)) {
      channel
          .pipeline()
          .addLast(
              new ProxyHeaderReader(
                  loop, remote, tls != null, origin -> serve(channel, loop, origin, tls, names)));
    }
  }

  private void serve(
      SocketChannel channel,
      Loop loop,
      Origin origin,
      @Nullable Function<ByteBufAllocator, SslHandler> tls,
      Supplier<ServerNames> names) {
    if (tls == null) {
      channel.pipeline().addLast(new VersionByPreface(loop, origin));
    } else {
      SslHandler handler = tls.apply(transport.allocator());
      Limits.Connections limits = settings.limits().connections();
      handler.setHandshakeTimeoutMillis(limits.tlsHandshake().toMillis());
      channel
          .pipeline()
          .addLast(
              new ClientHelloLimit(limits.maxClientHelloBytes()),
              handler,
              new VersionByAlpn(loop, origin, handler, names));
    }
  }

  /** Returns the loops; tests turn their clocks. */
  Collection<Loop> loops() {
    return loops.values();
  }

  /** Returns how many callers are connected. */
  public int connections() {
    return admission.connections();
  }

  /** Returns why no request is taken on at all now; null if any may be. */
  public @Nullable Refusal overload() {
    return admission.overload();
  }

  /** Gives up what {@code state} says, or no more of it. */
  public void overload(OverloadState state) {
    OverloadStage before = admission.overload(state);
    synchronized (listeners) {
      for (Channel listener : listeners) {
        listener.config().setAutoRead(!state.stage().atLeast(OverloadStage.STOP_ACCEPTING));
      }
    }
    if (before == OverloadStage.NORMAL && state.stage() != OverloadStage.NORMAL) {
      for (Loop loop : loops.values()) {
        loop.eventLoop.execute(loop::giveWay);
      }
    }
  }

  /** Returns how late the latest loop comes to its tasks; to be called from one thread. */
  public long lagNanos(long nowNanos) {
    long most = 0;
    for (Loop loop : loops.values()) {
      most = Math.max(most, loop.lag.ask(nowNanos));
    }
    return most;
  }

  /**
   * Sends the probes that are due of replicas whose deployment has a health path; to be called from
   * one thread, about once a second.
   */
  public void probe(long nowNanos) {
    List<@Nullable Dispatcher> dispatchers = snapshots.current().dispatchers();
    for (int ordinal = 0; ordinal < dispatchers.size() && !admission.isDraining(); ordinal++) {
      Dispatcher dispatcher = dispatchers.get(ordinal);
      Target target = dispatcher == null ? null : Target.ofHealth(dispatcher.deployment(), ordinal);
      if (dispatcher != null && target != null) {
        dispatcher.probeDue(permit -> probe(permit, target), nowNanos);
      }
    }
  }

  /** Any loop will do, as the connection is its own. */
  private void probe(Permit permit, Target target) {
    Loop loop = requireNonNull(loops.get((EventLoop) group.next()));
    loop.eventLoop.execute(() -> Probe.send(loop, permit, target));
  }

  /**
   * Answers health checks on the data ports with 503 from now on, and everything else as before.
   */
  public void notReady() {
    admission.notReady();
  }

  /**
   * Parts with callers as they come: the next answer on each connection is its last, and HTTP/2
   * gets GOAWAY. New connections are accepted and served in the same way.
   */
  public void part() {
    admission.part();
  }

  /**
   * Stops accepting, lets what is under way finish, at models too, and returns. When the patience
   * is over, open WebSockets are ended in good order, and whoever has no answer gets one that says
   * why; they have a moment more to take it.
   *
   * @param patienceNanos how long to wait
   * @return how many connections were open when the patience was over; 0 if all had finished
   */
  public int drain(long patienceNanos) throws InterruptedException {
    admission.drain();
    synchronized (listeners) {
      for (Channel listener : listeners) {
        listener.close().awaitUninterruptibly();
      }
      listeners.clear();
    }
    for (Loop loop : loops.values()) {
      loop.eventLoop.execute(loop::drain);
    }
    awaitEnds(patienceNanos);
    int left = connections();
    if (left == 0) {
      return 0;
    }
    for (Loop loop : loops.values()) {
      loop.eventLoop.execute(loop::endRest);
    }
    awaitEnds(END_NANOS);
    return left;
  }

  /** Of a caller that left a model may still be at work: another router would be given its slot. */
  private int slotsInUse() {
    int used = 0;
    for (Dispatcher dispatcher : snapshots.dispatchers()) {
      used += dispatcher.load(clock.getAsLong()).inFlight();
    }
    return used;
  }

  private void awaitEnds(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    while ((connections() > 0 || slotsInUse() > 0) && System.nanoTime() - end <= 0) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
