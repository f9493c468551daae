package io.fairlead.router.proxy;

/**
 * One stream as the windows see it: what may still be sent and received on it, and what waits until
 * it may be sent.
 */
abstract class Http2Flow {
  /** Above it whoever sends is asked to wait; below half of it, to go on. */
  private static final int MOST_WAITING = 65_536;

  final Http2ReceiveWindows.Window received = new Http2ReceiveWindows.Window();
  final Http2Backlog backlog = new Http2Backlog();
  int id;
  int sendWindow;
  boolean enlisted;
  long progressNanos; // when something that waited last went on

  private boolean paused;

  /** Returns the windows of its connection. */
  abstract Http2SendWindows sends();

  /** All that waited is out. */
  abstract void allSent();

  /** More may be sent again. */
  abstract void goOn();

  /** Returns whether nobody watches any more over what still waits. */
  abstract boolean isDone();

  /** Nobody takes what waits. */
  abstract void cancel();

  /** Returns whether more may be sent now; else {@link #goOn} follows. */
  public boolean isWritable() {
    boolean writable = backlog.size() < MOST_WAITING && sends().isChannelWritable();
    if (!writable && !paused) {
      paused = true;
      sends().paused(1);
    }
    return writable;
  }

  /** Goes on if it was asked to wait and need not any more. */
  void resume() {
    if (paused && backlog.size() <= MOST_WAITING / 2 && sends().isChannelWritable()) {
      paused = false;
      sends().paused(-1);
      goOn();
    }
  }

  /** Gives up what waits: the stream has ended. */
  void clear() {
    backlog.clear();
    if (paused) {
      paused = false;
      sends().paused(-1);
    }
  }
}
