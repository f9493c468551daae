package io.fairlead.bench.openloop;

import io.fairlead.bench.client.Call;
import io.fairlead.bench.client.CallerPool;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Some callers, each of whom sends the next request when it has its answer: what is the most? */
final class ClosedLoop {
  private final CallerPool pool;
  private final CountDownLatch finished;
  private final long startNanos = System.nanoTime();
  private final long stopNanos;
  private long good;

  ClosedLoop(CallerPool pool, int callers, double seconds) {
    this.pool = pool;
    finished = new CountDownLatch(callers);
    stopNanos = startNanos + (long) (seconds * 1e9);
  }

  /**
   * Returns good answers per second.
   *
   * @param patienceSeconds for the answers that are still awaited at the end
   */
  double run(long patienceSeconds) throws InterruptedException, TimeoutException {
    for (long i = finished.getCount(); i > 0; i--) {
      pool.loop().execute(this::next);
    }
    long wait = stopNanos - System.nanoTime() + TimeUnit.SECONDS.toNanos(patienceSeconds);
    if (!finished.await(wait, TimeUnit.NANOSECONDS)) {
      throw new TimeoutException("closed loop: " + finished.getCount() + " callers got no answer");
    }
    return good / ((System.nanoTime() - startNanos) / 1e9);
  }

  private void next() {
    if (System.nanoTime() - stopNanos < 0) {
      pool.submit(new Call(System.nanoTime(), this::ended));
    } else {
      finished.countDown();
    }
  }

  /** Goes on in a task of its own: a call's connection has room again only after its end. */
  private void ended(Call call) {
    if (call.status() == 200) {
      good++;
    }
    pool.loop().execute(this::next);
  }
}
