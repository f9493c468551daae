package io.fairlead.router.control;

import io.fairlead.router.autoscale.ScaleRefusal;
import io.fairlead.router.model.DeploymentKey;
import java.util.List;
import java.util.Map;

/**
 * How a deployment was scaled by this router.
 *
 * @param ups how often more replicas were ordered
 * @param downs how often fewer were
 * @param refused how often nothing could be decided or ordered, and why
 * @param records newest first
 */
public record ScaleState(
    DeploymentKey key,
    long ups,
    long downs,
    Map<ScaleRefusal, Long> refused,
    List<ScaleRecord> records) {
  public ScaleState {
    refused = Map.copyOf(refused);
    records = List.copyOf(records);
  }
}
