package io.fairlead.router.resource;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A deployment and where its replicas come from: its addresses, the pods that it selects, or those
 * that carry its labels.
 *
 * @param deployment with the addresses that it lists
 * @param selection null if it selects none
 */
record Supply(Deployment deployment, @Nullable PodSelection selection, boolean hasAddresses) {
  /** What goes by the usual labels, with every setting as by default. */
  static Supply ofLabels(Deployment deployment) {
    return new Supply(deployment, null, false);
  }

  static @Nullable Supply read(Fields root, Metadata metadata) {
    Declared<DeploymentKey, Deployment> declared = DeploymentReader.read(root, metadata, true);
    if (declared == null || declared.value() == null || declared.fields() == null) {
      return null;
    }
    Fields spec = declared.fields();
    return new Supply(
        declared.value(),
        PodSelection.read(spec, metadata.namespace()),
        spec.value("addresses") != null);
  }

  DeploymentKey key() {
    return deployment.key();
  }

  /** Returns its pods; none if they are not known, or it has addresses. */
  List<ObservedPod> pods(
      Map<DeploymentKey, List<ObservedPod>> labelled,
      Map<PodSelection, List<ObservedPod>> selected) {
    if (hasAddresses) {
      return List.of();
    }
    return selection == null
        ? labelled.getOrDefault(key(), List.of())
        : selected.getOrDefault(selection, List.of());
  }

  /** Returns the deployment with those of {@code pods} that can be sent requests. */
  Deployment with(List<ObservedPod> pods) {
    if (hasAddresses) {
      return deployment;
    }
    Set<Replica> replicas = new LinkedHashSet<>(); // two pods of a node's network share an address
    for (ObservedPod pod : pods) {
      if (pod.isServing()) {
        replicas.add(new Replica(pod.address(), deployment.scoring().port()));
      }
    }
    return deployment.with(new ArrayList<>(replicas));
  }

  /** Returns how many replicas there are, of which {@code ready} can be sent requests. */
  Report.Count count(List<ObservedPod> pods, int ready) {
    return new Report.Count(deployment.name(), hasAddresses ? ready : pods.size(), ready);
  }

  /** Returns the label selector of its pods. */
  String selector() {
    if (hasAddresses) {
      return "";
    }
    return selection != null
        ? selection.labels()
        : PodSelection.text(
            Map.of(
                ObservedPod.ENDPOINT_LABEL, key().endpoint(),
                ObservedPod.DEPLOYMENT_LABEL, key().deployment()));
  }
}
