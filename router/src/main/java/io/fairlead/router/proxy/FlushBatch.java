package io.fairlead.router.proxy;

import io.netty.channel.EventLoop;
import java.util.ArrayList;

/**
 * The channels of one loop that were written to since its last turn, flushed together at its end.
 *
 * <p>The one trick: the flush is a task of the loop, and tasks run after all ready sockets have
 * been read. Answers of many models to one HTTP/2 connection leave in one system call and one TLS
 * record.
 */
final class FlushBatch implements Runnable {
  private final EventLoop eventLoop;
  private ArrayList<Flushable> waiting = new ArrayList<>();
  private ArrayList<Flushable> flushing = new ArrayList<>();

  /** A connection that knows whether it is in the batch already. */
  interface Flushable {
    /** Returns true the first time since the last {@link #flushNow}. */
    boolean markForFlush();

    /** Flushes its channel and forgets the mark. */
    void flushNow();
  }

  FlushBatch(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  /** Flushes {@code connection} at the end of this turn of the loop. */
  void add(Flushable connection) {
    if (connection.markForFlush()) {
      if (waiting.isEmpty()) {
        eventLoop.execute(this);
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
      batch.get(i).flushNow();
    }
    batch.clear();
  }
}
