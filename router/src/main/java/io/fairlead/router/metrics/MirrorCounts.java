package io.fairlead.router.metrics;

import io.fairlead.router.control.MirrorResult;

/**
 * What became of the copies that one event loop sent to a mirror deployment: a count for each
 * result, then one for each outcome of a comparison.
 */
final class MirrorCounts extends Cells {
  private static final int RESULTS = MirrorResult.values().length;

  MirrorCounts() {
    super(RESULTS + 4);
  }

  /** Returns the cell of a comparison. */
  static int compared(boolean sameClass, boolean slower) {
    return RESULTS + (sameClass ? 0 : 2) + (slower ? 1 : 0);
  }
}
