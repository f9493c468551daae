package io.fairlead.router.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Counts reloads. Both results are there from the first of either, so that a rate can be taken. */
final class ReloadCollector implements Collector {
  private record Counts(long accepted, long rejected) {
    Counts plus(Counts other) {
      return new Counts(accepted + other.accepted, rejected + other.rejected);
    }
  }

  private final Map<String, Counts> byWhat = new ConcurrentSkipListMap<>();

  void reloaded(String what, boolean accepted) {
    byWhat.merge(what, accepted ? new Counts(1, 0) : new Counts(0, 1), Counts::plus);
  }

  @Override
  public MetricSnapshot collect() {
    Points points = new Points(Meter.RELOADS);
    byWhat.forEach(
        (what, counts) -> {
          points.add(counts.accepted, what, "accepted");
          points.add(counts.rejected, what, "rejected");
        });
    return points.snapshot();
  }
}
