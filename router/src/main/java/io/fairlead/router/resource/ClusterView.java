package io.fairlead.router.resource;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the objects of a cluster amount to.
 *
 * @param endpoints the oldest first
 * @param reports what is to be said of each object, in the order of the objects
 * @param declared the object that declares each deployment
 * @param secrets that must be known to tell
 * @param selections whose pods must be known to tell
 * @param isComplete whether all of those are
 */
public record ClusterView(
    List<Endpoint> endpoints,
    List<Deployment> deployments,
    List<Report> reports,
    Map<DeploymentKey, ClusterObject> declared,
    Set<SecretKey> secrets,
    Set<PodSelection> selections,
    boolean isComplete) {
  public ClusterView {
    endpoints = List.copyOf(endpoints);
    deployments = List.copyOf(deployments);
    reports = List.copyOf(reports);
    declared = Map.copyOf(declared);
    secrets = Set.copyOf(secrets);
    selections = Set.copyOf(selections);
  }
}
