package io.fairlead.router.control;

import io.fairlead.router.model.Deployment;

/**
 * The port to the scales of deployments. Its methods may block, and are called by one thread at a
 * time for one deployment.
 */
public interface ScaleTargets {
  /** Returns the scale of {@code deployment} now. */
  ScaleReading read(Deployment deployment);

  /**
   * Orders another number of replicas, unless the scale was changed since it was read.
   *
   * @param seen what was read before
   */
  ScaleReading write(Deployment deployment, ScaleReading.Scale seen, int replicas);

  /** Takes note of something new: a number that was ordered, or why none is, or no longer so. */
  void tell(Deployment deployment, ScaleRecord news);
}
