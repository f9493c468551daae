package io.fairlead.router.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of one meter as they are gathered for a scrape. Values of the same tags are added up:
 * those of the event loops, and those of endpoints that have one name in two namespaces.
 */
final class Points {
  private final Meter meter;
  private final Map<Labels, Double> values = new LinkedHashMap<>();

  Points(Meter meter) {
    this.meter = meter;
  }

  /** Adds {@code value} to the series with these values of the meter's tags. */
  void add(double value, String... tagValues) {
    values.merge(labels(meter, tagValues), value, Double::sum);
  }

  /** Adds a number of things; it is exact up to 2^53. */
  void add(long value, String... tagValues) {
    add((double) value, tagValues);
  }

  MetricSnapshot snapshot() {
    return switch (meter.kind()) {
      case COUNTER -> {
        List<CounterDataPointSnapshot> points = new ArrayList<>();
        values.forEach((tags, v) -> points.add(new CounterDataPointSnapshot(v, tags, null, 0)));
        yield new CounterSnapshot(meter.metadata(), points);
      }
      case GAUGE -> {
        List<GaugeDataPointSnapshot> points = new ArrayList<>();
        values.forEach((tags, v) -> points.add(new GaugeDataPointSnapshot(v, tags, null)));
        yield new GaugeSnapshot(meter.metadata(), points);
      }
      case INFO -> {
        List<InfoDataPointSnapshot> points = new ArrayList<>();
        values.keySet().forEach(tags -> points.add(new InfoDataPointSnapshot(tags)));
        yield new InfoSnapshot(meter.metadata(), points);
      }
      case HISTOGRAM -> throw new IllegalStateException(meter + " (expected: no histogram)");
    };
  }

  /** Returns a meter with one series without tags. */
  static MetricSnapshot single(Meter meter, double value) {
    Points points = new Points(meter);
    points.add(value);
    return points.snapshot();
  }

  static MetricSnapshot single(Meter meter, long value) {
    return single(meter, (double) value);
  }

  /** The histograms of one meter as they are gathered for a scrape. */
  static final class Durations {
    private final Meter meter;
    private final Buckets buckets;
    private final Map<Labels, long[]> totals = new LinkedHashMap<>();
    private final Map<Labels, List<Exemplar>> exemplars = new HashMap<>();

    Durations(Phase phase) {
      this(phase.meter(), phase.buckets());
    }

    Durations(Meter meter, Buckets buckets) {
      this.meter = meter;
      this.buckets = buckets;
    }

    void add(Histogram histogram, String... tagValues) {
      histogram.addTo(
          totals.computeIfAbsent(labels(meter, tagValues), tags -> new long[buckets.count() + 1]));
    }

    /**
     * Shows {@code sample} beside a series that counted it; OpenMetrics shows one to a bucket.
     *
     * @param nanos what was counted; negative if nothing was
     */
    void addExemplar(long nanos, SpanSample sample, String... tagValues) {
      if (nanos >= 0) {
        exemplars
            .computeIfAbsent(labels(meter, tagValues), tags -> new ArrayList<>())
            .add(
                Exemplar.builder()
                    .value(nanos / 1e9)
                    .traceId(sample.traceId())
                    .spanId(sample.spanId())
                    .build());
      }
    }

    MetricSnapshot snapshot() {
      double[] bounds = buckets.seconds();
      List<HistogramDataPointSnapshot> points = new ArrayList<>();
      totals.forEach(
          (tags, cells) ->
              points.add(
                  new HistogramDataPointSnapshot(
                      ClassicHistogramBuckets.of(bounds, Arrays.copyOf(cells, bounds.length)),
                      cells[bounds.length] / 1e9,
                      tags,
                      Exemplars.of(exemplars.getOrDefault(tags, List.of())),
                      0)));
      return new HistogramSnapshot(meter.metadata(), points);
    }
  }

  private static Labels labels(Meter meter, String... values) {
    return Labels.of(meter.tags().toArray(new String[0]), values);
  }
}
