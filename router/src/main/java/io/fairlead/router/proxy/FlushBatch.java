package io.fairlead.router.proxy;

import java.util.ArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The channels of one loop that were written to since its last turn, flushed together at its end.
 *
 * <p>The one trick: the flush is a task of the loop, and tasks run after all ready sockets have
 * been read. Answers of many models to one HTTP/2 connection leave in one system call and one TLS
 * record.
 */
final class FlushBatch implements Runnable {
  private final Executor turnEnd;
  private final Consumer<Throwable> bugs;
  private ArrayList<Flushable> waiting = new ArrayList<>();
  private ArrayList<Flushable> flushing = new ArrayList<>();

  /** A connection that knows whether it is in the batch already. */
  interface Flushable {
    /** Returns true the first time since the last {@link #flushNow}. */
    boolean markForFlush();

    /** Flushes its channel and forgets the mark. */
    void flushNow();
  }

  /**
   * Makes the batch of one loop.
   *
   * @param turnEnd runs a task at the end of the loop's turn
   * @param bugs is told of a flush that throws, which must not keep the others from theirs
   */
  FlushBatch(Executor turnEnd, Consumer<Throwable> bugs) {
    this.turnEnd = turnEnd;
    this.bugs = bugs;
  }

  /** Flushes {@code connection} at the end of this turn of the loop. */
  void add(Flushable connection) {
    if (connection.markForFlush()) {
      if (waiting.isEmpty()) {
        turnEnd.execute(this);
      }
      waiting.add(connection);
    }
  }

  @Override
  public void run() {
    ArrayList<Flushable> batch = waiting;
    waiting = flushing; // a flush may write again, for the next turn
    flushing = batch;
    for (int i = 0; i < batch.size(); i++) {
      try {
        batch.get(i).flushNow();
      } catch (RuntimeException | Error e) { // no direct memory left is an Error
        bugs.accept(e);
      }
    }
    batch.clear();
  }
}
