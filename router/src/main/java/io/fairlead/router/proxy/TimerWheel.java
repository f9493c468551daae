package io.fairlead.router.proxy;

import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A coarse wheel of timeouts for one event loop: arming, putting off and disarming cost a few field
 * writes and allocate nothing.
 *
 * <p>The one trick: a timeout that is put off or disarmed stays where it lies. When its tick comes,
 * it is dropped, moved on, or expired, whatever its deadline says by then. A connection that serves
 * thousands of requests a second moves in the wheel only every few seconds.
 */
final class TimerWheel implements Runnable {
  static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** Ticks ahead that the wheel can hold; a later deadline is looked at again on the way. */
  static final int SLOTS = 1024;

  /** Where the loop is asked to call {@link #run} after a delay. */
  interface Alarm {
    void in(long delayNanos, Runnable task);
  }

  private final @Nullable Timeout[] slots = new Timeout[SLOTS];
  private final Alarm alarm;
  private final LongSupplier clock;
  private final ArrayList<Timeout> due = new ArrayList<>();
  private long doneTick;

  /** When it runs next: no later than anything that lies in it. */
  private long wakeTick = Long.MAX_VALUE;

  private int alarms;
  private int size;

  TimerWheel(LongSupplier clock, Alarm alarm) {
    this.clock = clock;
    this.alarm = alarm;
    this.doneTick = clock.getAsLong() / TICK_NANOS;
  }

  /**
   * Lets {@code timeout} expire at {@code deadlineNanos} and not before, whatever was said before.
   */
  void arm(Timeout timeout, long deadlineNanos) {
    timeout.deadlineNanos = deadlineNanos;
    timeout.armed = true;
    long tick = tickOf(deadlineNanos);
    if (!timeout.linked) {
      link(timeout, tick);
    } else if (tick < timeout.tick) {
      unlink(timeout);
      link(timeout, tick);
    }
  }

  /** Lets {@code timeout} not expire. */
  static void disarm(Timeout timeout) {
    timeout.armed = false;
  }

  /**
   * Takes {@code timeout} out, for an owner that is no more: what lies in the wheel is kept alive
   * by it, for up to a turn of 5 s, and with the owner all that it refers to.
   */
  void remove(Timeout timeout) {
    timeout.armed = false;
    if (timeout.linked) {
      unlink(timeout);
    }
  }

  private static long tickOf(long deadlineNanos) {
    return (deadlineNanos + TICK_NANOS - 1) / TICK_NANOS;
  }

  private static int slotOf(long tick) {
    return (int) (tick & SLOTS - 1);
  }

  private void link(Timeout timeout, long wanted) {
    long tick = Math.clamp(wanted, doneTick + 1, doneTick + SLOTS - 1);
    int slot = slotOf(tick);
    Timeout first = slots[slot];
    timeout.tick = tick;
    timeout.linked = true;
    timeout.previous = null;
    timeout.next = first;
    if (first != null) {
      first.previous = timeout;
    }
    slots[slot] = timeout;
    size++;
    if (tick < wakeTick) {
      wakeAt(tick);
    }
  }

  private void unlink(Timeout timeout) {
    Timeout before = timeout.previous;
    Timeout after = timeout.next;
    if (before == null) {
      slots[slotOf(timeout.tick)] = after;
    } else {
      before.next = after;
    }
    if (after != null) {
      after.previous = before;
    }
    timeout.previous = null;
    timeout.next = null;
    timeout.linked = false;
    size--;
  }

  private void wakeAt(long tick) {
    wakeTick = tick;
    alarms++;
    alarm.in(Math.max(0, tick * TICK_NANOS - clock.getAsLong()), this);
  }

  /** Expires what is due. An alarm that comes too early or twice does no harm. */
  @Override
  public void run() {
    alarms--;
    long now = clock.getAsLong();
    try {
      if (now / TICK_NANOS >= wakeTick) {
        expireUntil(now / TICK_NANOS, now);
      }
    } finally {
      if (size > 0 && (wakeTick == Long.MAX_VALUE || alarms == 0)) {
        wakeAt(nextTick());
      }
    }
  }

  private void expireUntil(long tick, long now) {
    // after a long stall one turn of the wheel visits everything
    long from = Math.max(doneTick + 1, tick - SLOTS + 1);
    doneTick = tick; // what is linked from here on lies ahead of this run
    wakeTick = Long.MIN_VALUE; // and sets no alarm: something else may be due before it
    try {
      for (long t = from; t <= tick; t++) {
        visit(slotOf(t), now);
      }
    } finally {
      while (!due.isEmpty()) { // one threw, which is a bug of that one: the rest come next
        Timeout left = due.removeLast();
        if (!left.linked) {
          link(left, tick);
        }
      }
      wakeTick = Long.MAX_VALUE;
    }
  }

  private void visit(int slot, long now) {
    // the whole list is taken out first: what expires may arm its neighbours, even into this slot
    for (Timeout t = slots[slot]; t != null; t = slots[slot]) {
      unlink(t);
      due.add(t);
    }
    while (!due.isEmpty()) {
      Timeout timeout = due.removeLast();
      if (timeout.linked || !timeout.armed) {
        continue;
      }
      if (timeout.deadlineNanos <= now) {
        timeout.armed = false;
        timeout.expired(now);
      } else {
        link(timeout, tickOf(timeout.deadlineNanos));
      }
    }
  }

  private long nextTick() {
    long tick = doneTick + 1;
    while (slots[slotOf(tick)] == null) {
      tick++;
    }
    return tick;
  }
}
