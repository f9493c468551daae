package io.fairlead.router.control;

import io.fairlead.router.autoscale.ScaleRefusal;

/** What became of reading or writing a scale. */
public sealed interface ScaleReading {
  /**
   * It says so.
   *
   * @param replicas that are ordered
   * @param version that a writer names, so that nobody's change is written over unseen
   */
  record Scale(int replicas, String version) implements ScaleReading {}

  /**
   * It cannot be.
   *
   * @param detail for people
   */
  record Refused(ScaleRefusal why, String detail) implements ScaleReading {}
}
