package io.fairlead.bench.fleet;

import io.fairlead.bench.client.Call;
import io.fairlead.bench.client.CallerPool;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The callers of one router, as a load balancer before several has them. */
final class Lane implements AutoCloseable {
  private final FleetProcess router;
  private final CallerPool pool;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger aside = new AtomicInteger();
  private volatile boolean open = true;

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
    open = false;
    aside.set(inFlight.get());
    router.kill();
  }

  void send(long dueNanos, Consumer<Call> ended) {
    inFlight.incrementAndGet();
    pool.loop().execute(() -> pool.submit(new Call(dueNanos, call -> end(call, ended))));
  }

  private void end(Call call, Consumer<Call> ended) {
    inFlight.decrementAndGet();
    if (call.status() == 200 || aside.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
      ended.accept(call);
    }
  }

  /** Sends one after the other with so many callers until {@code stopNanos}. */
  void saturate(int callers, long stopNanos, Consumer<Call> ended) {
    for (int i = 0; i < callers; i++) {
      next(stopNanos, ended);
    }
  }

  private void next(long stopNanos, Consumer<Call> ended) {
    long now = System.nanoTime();
    if (now - stopNanos < 0) {
      send(
          now,
          call -> {
            ended.accept(call);
            next(stopNanos, ended);
          });
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
