package io.fairlead.router.resource;

import java.util.List;
import java.util.Map;

/**
 * All that is known of a cluster at one moment, object by object.
 *
 * @param pods that carry the usual labels
 * @param selected pods, by what chooses them
 * @param secrets that were asked for; what is not in here has not been answered yet
 */
public record ClusterContents(
    List<ClusterObject> endpoints,
    List<ClusterObject> deployments,
    List<ObservedPod> pods,
    Map<PodSelection, List<ObservedPod>> selected,
    Map<SecretKey, SecretLook> secrets) {
  /** Nothing is known. */
  public static final ClusterContents EMPTY =
      new ClusterContents(List.of(), List.of(), List.of(), Map.of(), Map.of());

  public ClusterContents {
    endpoints = List.copyOf(endpoints);
    deployments = List.copyOf(deployments);
    pods = List.copyOf(pods);
    selected = Map.copyOf(selected);
    secrets = Map.copyOf(secrets);
  }
}
