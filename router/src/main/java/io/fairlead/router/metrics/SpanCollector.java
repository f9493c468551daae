package io.fairlead.router.metrics;

import io.fairlead.router.control.SpanCounts;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.Supplier;

/** Reads what became of requests with a span. */
final class SpanCollector implements MultiCollector {
  private final Supplier<SpanCounts> counts;

  SpanCollector(Supplier<SpanCounts> counts) {
    this.counts = counts;
  }

  @Override
  public MetricSnapshots collect() {
    SpanCounts now = counts.get();
    Points spans = new Points(Meter.SPANS);
    spans.add(now.exported(), "exported");
    spans.add(now.dropped(), "dropped");
    spans.add(now.failed(), "failed");
    return MetricSnapshots.of(spans.snapshot());
  }
}
