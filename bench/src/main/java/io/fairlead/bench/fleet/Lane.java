package io.fairlead.bench.fleet;

import io.fairlead.bench.client.Call;
import io.fairlead.bench.client.CallerPool;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The callers of one router, as a load balancer before several has them. */
final class Lane implements AutoCloseable {
  private final FleetProcess router;
  private final CallerPool pool;
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile boolean open = true;
  private volatile boolean struck;

  Lane(FleetProcess router, int connections) throws TimeoutException, InterruptedException {
    this.router = router;
    this.pool =
        CallerPool.open(router.target(), 256, new CallerPool.Bounds(connections, 1, 100_000));
  }

  FleetProcess router() {
    return router;
  }

  boolean isOpen() {
    return open;
  }

  /** Gets no more requests. */
  void shut() {
    open = false;
  }

  /** Gets no more, and those it has may be lost: nobody could have kept them. */
  void kill() {
    struck = true;
    open = false;
    router.kill();
  }

  /** Stands still; nobody knows it yet. What it has and gets meanwhile may be lost. */
  void stop() {
    struck = true;
    router.stop();
  }

  /** Is asked again, as a router that works. */
  void reopen() {
    struck = false;
    open = true;
  }

  void send(long dueNanos, Tally tally, Runnable then) {
    inFlight.incrementAndGet();
    tally.sentOne();
    pool.loop().execute(() -> pool.submit(new Call(dueNanos, call -> end(call, tally, then))));
  }

  private void end(Call call, Tally tally, Runnable then) {
    if (call.status() != 200 && struck) {
      tally.heldByStruck();
    } else {
      tally.ended(call);
    }
    then.run();
    inFlight.decrementAndGet();
  }

  /** Sends one after the other with so many callers until {@code stopNanos}. */
  void saturate(int callers, long stopNanos, Tally tally) {
    for (int i = 0; i < callers; i++) {
      next(stopNanos, tally);
    }
  }

  private void next(long stopNanos, Tally tally) {
    long now = System.nanoTime();
    if (now - stopNanos < 0) {
      send(now, tally, () -> next(stopNanos, tally));
    }
  }

  int inFlight() {
    return inFlight.get();
  }

  @Override
  public void close() {
    pool.close();
  }
}
