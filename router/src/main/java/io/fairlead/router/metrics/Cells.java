package io.fairlead.router.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/** A few counters of one event loop, which alone writes them, as {@link Histogram} is written. */
class Cells {
  private final AtomicLongArray cells;

  Cells(int count) {
    cells = new AtomicLongArray(count);
  }

  void add(int cell) {
    cells.setOpaque(cell, cells.getPlain(cell) + 1);
  }

  long of(int cell) {
    return cells.getOpaque(cell);
  }
}
