package io.fairlead.router.metrics;

import java.util.concurrent.atomic.AtomicLong;

/** What one event loop has counted of one target's responses that stream; written by it alone. */
final class Streams {
  private final Histogram firstByte = new Histogram(Buckets.DURATION);
  private final Histogram gaps = new Histogram(Buckets.DURATION);
  private final AtomicLong events = new AtomicLong();

  void began(long firstByteNanos) {
    firstByte.record(firstByteNanos);
  }

  /** Counts events that came together, so long after the ones before; -1 where there were none. */
  void passed(int count, long gapNanos) {
    events.setOpaque(events.getPlain() + count);
    if (gapNanos >= 0) {
      gaps.record(gapNanos);
    }
    if (count > 1) {
      gaps.recordNone(count - 1);
    }
  }

  Histogram firstByte() {
    return firstByte;
  }

  Histogram gaps() {
    return gaps;
  }

  long events() {
    return events.getOpaque();
  }
}
