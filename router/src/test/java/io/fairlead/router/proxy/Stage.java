package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.ClaimedPort;
import io.fairlead.router.Soon;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.function.Executable;

/**
 * Where a test of the data path plays: replicas, a router in virtual time, callers. After the test
 * all others leave; then the router must have no slot taken and have met nothing that it calls a
 * bug.
 */
final class Stage implements AfterEachCallback {
  /** Less than what waits for a caller who takes nothing, more than what is merely about. */
  private static final long WAITING_BYTES = 32 << 10;

  final TestRouter.Setup setup = new TestRouter.Setup();
  private final Deque<Closeable> open = new ArrayDeque<>();
  private @Nullable TestRouter router;
  private int port;

  /** Changes the settings of the deployment; before the first caller. */
  void settings(UnaryOperator<RequestSettings> change) {
    setup.settings = change.apply(setup.settings);
  }

  /** The documented defaults with another limit and another rule for callers who leave. */
  void settings(int concurrency, OnClientGone rule, boolean idempotent) {
    settings(
        old ->
            new RequestSettings(
                old.requestTimeout(),
                concurrency,
                old.maxQueueWait(),
                old.maxQueueLength(),
                old.bodyPrefixBytes(),
                rule,
                idempotent,
                false));
  }

  /** The documented defaults with hedging. */
  void hedging(int concurrency, OnClientGone rule) {
    settings(concurrency, rule, true);
    settings(
        old ->
            new RequestSettings(
                old.requestTimeout(),
                old.maxConcurrentRequestsPerInstance(),
                old.maxQueueWait(),
                old.maxQueueLength(),
                old.bodyPrefixBytes(),
                old.onClientGone(),
                true,
                true));
  }

  /** Changes how long a model may take. */
  void requestTimeout(Duration timeout) {
    settings(
        old ->
            new RequestSettings(
                timeout,
                old.maxConcurrentRequestsPerInstance(),
                old.maxQueueWait(),
                old.maxQueueLength(),
                old.bodyPrefixBytes(),
                old.onClientGone(),
                old.idempotent(),
                false));
  }

  /** Opens a replica. */
  FakeReplica replica() throws IOException {
    FakeReplica replica = FakeReplica.start();
    open.push(replica);
    return replica;
  }

  /** Starts the router in front of replicas that run. */
  TestRouter start(FakeReplica... replicas) {
    var addresses = new InetSocketAddress[replicas.length];
    for (int i = 0; i < replicas.length; i++) {
      addresses[i] = new InetSocketAddress(InetAddress.getLoopbackAddress(), replicas[i].port());
    }
    return start(addresses);
  }

  /** Starts the router in front of whatever is at these addresses. */
  TestRouter start(InetSocketAddress... replicas) {
    TestRouter started = setup.start(replicas);
    router = started;
    port = started.listen();
    return started;
  }

  /** Opens a replica that speaks HTTP/2. */
  Http2Model http2Model() throws IOException {
    Http2Model model = Http2Model.start();
    open.push(model);
    return model;
  }

  /** Starts the router in front of one replica that speaks HTTP/2. */
  Http2Model startH2c() throws IOException {
    Http2Model model = http2Model();
    setup.h2c();
    start(model.address());
    return model;
  }

  /** Connects another caller over HTTP/2. */
  Http2Caller http2Caller(int... settings) throws IOException {
    Http2Caller caller = Http2Caller.connect(port, settings);
    open.push(caller);
    return caller;
  }

  /** Connects another caller. */
  Caller caller() throws IOException {
    Caller caller = Caller.connect(port);
    open.push(caller);
    return caller;
  }

  /** Closes {@code closeable} with everything else at the end. */
  void closes(Closeable closeable) {
    open.push(closeable);
  }

  /** Returns an address at which nobody listens while the test runs. */
  InetSocketAddress nobody() throws IOException {
    var port = new ClaimedPort();
    closes(port);
    return port.address();
  }

  /** Returns the answers given so far, each as its status and its reason. */
  List<String> finished() {
    return List.copyOf(router().meters().finished);
  }

  /** Waits for exactly these answers, each as its status and its reason. */
  void untilFinished(String... answers) {
    until(() -> finished().size() >= answers.length);
    assertThat(finished()).containsExactly(answers);
  }

  /** Begins a drain; the thread ends with it. */
  Thread startDraining() {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                router().proxy().drain(Soon.PATIENCE.toNanos());
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
  }

  /** Lets virtual time pass. */
  void advance(Duration time) {
    router().advance(time);
  }

  /** Waits for something that the router does soon and without any time passing. */
  void until(BooleanSupplier condition) {
    long end = System.nanoTime() + Soon.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain").isLessThan(end);
      router().settle();
    }
    router().settle(); // what it saw may be the middle of something
  }

  /**
   * Lets time pass until the router has given up a caller who takes nothing; but only while bytes
   * wait in the router, whose memory this is: the sockets fill at their own pace.
   */
  void untilGivenUp(PooledByteBufAllocator memory) {
    until(
        () -> {
          boolean waits = memory.pinnedDirectMemory() >= WAITING_BYTES;
          router().settle();
          if (waits && memory.pinnedDirectMemory() >= WAITING_BYTES) { // and are not on their way
            advance(setup.limits.body().writeStall().plusSeconds(1));
          }
          return !finished().isEmpty();
        });
  }

  /** Waits until that many requests hold a slot and that many wait for one. */
  void untilLoad(int inFlight, int queued) {
    until(() -> router().load().inFlight() == inFlight && router().load().queued() == queued);
  }

  /** Does something while the router does nothing, so that it then finds all of it at once. */
  void whilePaused(Executable what) throws Exception {
    var resume = new CountDownLatch(1);
    var paused = new CountDownLatch(router().proxy().loops().size());
    for (Loop loop : router().proxy().loops()) {
      loop.eventLoop.execute(
          () -> {
            paused.countDown();
            awaitQuietly(resume);
          });
    }
    try {
      paused.await();
      what.execute();
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    } finally {
      resume.countDown();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  TestRouter router() {
    return java.util.Objects.requireNonNull(router);
  }

  int port() {
    return port;
  }

  @Override
  public void afterEach(ExtensionContext test) throws IOException {
    close();
  }

  /** Lets everybody leave and looks at what is left. */
  void close() throws IOException {
    for (Closeable each : open) {
      each.close();
    }
    TestRouter used = router;
    if (used != null) {
      try (used) {
        until(() -> used.proxy().connections() == 0);
        untilLoad(0, 0);
        assertThat(used.meters().count("UNEXPECTED_EXCEPTION")).isZero();
        assertThat(used.dispatcher().doubleReleases()).isZero();
      }
    }
  }
}
