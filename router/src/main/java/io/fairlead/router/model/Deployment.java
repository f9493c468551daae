package io.fairlead.router.model;

import java.util.List;

/**
 * One version of a model behind an endpoint, with the replicas that are ready to serve it.
 *
 * @param replicas ready replicas, without duplicates
 */
public record Deployment(
    DeploymentKey key, List<Replica> replicas, Scoring scoring, RequestSettings requestSettings) {
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
  }

  /** Returns its name within its endpoint. */
  public String name() {
    return key.deployment();
  }
}
