package io.fairlead.bench.openloop;

import io.fairlead.bench.client.Call;
import io.fairlead.bench.client.CallerPool;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;

/**
 * One rate for one stretch of time. Requests are sent when they are due, however many are under
 * way, and each one's latency counts from when it was due: a stall of the router is felt by all
 * that were due in it, not by the one request that met it (coordinated omission).
 */
final class Step {
  static final int DEADLINE_MILLIS = 1_000;
  private static final int AT_ONCE = 256;
  private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final CallerPool callers;
  private final IntPredicate expected;
  private final Arrivals arrivals;
  private final double rate;
  private final RandomGenerator random;
  private final long stopNanos;
  private final Histogram latency = new Histogram(1_000, MOST_NANOS, 3);
  private final Histogram firstByte = new Histogram(1_000, MOST_NANOS, 3);
  private final Histogram lateness = new Histogram(1_000, MOST_NANOS, 3);
  private final Map<Integer, Long> statuses = new TreeMap<>();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final long startNanos = System.nanoTime();
  private long dueNanos;
  private long due;
  private long inTime;
  private long ended;
  private boolean allDue;

  /** A rate, and for how long. */
  record Load(double rate, double seconds) {}

  /**
   * @param expected which statuses of answers are no errors
   */
  Step(
      CallerPool callers,
      IntPredicate expected,
      Load load,
      Arrivals arrivals,
      RandomGenerator random) {
    this.callers = callers;
    this.expected = expected;
    this.arrivals = arrivals;
    this.rate = load.rate();
    this.random = random;
    dueNanos = startNanos;
    stopNanos = startNanos + (long) (load.seconds() * 1e9);
  }

  /**
   * Sends all, waits for the answers for so long and no longer, and says what came.
   *
   * @param patienceSeconds after the last request was due
   */
  StepResult run(long patienceSeconds) throws InterruptedException {
    callers.loop().execute(this::sendDue);
    long wait = stopNanos - System.nanoTime() + TimeUnit.SECONDS.toNanos(patienceSeconds);
    boolean complete = finished.await(wait, TimeUnit.NANOSECONDS);
    var result = new java.util.concurrent.CompletableFuture<StepResult>();
    callers.loop().execute(() -> result.complete(result(complete)));
    return result.join();
  }

  private void sendDue() {
    long now = System.nanoTime();
    for (int sent = 0; dueNanos - now <= 0 && sent < AT_ONCE; sent++) {
      if (dueNanos - stopNanos >= 0) {
        allDue = true;
        finishIfAllEnded();
        return;
      }
      record(lateness, now - dueNanos);
      due++;
      callers.submit(new Call(dueNanos, this::ended));
      dueNanos += arrivals.gapNanos(rate, random);
    }
    long wait = Math.max(0, dueNanos - System.nanoTime());
    callers.loop().schedule(this::sendDue, wait, TimeUnit.NANOSECONDS);
  }

  private void ended(Call call) {
    ended++;
    statuses.merge(call.status(), 1L, Long::sum);
    if (call.status() == 200) {
      record(latency, call.latencyNanos());
      record(firstByte, call.firstByteLatencyNanos());
      if (call.latencyNanos() <= TimeUnit.MILLISECONDS.toNanos(DEADLINE_MILLIS)) {
        inTime++;
      }
    }
    finishIfAllEnded();
  }

  private void finishIfAllEnded() {
    if (allDue && ended == due) {
      finished.countDown();
    }
  }

  private static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.clamp(nanos, 0, MOST_NANOS));
  }

  /** A copy, on the loop: what still comes in changes nothing. */
  private StepResult result(boolean complete) {
    long good = statuses.getOrDefault(200, 0L);
    long unexpected =
        statuses.entrySet().stream()
            .filter(entry -> !expected.test(entry.getKey()))
            .mapToLong(Map.Entry::getValue)
            .sum();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    return new StepResult(
        rate,
        due,
        good,
        complete ? 0 : due - ended,
        unexpected,
        good / seconds,
        inTime / seconds,
        new TreeMap<>(statuses),
        Quantiles.of(latency),
        Quantiles.of(firstByte),
        Quantiles.of(lateness));
  }
}
