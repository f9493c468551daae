package io.fairlead.router.dispatch;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Limits;
import java.util.List;
import java.util.SplittableRandom;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Concurrent calls look as if they came one after the other: three threads, one or two slots, two
 * places in the queue, of which whoever is in a hurry gets the first.
 *
 * <p>A thread has one request at a time. A queued one learns from {@link Ticket#cancel} whether it
 * was granted meanwhile, so that no result depends on when {@link Waiter#granted} is called.
 */
@Tag("lincheck")
@Param(name = "thread", gen = ThreadIdGen.class)
public class DispatcherLincheckTest {
  private static final int THREADS = 3;
  private static final Waiter WAITER = permit -> {};
  private static final List<Deployment> DEPLOYMENTS =
      List.of(Scene.deployment(1, 1, 500, 2), Scene.deployment(2, 1, 500, 2));

  private final Dispatcher dispatcher =
      new Dispatcher(DEPLOYMENTS.getLast(), Limits.Upstream.DEFAULT, new SplittableRandom(1), 0);
  private final @Nullable DispatchResult[] held = new @Nullable DispatchResult[THREADS + 2];

  @Operation
  public String acquire(@Param(name = "thread") int thread) {
    return acquire(thread, Scene.SECOND);
  }

  @Operation
  public String acquireInAHurry(@Param(name = "thread") int thread) {
    return acquire(thread, 100 * Scene.MILLI);
  }

  private String acquire(int thread, long deadlineNanos) {
    if (held[thread] != null) {
      return "holds";
    }
    DispatchResult result = dispatcher.acquire(WAITER, deadlineNanos, 0);
    return switch (result) {
      case Permit permit -> {
        held[thread] = permit;
        yield "granted";
      }
      case Ticket ticket -> {
        held[thread] = ticket;
        yield "queued";
      }
      case Rejected rejected -> rejected.error().name();
    };
  }

  @Operation
  public String leave(@Param(name = "thread") int thread) {
    DispatchResult result = held[thread];
    held[thread] = null;
    if (result instanceof Ticket ticket) {
      if (ticket.cancel(0)) {
        return "cancelled";
      }
      result = ticket.permit;
    }
    if (result instanceof Permit permit) {
      permit.release(Outcome.ANSWERED, 0);
      return "released";
    }
    return "nothing";
  }

  @Operation
  public String load() {
    Load load = dispatcher.load(0);
    return load.inFlight() + " in flight, " + load.queued() + " queued";
  }

  @Operation
  public void update(@Param(name = "thread") int thread) {
    dispatcher.update(DEPLOYMENTS.get(thread % 2), 0);
  }

  @Test
  void isLinearizableUnderStress() {
    new StressOptions()
        .iterations(6)
        .invocationsPerIteration(500)
        .threads(THREADS)
        .actorsPerThread(3)
        .check(getClass());
  }

  @Test
  void isLinearizableInEveryInterleavingTried() {
    new ModelCheckingOptions()
        .iterations(3)
        .invocationsPerIteration(50)
        .threads(THREADS)
        .actorsPerThread(2)
        .check(getClass());
  }
}
