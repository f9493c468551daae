package io.fairlead.bench.model;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What one replica has seen; counted on its loop, read by anybody. */
final class Replica {
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger peak = new AtomicInteger();
  private final AtomicLong answered = new AtomicLong();

  void enter() {
    peak.accumulateAndGet(inside.incrementAndGet(), Math::max);
  }

  /** Before the last byte of an answer is written: with it the router may send the next request. */
  void leave(boolean withAnswer) {
    inside.decrementAndGet();
    if (withAnswer) {
      answered.incrementAndGet();
    }
  }

  int peak() {
    return peak.get();
  }

  long answered() {
    return answered.get();
  }
}
