package io.fairlead.router.demo;

/** How many requests a model has at once, those in its backlog included. */
final class Concurrency {
  private int now;
  private volatile int peak;

  /** Counts one in; on the model's loop. */
  void enter() {
    now++;
    if (now > peak) {
      peak = now;
    }
  }

  /** Counts one out; on the model's loop. */
  void leave() {
    now--;
  }

  /** Returns the most there ever were; for any thread. */
  int peak() {
    return peak;
  }
}
