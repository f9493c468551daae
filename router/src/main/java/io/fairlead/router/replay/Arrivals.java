package io.fairlead.router.replay;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The requests of a trace one after the other: at random within their second, and of half to one
 * and a half of the average duration. The same seed gives the same requests, whatever becomes of
 * them.
 */
final class Arrivals {
  private static final int MICROS = 1_000_000;

  private final Trace trace;
  private final SplittableRandom random;
  private int line;
  private int second = -1;
  private int[] offsets = {};
  private int next;

  private long atNanos;
  private long slotNanos;

  Arrivals(Trace trace, long seed) {
    this.trace = trace;
    this.random = new SplittableRandom(seed);
  }

  /** Goes on to the next request; returns false if there is none. */
  boolean advance() {
    while (next == offsets.length) {
      if (++second == trace.seconds()) {
        return false;
      }
      if (line + 1 < trace.lines().size() && trace.lines().get(line + 1).second() == second) {
        line++;
      }
      offsets = random.ints(trace.lines().get(line).arrivals(), 0, MICROS).toArray();
      Arrays.sort(offsets);
      next = 0;
    }
    atNanos = second * 1_000_000_000L + offsets[next++] * 1_000L;
    long mean = trace.lines().get(line).modelMillis() * 1_000_000L;
    slotNanos = mean / 2 + random.nextLong(mean + 1);
    return true;
  }

  /** Returns when the request comes. */
  long atNanos() {
    return atNanos;
  }

  /** Returns how long a model takes for it. */
  long slotNanos() {
    return slotNanos;
  }
}
