package io.fairlead.router.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Durations of one kind as one event loop saw them: a count for each bucket, and the sum.
 *
 * <p>One thread writes, with a plain read and an opaque write; another reads at a scrape, with
 * opaque reads. Each cell so is whole, never goes back and is seen soon, which is all that a
 * counter promises; a scrape in the middle of a {@link #record} sees one of the two cells a moment
 * early, and the next scrape sees both.
 */
final class Histogram {
  private final Buckets buckets;
  private final AtomicLongArray cells;

  Histogram(Buckets buckets) {
    this.buckets = buckets;
    this.cells = new AtomicLongArray(buckets.count() + 1);
  }

  /** Counts one duration; one that a clock made negative counts as 0. */
  void record(long nanos) {
    long counted = Math.max(0, nanos);
    add(buckets.indexOf(counted), 1);
    add(buckets.count(), counted);
  }

  /** Counts {@code times} durations of nothing. */
  void recordNone(int times) {
    add(buckets.indexOf(0), times);
  }

  private void add(int cell, long amount) {
    cells.setOpaque(cell, cells.getPlain(cell) + amount);
  }

  /** Adds every cell to {@code total}: the buckets in order, then the sum in nanoseconds. */
  void addTo(long[] total) {
    for (int i = 0; i < total.length; i++) {
      total[i] += cells.getOpaque(i);
    }
  }
}
