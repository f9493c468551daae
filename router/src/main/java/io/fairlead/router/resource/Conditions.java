package io.fairlead.router.resource;

import io.fairlead.router.model.DeploymentKey;
import java.util.List;

/** What is said where objects are sound, but do not fit together. */
final class Conditions {
  private Conditions() {}

  static Condition nameTaken(ClusterObject endpoint, ClusterObject older) {
    return new Condition(
        Condition.Type.CONFLICT,
        "metadata.name: "
            + endpoint.name()
            + " is that of an older endpoint in namespace "
            + older.namespace()
            + " (expected: another name, or callers who use /api/v1/ns/"
            + endpoint.namespace()
            + "/endpoint/"
            + endpoint.name()
            + "/...)");
  }

  static Condition nameTaken(DeploymentKey key) {
    return new Condition(
        Condition.Type.CONFLICT,
        "spec.name: "
            + key.deployment()
            + " is that of an older deployment of endpoint "
            + key.endpoint()
            + " (expected: another name)");
  }

  static Condition noEndpoint(DeploymentKey key) {
    return new Condition(
        Condition.Type.ENDPOINT_NOT_FOUND,
        "spec.endpointName: "
            + key.endpoint()
            + " (expected: an OnlineEndpoint of namespace "
            + key.namespace()
            + ")");
  }

  static Condition noDeployment(List<String> names) {
    return new Condition(
        Condition.Type.DEPLOYMENT_NOT_FOUND,
        "spec.traffic: "
            + String.join(", ", names)
            + " (expected: deployments of this endpoint, or pods with their labels)");
  }

  static Condition noTraffic() {
    return new Condition(
        Condition.Type.NO_TRAFFIC,
        "spec.traffic: no deployment has a share (expected: percentages of sum 100)");
  }

  static Condition noReplicas(List<String> deployments) {
    return new Condition(
        Condition.Type.NO_REPLICAS,
        "no replica is ready of "
            + String.join(", ", deployments)
            + " (expected: at least one of each deployment with traffic)");
  }

  static Condition noReplicas(Supply supply) {
    return new Condition(
        Condition.Type.NO_REPLICAS,
        supply.hasAddresses()
            ? "spec.addresses: none (expected: at least one)"
            : "no pod with the labels " + supply.selector() + " is ready (expected: at least one)");
  }
}
