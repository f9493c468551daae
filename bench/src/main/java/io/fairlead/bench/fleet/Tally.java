package io.fairlead.bench.fleet;

import io.fairlead.bench.client.Call;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/** What became of the calls of one run. Thread-safe. */
final class Tally {
  private static final long MOST_NANOS = 300_000_000_000L;

  private final Map<Integer, Long> statuses = new TreeMap<>();
  private final Histogram latency = new SynchronizedHistogram(1_000, MOST_NANOS, 3);

  private final LongAdder sent = new LongAdder();
  private final LongAdder held = new LongAdder();

  void sentOne() {
    sent.increment();
  }

  /** One got no good answer from a router that was killed or stopped while it had it. */
  void heldByStruck() {
    held.increment();
  }

  void ended(Call call) {
    synchronized (statuses) {
      statuses.merge(call.status(), 1L, Long::sum);
    }
    if (call.status() == 200) {
      latency.recordValue(Math.clamp(call.latencyNanos(), 0, MOST_NANOS));
    }
  }

  long good() {
    synchronized (statuses) {
      return statuses.getOrDefault(200, 0L);
    }
  }

  long sent() {
    return sent.sum();
  }

  /**
   * Returns how many got no answer of the model, those aside that were with a router that was
   * killed or stopped.
   */
  long lost() {
    return sent() - good() - held.sum();
  }

  double millis(double percentile) {
    return latency.getValueAtPercentile(percentile) / 1e6;
  }

  /** Returns latencies and statuses in one line. */
  @Override
  public String toString() {
    synchronized (statuses) {
      return "p99 %.1f ms, most %.1f ms; statuses %s; %d lost with who held them"
          .formatted(millis(99), millis(100), statuses, held.sum());
    }
  }
}
