package io.fairlead.router.resource;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The deployments of a cluster, read again only where they have changed. It remembers which of them
 * were adopted, for as long as traffic names them, and which replicas each had.
 */
final class Supplies {
  /**
   * What was found in one turn.
   *
   * @param readings of all resources, the oldest first
   * @param owners the resource that counts of each key; none of adopted ones
   * @param selections whose pods have to be known
   */
  record Found(
      List<ObjectReading<Supply>> readings,
      Map<DeploymentKey, ClusterObject> owners,
      Map<DeploymentKey, Deployment> served,
      Map<DeploymentKey, Report.Count> counts,
      Set<PodSelection> selections) {}

  private Map<String, ObjectReading<Supply>> known = Map.of();
  private Set<DeploymentKey> adopted = Set.of();
  private Map<DeploymentKey, Deployment> served = Map.of();

  /**
   * Finds all deployments.
   *
   * @param objects the oldest first: of two that have one key it is the one that counts
   * @param endpoints whose traffic may name deployments that have pods, but no resource
   */
  Found find(
      List<ClusterObject> objects,
      List<Endpoint> endpoints,
      List<ObservedPod> pods,
      Map<PodSelection, List<ObservedPod>> selected) {
    Map<DeploymentKey, List<ObservedPod>> labelled = byLabels(pods);
    List<ObjectReading<Supply>> readings = read(objects);
    Map<DeploymentKey, Supply> byKey = new LinkedHashMap<>();
    Map<DeploymentKey, ClusterObject> owners = new HashMap<>();
    for (ObjectReading<Supply> reading : readings) {
      Supply supply = reading.value();
      if (supply != null) {
        byKey.putIfAbsent(supply.key(), supply);
        owners.putIfAbsent(supply.key(), reading.object());
      }
    }
    adopt(endpoints, labelled, byKey);
    Map<DeploymentKey, Deployment> now = new LinkedHashMap<>();
    Map<DeploymentKey, Report.Count> counts = new HashMap<>();
    Set<PodSelection> selections = new LinkedHashSet<>();
    byKey.forEach(
        (key, supply) -> {
          PodSelection selection = supply.selection();
          if (selection != null) {
            selections.add(selection);
          }
          List<ObservedPod> own = supply.pods(labelled, selected);
          Deployment last = served.get(key);
          Deployment deployment =
              selection != null && !selected.containsKey(selection) && last != null
                  ? supply.deployment().with(last.replicas()) // until its pods are known
                  : supply.with(own);
          now.put(key, deployment);
          counts.put(key, supply.count(own, deployment.replicas().size()));
        });
    served = now;
    return new Found(readings, owners, now, counts, selections);
  }

  private static Map<DeploymentKey, List<ObservedPod>> byLabels(List<ObservedPod> pods) {
    Map<DeploymentKey, List<ObservedPod>> labelled = new HashMap<>();
    for (ObservedPod pod : pods) {
      labelled
          .computeIfAbsent(
              new DeploymentKey(pod.namespace(), pod.endpoint(), pod.deployment()),
              key -> new ArrayList<>())
          .add(pod);
    }
    return labelled;
  }

  private List<ObjectReading<Supply>> read(List<ClusterObject> objects) {
    Map<String, ObjectReading<Supply>> now = new LinkedHashMap<>();
    for (ClusterObject object : objects) {
      ObjectReading<Supply> last = known.get(object.uid());
      Supply good = last == null ? null : last.value();
      now.put(
          object.uid(),
          last != null && last.object().json().equals(object.json())
              ? new ObjectReading<>(object, good, last.problems(), Map.of())
              : ObjectReading.read(object, good, Map.of(), Supply::read));
    }
    known = now;
    return List.copyOf(now.values());
  }

  /** A deployment without a resource is one that traffic names and that has had a pod. */
  private void adopt(
      List<Endpoint> endpoints,
      Map<DeploymentKey, List<ObservedPod>> labelled,
      Map<DeploymentKey, Supply> byKey) {
    Set<DeploymentKey> now = new HashSet<>();
    for (Endpoint endpoint : endpoints) {
      for (String name : named(endpoint)) {
        var key = new DeploymentKey(endpoint.namespace(), endpoint.name(), name);
        boolean hasHadPods = labelled.containsKey(key) || adopted.contains(key);
        if (hasHadPods && name.length() + endpoint.name().length() <= 62) {
          now.add(key);
          byKey.putIfAbsent(
              key,
              Supply.ofLabels(
                  new Deployment(key, List.of(), Scoring.DEFAULT, RequestSettings.DEFAULT)));
        }
      }
    }
    adopted = now;
  }

  /** Returns the deployments that get requests of an endpoint, or copies of them. */
  static Set<String> named(Endpoint endpoint) {
    Set<String> names = new LinkedHashSet<>(endpoint.traffic().split().percent().keySet());
    if (endpoint.traffic().mirror() != null) {
      names.add(endpoint.traffic().mirror().deployment());
    }
    return names;
  }
}
