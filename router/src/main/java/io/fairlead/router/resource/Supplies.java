package io.fairlead.router.resource;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Replica;
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
import org.jspecify.annotations.Nullable;

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
   * @param served by key, in the order of their age
   * @param selections whose pods have to be known
   */
  record Found(
      List<ObjectReading<Supply>> readings,
      Map<DeploymentKey, ClusterObject> owners,
      Map<DeploymentKey, Served> served,
      Set<PodSelection> selections) {}

  /**
   * What was found of a deployment, and what it follows from.
   *
   * @param pods null if they are not known: its replicas are those of before
   */
  record Served(
      Supply supply, @Nullable List<ObservedPod> pods, Deployment deployment, Report.Count count) {
    private static Served of(Supply supply, List<ObservedPod> pods) {
      Deployment deployment = supply.with(pods);
      return new Served(supply, pods, deployment, supply.count(pods, deployment.replicas().size()));
    }

    private static Served stays(Supply supply, List<Replica> replicas) {
      return new Served(
          supply,
          null,
          supply.deployment().with(replicas),
          supply.count(List.of(), replicas.size()));
    }

    private boolean followsFrom(Supply nowSupply, List<ObservedPod> nowPods) {
      return supply.equals(nowSupply) && nowPods.equals(pods);
    }
  }

  private Map<String, ObjectReading<Supply>> known = Map.of();
  private Set<DeploymentKey> adopted = Set.of();
  private Map<DeploymentKey, Served> served = Map.of();

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
    Map<DeploymentKey, Served> now = new LinkedHashMap<>();
    Set<PodSelection> selections = new LinkedHashSet<>();
    byKey.forEach(
        (key, supply) -> {
          PodSelection selection = supply.selection();
          if (selection != null) {
            selections.add(selection);
          }
          List<ObservedPod> own = supply.pods(labelled, selected);
          Served last = served.get(key);
          if (last == null) {
            now.put(key, Served.of(supply, own));
          } else if (selection != null && !selected.containsKey(selection)) {
            now.put(key, Served.stays(supply, last.deployment().replicas()));
          } else {
            now.put(key, last.followsFrom(supply, own) ? last : Served.of(supply, own));
          }
        });
    served = now;
    return new Found(readings, owners, now, selections);
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
          byKey.computeIfAbsent(
              key,
              none ->
                  Supply.ofLabels(
                      new Deployment(none, List.of(), Scoring.DEFAULT, RequestSettings.DEFAULT)));
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
