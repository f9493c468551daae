package io.fairlead.router.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One version of a model behind an endpoint, with the replicas that are ready to serve it.
 *
 * @param replicas ready replicas, without duplicates
 * @param instanceCount replicas there shall be, as far as this deployment's own scale says
 * @param scaleTargetRef what has the scale that counts; null for the deployment itself
 */
public record Deployment(
    DeploymentKey key,
    List<Replica> replicas,
    Scoring scoring,
    RequestSettings requestSettings,
    ScaleSettings scaleSettings,
    int instanceCount,
    @Nullable ScaleTargetRef scaleTargetRef) {
  /** Makes a deployment that nobody scales. */
  public Deployment(
      DeploymentKey key, List<Replica> replicas, Scoring scoring, RequestSettings requestSettings) {
    this(key, replicas, scoring, requestSettings, ScaleSettings.DEFAULT, 1, null);
  }

  public Deployment {
    Names.require("name", key.deployment());
    Names.require("endpointName", key.endpoint());
    if (key.endpoint().length() + key.deployment().length() > 62) {
      throw new IllegalArgumentException(
          "name: "
              + key.deployment()
              + " (expected: 62 characters at most with the endpoint's name)");
    }
    replicas = List.copyOf(replicas);
    if (replicas.stream().distinct().count() != replicas.size()) {
      throw new IllegalArgumentException("addresses: one is listed twice (expected: each once)");
    }
    ScaleSettings.range("instanceCount", instanceCount, 0, ScaleSettings.MOST_INSTANCES);
  }

  /** Returns this with other replicas. */
  public Deployment with(List<Replica> newReplicas) {
    return new Deployment(
        key, newReplicas, scoring, requestSettings, scaleSettings, instanceCount, scaleTargetRef);
  }

  /** Returns whether there may be no replica, and a request then waits for the first to come. */
  public boolean holdsFirstRequest() {
    return scaleSettings.followsLoad()
        && scaleSettings.minInstances() == 0
        && scaleSettings.maxInstances() > 0;
  }

  /** Returns its name within its endpoint. */
  public String name() {
    return key.deployment();
  }
}
