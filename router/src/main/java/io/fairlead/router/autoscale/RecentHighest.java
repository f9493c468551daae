package io.fairlead.router.autoscale;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The highest number of a window of time, once numbers for all of the window are known.
 *
 * <p>It holds at most one number of each reading, and only those that nothing later exceeds.
 */
final class RecentHighest {
  private final Deque<Reading> falling = new ArrayDeque<>();
  private boolean empty = true;
  private long sinceNanos;
  private long lastNanos;

  private record Reading(long atNanos, int value) {}

  /** Adds {@code value}; a silence of more than {@code gapNanos} before it begins a new window. */
  void add(int value, long gapNanos, long nowNanos) {
    if (!empty && nowNanos - lastNanos > gapNanos) {
      clear();
    }
    if (empty) {
      empty = false;
      sinceNanos = nowNanos;
    }
    lastNanos = nowNanos;
    while (!falling.isEmpty() && falling.getLast().value <= value) {
      falling.removeLast();
    }
    falling.addLast(new Reading(nowNanos, value));
  }

  /** Forgets everything. */
  void clear() {
    falling.clear();
    empty = true;
  }

  /** Returns whether all of the last {@code windowNanos} is known. */
  boolean covers(long windowNanos, long nowNanos) {
    return !empty && nowNanos - sinceNanos >= windowNanos;
  }

  /** Returns the highest of the last {@code windowNanos}; 0 if there is none. */
  int highest(long windowNanos, long nowNanos) {
    while (!falling.isEmpty() && nowNanos - falling.getFirst().atNanos > windowNanos) {
      falling.removeFirst();
    }
    return falling.isEmpty() ? 0 : falling.getFirst().value;
  }
}
