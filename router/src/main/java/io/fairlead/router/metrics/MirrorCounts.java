package io.fairlead.router.metrics;

import io.fairlead.router.control.MirrorResult;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What became of the copies that one event loop sent to a mirror deployment: a count for each
 * result, then one for each outcome of a comparison. Written as {@link Histogram} is.
 */
final class MirrorCounts {
  private static final int RESULTS = MirrorResult.values().length;

  private final AtomicLongArray cells = new AtomicLongArray(RESULTS + 4);

  /** Returns the cell of a comparison. */
  static int compared(boolean sameClass, boolean slower) {
    return RESULTS + (sameClass ? 0 : 2) + (slower ? 1 : 0);
  }

  void add(int cell) {
    cells.setOpaque(cell, cells.getPlain(cell) + 1);
  }

  long of(int cell) {
    return cells.getOpaque(cell);
  }
}
