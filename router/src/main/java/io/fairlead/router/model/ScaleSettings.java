package io.fairlead.router.model;

import java.time.Duration;

/**
 * How many replicas a deployment shall have.
 *
 * @param minInstances 0 for none while nobody asks: the first request then waits for a replica
 * @param targetUtilizationPercentage share of its slots that a replica shall use, 1 to 100
 * @param pollingInterval time from one decision to the next, whole seconds, 1 s to 1 h
 * @param maxStep most replicas that one decision adds or takes away; 0 for as many again up, and
 *     half down
 * @param options what goes beyond the documented formula, all off by default
 */
public record ScaleSettings(
    Type type,
    int minInstances,
    int maxInstances,
    int targetUtilizationPercentage,
    Duration pollingInterval,
    Mode mode,
    int maxStep,
    ScaleOptions options) {
  /** Who decides. */
  public enum Type {
    /** {@code instanceCount}: nobody else changes it. */
    DEFAULT,
    /** The load, between {@code minInstances} and {@code maxInstances}. */
    TARGET_UTILIZATION
  }

  /** What becomes of a decision. */
  public enum Mode {
    /** It is carried out. */
    ACTIVE,
    /** It is shown and counted, and nothing is written. */
    ADVISORY
  }

  /** The most instances that any number here may name. */
  public static final int MOST_INSTANCES = 10_000;

  /** The documented defaults: one instance, 70 %, looked at each second. */
  public static final ScaleSettings DEFAULT =
      new ScaleSettings(
          Type.DEFAULT, 1, 1, 70, Duration.ofSeconds(1), Mode.ACTIVE, 0, ScaleOptions.NONE);

  public ScaleSettings {
    range("minInstances", minInstances, 0, MOST_INSTANCES);
    range("maxInstances", maxInstances, 0, MOST_INSTANCES);
    if (maxInstances < minInstances) {
      throw new IllegalArgumentException(
          "maxInstances: " + maxInstances + " (expected: >= minInstances " + minInstances + ")");
    }
    range("targetUtilizationPercentage", targetUtilizationPercentage, 1, 100);
    if (!pollingInterval.equals(Duration.ofSeconds(pollingInterval.toSeconds()))) {
      throw new IllegalArgumentException(
          "pollingInterval: " + pollingInterval + " (expected: whole seconds)");
    }
    range("pollingInterval", pollingInterval.toSeconds(), 1, 3600);
    range("maxStep", maxStep, 0, MOST_INSTANCES);
  }

  /** Returns whether the load decides. */
  public boolean followsLoad() {
    return type == Type.TARGET_UTILIZATION;
  }

  static void range(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }
}
