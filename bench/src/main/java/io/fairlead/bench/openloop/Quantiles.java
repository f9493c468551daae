package io.fairlead.bench.openloop;

import org.HdrHistogram.Histogram;

/** A distribution of times in microseconds. */
record Quantiles(double p50, double p90, double p99, double p999, double max) {
  static Quantiles of(Histogram nanos) {
    return new Quantiles(
        micros(nanos.getValueAtPercentile(50)),
        micros(nanos.getValueAtPercentile(90)),
        micros(nanos.getValueAtPercentile(99)),
        micros(nanos.getValueAtPercentile(99.9)),
        micros(nanos.getMaxValue()));
  }

  private static double micros(long nanos) {
    return nanos / 1e3;
  }
}
