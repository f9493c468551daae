package io.fairlead.bench.micro;

import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Outcome;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.dispatch.Ticket;
import io.fairlead.router.dispatch.Waiter;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One request's use of the dispatcher. With nobody waiting a slot is taken and given back; with a
 * queue the request joins it at the end and the slot of another, given back, goes to its front.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PermitCycle {
  private static final long NEVER = Long.MAX_VALUE / 2;

  /** How many replicas there are, with one slot each. */
  @Param({"1", "100", "1000"})
  public int replicas;

  /** How many requests wait; all slots are taken then. */
  @Param({"0", "1000"})
  public int waiting;

  private final ArrayDeque<Permit> taken = new ArrayDeque<>();
  private final Waiter waiter = taken::addLast;
  private Dispatcher dispatcher = dispatcher(1);
  private long now;

  /** Takes slots and joins the queue until as many wait as shall. */
  @Setup
  public void fill() {
    dispatcher = dispatcher(replicas);
    // half of the slots are in use, or all of them and the queue
    int requests = waiting == 0 ? replicas / 2 : replicas + waiting;
    for (int i = 0; i < requests; i++) {
      acquire(i >= replicas);
    }
  }

  /** In and out. */
  @Benchmark
  public Permit acquireRelease() {
    now += 1_000;
    acquire(waiting > 0);
    Permit permit = taken.removeFirst();
    permit.release(Outcome.ANSWERED, now);
    return permit;
  }

  private void acquire(boolean mustWait) {
    switch (dispatcher.acquire(waiter, NEVER, now)) {
      case Permit permit when !mustWait -> taken.addLast(permit);
      case Ticket ticket when mustWait -> {}
      default -> throw new IllegalStateException("slot: expected " + (mustWait ? "none" : "one"));
    }
  }

  private static Dispatcher dispatcher(int replicas) {
    List<Replica> list =
        IntStream.range(0, replicas)
            .mapToObj(i -> new Replica("10.0." + i / 250 + "." + (1 + i % 250), 5001))
            .toList();
    var settings =
        new RequestSettings(
            Duration.ofMinutes(5),
            1,
            Duration.ofMinutes(5),
            100_000,
            65_536,
            RequestSettings.OnClientGone.HOLD,
            false,
            false);
    var key = new DeploymentKey("default", "echo", "blue");
    return new Dispatcher(
        new Deployment(key, list, Scoring.DEFAULT, settings),
        Limits.Upstream.DEFAULT,
        new SplittableRandom(1),
        0);
  }
}
