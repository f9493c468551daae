package io.fairlead.bench.load;

import io.fairlead.bench.client.Call;
import io.fairlead.bench.client.CallerPool;
import io.fairlead.bench.client.Protocol;
import io.fairlead.bench.model.Behaviour;
import io.fairlead.bench.model.ModelServer;
import io.fairlead.bench.model.ServiceTime;
import io.fairlead.bench.process.RouterProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Requests from socket to socket: the packaged router runs as a process of its own in front of four
 * replicas that answer at once.
 *
 * <p>{@code fairlead.command}, a system property, names another router than the one of this tree,
 * its words split at blanks.
 */
@State(Scope.Benchmark)
public class RouterLoad {
  private static final int BATCH = 128;
  private static final int CONNECTIONS = 32;
  private static final int STREAMS = 8;
  private static final int PATIENCE_SECONDS = 30;

  /** What the callers speak. */
  @Param public Protocol protocol = Protocol.H1;

  /** Content of an answer in bytes. */
  @Param({"1024", "65536"})
  public int replyBytes;

  private @Nullable ModelServer model;
  private @Nullable RouterProcess router;
  private @Nullable CallerPool callers;

  /** Starts replicas and router, and opens all connections. */
  @Setup
  public void start() throws IOException, InterruptedException, TimeoutException {
    var behaviour = Behaviour.plain(new ServiceTime.Fixed(Duration.ZERO), replyBytes);
    model = ModelServer.start(behaviour, 4, 1);
    String named = System.getProperty("fairlead.command");
    List<String> command = named == null ? RouterProcess.launcher() : List.of(named.split(" "));
    router = RouterProcess.start(command, model.addresses(), 0, BATCH);
    int connections = protocol.multiplexed() ? CONNECTIONS / STREAMS : CONNECTIONS;
    callers =
        CallerPool.open(
            router.target(protocol), 1_024, new CallerPool.Bounds(connections, STREAMS, BATCH));
  }

  /** Ends all of it. */
  @TearDown
  public void stop() {
    for (AutoCloseable part : new AutoCloseable[] {callers, router, model}) {
      try {
        if (part != null) {
          part.close();
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** As many requests as 32 callers get answered, each sending the next when it has its answer. */
  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @OperationsPerInvocation(BATCH)
  public int closedLoop() throws InterruptedException {
    return ask(BATCH);
  }

  /** One request at a time on an idle router; the time to wake this thread is part of it. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public int oneByOne() throws InterruptedException {
    return ask(1);
  }

  private int ask(int count) throws InterruptedException {
    CallerPool pool = Objects.requireNonNull(callers, "not started");
    var left = new CountDownLatch(count);
    var bad = new AtomicInteger();
    Call.Listener listener =
        call -> {
          if (call.status() != 200 || call.bodyBytes() != replyBytes) {
            bad.set(call.status());
          }
          left.countDown();
        };
    pool.loop()
        .execute(
            () -> {
              for (int i = 0; i < count; i++) {
                pool.submit(new Call(System.nanoTime(), listener));
              }
            });
    if (!left.await(PATIENCE_SECONDS, TimeUnit.SECONDS) || bad.get() != 0) {
      throw new IllegalStateException(
          "answer: "
              + (bad.get() == 0 ? "none within " + PATIENCE_SECONDS + " s" : "status " + bad)
              + " (expected: 200 with "
              + replyBytes
              + " bytes)");
    }
    return count;
  }
}
