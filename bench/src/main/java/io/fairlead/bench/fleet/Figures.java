package io.fairlead.bench.fleet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Arithmetic on a few measured numbers. */
final class Figures {
  private Figures() {}

  static double median(List<Double> values) {
    return quantile(values, 0.5);
  }

  /** Returns the smallest value that so large a part of all does not exceed; 0 of nothing. */
  static double quantile(List<Double> values, double part) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int rank = (int) Math.ceil(part * sorted.size());
    return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, rank - 1));
  }

  static String list(List<Double> values) {
    return values.stream()
        .map(value -> String.format(Locale.ROOT, "%.3f", value))
        .collect(Collectors.joining(" "));
  }
}
