package io.fairlead.router.metrics;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts of answers by status and reason, of one target on one event loop.
 *
 * <p>A small open-addressed table: a target sees a handful of the 600 x 28 pairs. It is written by
 * one thread, as {@link Histogram} is, and allocates only when a pair is seen for the first time
 * and half of the places are taken. A reader may still hold the smaller table; it then sees counts
 * of a moment ago.
 */
final class AnswerCounts {
  /** Takes one count. */
  interface Visitor {
    void visit(int status, int reason, long count);
  }

  private static final int REASON_BITS = 8;
  private static final int FREE = 0;

  private volatile Table table = new Table(8);

  /** Counts one answer; {@code reason} is 0 to 255, {@code status} is not negative. */
  void add(int status, int reason) {
    int key = 1 + ((status << REASON_BITS) | reason);
    Table current = table;
    int place = current.placeOf(key);
    if (current.keys.getPlain(place) == FREE) {
      if (current.isHalfFull()) {
        current = current.doubled();
        place = current.placeOf(key);
        table = current;
      }
      current.claim(place, key);
    }
    current.counts.setOpaque(place, current.counts.getPlain(place) + 1);
  }

  void forEach(Visitor visitor) {
    Table current = table;
    for (int place = 0; place < current.keys.length(); place++) {
      int key = current.keys.getAcquire(place);
      if (key != FREE) {
        int pair = key - 1;
        visitor.visit(
            pair >>> REASON_BITS, pair & ((1 << REASON_BITS) - 1), current.counts.getOpaque(place));
      }
    }
  }

  private static final class Table {
    final AtomicIntegerArray keys;
    final AtomicLongArray counts;
    private int used;

    Table(int size) {
      keys = new AtomicIntegerArray(size);
      counts = new AtomicLongArray(size);
    }

    /** Returns where {@code key} is, or the free place where it belongs. */
    int placeOf(int key) {
      int mask = keys.length() - 1;
      int place = ((key * 0x9E37_79B9) >>> 16) & mask;
      while (keys.getPlain(place) != FREE && keys.getPlain(place) != key) {
        place = (place + 1) & mask;
      }
      return place;
    }

    void claim(int place, int key) {
      keys.setRelease(place, key);
      used++;
    }

    boolean isHalfFull() {
      return used * 2 >= keys.length();
    }

    Table doubled() {
      Table larger = new Table(2 * keys.length());
      for (int i = 0; i < keys.length(); i++) {
        int key = keys.getPlain(i);
        if (key != FREE) {
          int place = larger.placeOf(key);
          larger.counts.setPlain(place, counts.getPlain(i));
          larger.claim(place, key);
        }
      }
      return larger;
    }
  }
}
