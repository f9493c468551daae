package io.fairlead.router.control;

import io.fairlead.router.autoscale.FleetLoad;
import java.util.ArrayList;
import java.util.List;

/**
 * What arrived at one deployment lately, as {@code fairlead replay} reads it: the last 3600
 * evaluations, an hour of one a second. Thread-safe.
 */
final class LoadTrace {
  private static final int MOST = 3600;
  private static final long SECOND = 1_000_000_000L;

  /** Begin, in nanoseconds; arrivals in thousandths per second; milliseconds of a slot. */
  private final long[] begins = new long[MOST];

  private final long[] rates = new long[MOST];
  private final int[] millis = new int[MOST];
  private int size;
  private int next;
  private long lastNanos;
  private boolean isBegun;
  private int lastMillis = 1;

  /** Adds what arrived since the reading before. */
  synchronized void add(FleetLoad load, long nowNanos) {
    long span = nowNanos - lastNanos;
    if (isBegun && span > 0) {
      if (load.slotMicros() > 0) {
        lastMillis = Math.clamp(load.slotMicros() / 1_000, 1, 300_000);
      }
      begins[next] = lastNanos;
      rates[next] = load.arrived() * 1_000 * SECOND / span;
      millis[next] = lastMillis;
      next = (next + 1) % MOST;
      size = Math.min(size + 1, MOST);
    }
    isBegun = true;
    lastNanos = nowNanos;
  }

  /** Returns a line for each evaluation, the oldest first; of two in one second the first. */
  synchronized List<LoadLine> lines() {
    List<LoadLine> lines = new ArrayList<>(size);
    long first = begins[(next - size + MOST) % MOST];
    for (int i = 0; i < size; i++) {
      int at = (next - size + i + MOST) % MOST;
      int second = (int) Math.min(Integer.MAX_VALUE, (begins[at] - first) / SECOND);
      if (lines.isEmpty() || second > lines.getLast().second()) {
        int arrivals = (int) Math.min(100_000, (rates[at] + 500) / 1_000);
        lines.add(new LoadLine(second, arrivals, millis[at]));
      }
    }
    return lines;
  }
}
