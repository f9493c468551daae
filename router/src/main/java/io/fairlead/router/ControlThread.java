package io.fairlead.router;

import io.fairlead.router.control.Controller;
import io.fairlead.router.control.SlotAudit;
import io.fairlead.router.model.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that changes what is served: once a second it looks at the source and at files,
 * and lets time pass in the dispatchers. A source that has news can wake it.
 */
final class ControlThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);
  private static final long PERIOD_NANOS = 1_000_000_000L;

  /** A change waits so long for the token keys that it needs, and then goes without. */
  private static final long KEY_PATIENCE_NANOS = 5_000_000_000L;

  private static final long KEY_LOOK_MILLIS = 10;

  /** News seldom come alone. */
  private static final long GATHER_NANOS = 10_000_000L;

  /** Compiling routes again and again for each of a thousand changes would serve nobody. */
  private static final long LOOK_PERIOD_NANOS = 500_000_000L;

  private final Controller controller;
  private final SlotAudit audit;
  private final StateSource source;
  private final EndpointGates gates;
  private final ReloadLog reloads;
  private final LongSupplier nanos;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("fairlead-control").daemon().factory());

  private StateSource.@Nullable Change waiting; // for token keys
  private long waitingSince;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final CountDownLatch serving = new CountDownLatch(1);
  private volatile long lookedAt = Long.MIN_VALUE / 2;

  ControlThread(
      Controller controller,
      StateSource source,
      EndpointGates gates,
      ReloadLog reloads,
      LongSupplier nanos) {
    this.controller = controller;
    this.audit = new SlotAudit(controller);
    this.source = source;
    this.gates = gates;
    this.reloads = reloads;
    this.nanos = nanos;
  }

  /** Applies what there is before the thread starts. */
  void applyFirst(StateSource.Change first) throws StartFailure {
    accept(first);
    awaitKeys();
  }

  /** Else the first callers would be refused for keys that come a moment later. */
  private void awaitKeys() throws StartFailure {
    try {
      while (waiting != null) {
        Thread.sleep(KEY_LOOK_MILLIS);
        applyWaiting();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted while waiting for token keys");
    }
  }

  /**
   * Begins to look. What is done once a second is spread over the second: it is called too seldom
   * to be compiled well, takes 2 ms in all, and where a loop has no core to spare its requests
   * wait.
   *
   * @param more is told the time once a second
   */
  void start(LongConsumer... more) {
    List<LongConsumer> steps = new ArrayList<>();
    steps.add(this::passTime);
    steps.add(now -> readSourceInTurn());
    steps.addAll(List.of(more));
    long apart = PERIOD_NANOS / steps.size();
    long first = apart;
    for (LongConsumer step : steps) {
      var _ =
          thread.scheduleWithFixedDelay(
              () -> attempt(() -> step.accept(nanos.getAsLong())),
              first,
              PERIOD_NANOS,
              TimeUnit.NANOSECONDS);
      first += apart;
    }
  }

  /**
   * Looks at the source soon. At once after a quiet time, but for a moment that gathers what comes
   * with the first news; in a storm of changes only so often. For any thread.
   */
  void wake() {
    if (woken.compareAndSet(false, true)) {
      long quiet = nanos.getAsLong() - lookedAt;
      long wait = Math.max(GATHER_NANOS, LOOK_PERIOD_NANOS - quiet);
      try {
        var _ = thread.schedule(this::look, wait, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        // Closed: nobody looks any more.
      }
    }
  }

  /** Waits until there is something to serve; returns whether there is. */
  boolean awaitServing(long millis) throws InterruptedException {
    return serving.await(millis, TimeUnit.MILLISECONDS);
  }

  private void look() {
    woken.set(false);
    lookedAt = nanos.getAsLong();
    attempt(this::readSource);
    attempt(this::applyWaiting);
  }

  private void passTime(long now) {
    attempt(() -> controller.advance(now));
    attempt(() -> audit.turn(now));
    attempt(this::pollGates);
  }

  private void readSourceInTurn() {
    boolean isLookDue = woken.get() && nanos.getAsLong() - lookedAt < PERIOD_NANOS;
    if (!isLookDue) {
      attempt(this::readSource);
    }
    attempt(this::applyWaiting);
  }

  /**
   * Whatever goes wrong in {@code step} ends neither the other steps nor the next turns: the
   * executor would quietly drop a task that throws, errors included.
   */
  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      LOG.error("a bug: the control thread goes on with what it had", e);
    }
  }

  private void readSource() {
    StateSource.Change change = source.poll();
    if (change != null) {
      lookedAt = nanos.getAsLong(); // the next one is paced, whoever found this one
      accept(change);
    }
  }

  private void accept(StateSource.Change change) {
    gates.prepare(change.state());
    waiting = change;
    waitingSince = nanos.getAsLong();
    applyWaiting();
  }

  private void applyWaiting() {
    StateSource.Change change = waiting;
    if (change == null
        || (change.isPatient()
            && !gates.isPrepared()
            && nanos.getAsLong() - waitingSince < KEY_PATIENCE_NANOS)) {
      return;
    }
    waiting = null;
    gates.begin(change.state());
    controller.apply(change.state(), gates, nanos.getAsLong());
    gates.end(change.state());
    reloads.report(change.what(), true, change.detail()); // who reads the log finds it counted
    serving.countDown();
    if (change.isRoutine()) {
      LOG.debug("{} applied: {}", change.title(), change.detail());
    } else {
      LOG.info("{} applied: {}", change.title(), change.detail());
    }
  }

  private void pollGates() {
    ClusterState served = controller.current().state();
    if (gates.poll(served)) {
      controller.apply(served, gates, nanos.getAsLong());
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    source.close();
    gates.close();
  }
}
