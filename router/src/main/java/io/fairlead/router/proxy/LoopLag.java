package io.fairlead.router.proxy;

import io.netty.channel.EventLoop;
import java.util.function.LongSupplier;

/**
 * How late an event loop comes to a task it is given. One thread asks, from time to time; the loop
 * answers in its next turn.
 */
final class LoopLag implements Runnable {
  private static final long NOTHING_ASKED = -1;

  private final EventLoop loop;
  private final LongSupplier clock;
  private volatile long askedNanos = NOTHING_ASKED;
  private volatile long lastNanos;

  LoopLag(EventLoop loop, LongSupplier clock) {
    this.loop = loop;
    this.clock = clock;
  }

  /** Returns how late the last task was, or how long one has been waiting; gives it the next. */
  long ask(long nowNanos) {
    long asked = askedNanos;
    if (asked != NOTHING_ASKED) {
      return nowNanos - asked;
    }
    askedNanos = nowNanos;
    loop.execute(this);
    return lastNanos;
  }

  @Override
  public void run() {
    lastNanos = clock.getAsLong() - askedNanos;
    askedNanos = NOTHING_ASKED;
  }
}
