package io.fairlead.router.model;

import java.util.List;

/**
 * Everything the router serves, at one moment.
 *
 * @param version grows by one with each change
 */
public record ClusterState(long version, List<Endpoint> endpoints, List<Deployment> deployments) {
  /** Nothing to serve yet. */
  public static final ClusterState EMPTY = new ClusterState(0, List.of(), List.of());

  public ClusterState {
    endpoints = List.copyOf(endpoints);
    deployments = List.copyOf(deployments);
  }
}
