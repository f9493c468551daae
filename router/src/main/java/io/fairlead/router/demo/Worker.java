package io.fairlead.router.demo;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The one worker of a model server: takes one turn at a time, while the others wait as in a
 * listener's backlog. Belongs to one event loop.
 */
final class Worker {
  private final Queue<Runnable> backlog = new ArrayDeque<>();
  private boolean busy;

  /** Runs {@code turn} now, or when those before it are done. */
  void enqueue(Runnable turn) {
    if (busy) {
      backlog.add(turn);
    } else {
      busy = true;
      turn.run();
    }
  }

  /** Ends the current turn. */
  void done() {
    Runnable next = backlog.poll();
    if (next == null) {
      busy = false;
    } else {
      next.run();
    }
  }
}
