package io.fairlead.router.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whole percentages of an endpoint's traffic by deployment name; they add up to 0 or to 100.
 *
 * @param percent deployment name to percent, 0 to 100, in the order written
 */
public record TrafficSplit(Map<String, Integer> percent) {
  /** No deployment gets traffic unless it is addressed by header. */
  public static final TrafficSplit EMPTY = new TrafficSplit(Map.of());

  public TrafficSplit {
    percent = Collections.unmodifiableMap(new LinkedHashMap<>(percent));
    int sum = 0;
    for (Map.Entry<String, Integer> share : percent.entrySet()) {
      Names.require("traffic", share.getKey());
      if (share.getValue() < 0 || share.getValue() > 100) {
        throw new IllegalArgumentException(
            "traffic." + share.getKey() + ": " + share.getValue() + " (expected: 0 to 100)");
      }
      sum += share.getValue();
    }
    if (sum != 0 && sum != 100) {
      throw new IllegalArgumentException("traffic: sum is " + sum + " (expected: 0 or 100)");
    }
  }
}
