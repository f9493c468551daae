package io.fairlead.bench.model;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What one replica has seen; counted on its loop, read by anybody. */
final class Replica {
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger peak = new AtomicInteger();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong usedNanos = new AtomicLong();
  private long lastNanos = System.nanoTime();

  void enter() {
    use();
    peak.accumulateAndGet(inside.incrementAndGet(), Math::max);
  }

  /** Before the last byte of an answer is written: with it the router may send the next request. */
  void leave(boolean withAnswer) {
    use();
    inside.decrementAndGet();
    if (withAnswer) {
      answered.incrementAndGet();
    }
  }

  private void use() {
    long now = System.nanoTime();
    usedNanos.addAndGet(inside.get() * (now - lastNanos));
    lastNanos = now;
  }

  /** Returns for how long requests were inside, each for itself. */
  long usedNanos() {
    return usedNanos.get();
  }

  int peak() {
    return peak.get();
  }

  long answered() {
    return answered.get();
  }
}
