package io.fairlead.router.admin;

import io.fairlead.router.control.BuildInfo;
import io.fairlead.router.control.Check;
import io.fairlead.router.control.ClusterContact;
import io.fairlead.router.control.DeploymentLoad;
import io.fairlead.router.control.FleetState;
import io.fairlead.router.control.LeaderState;
import io.fairlead.router.control.Reload;
import io.fairlead.router.control.RouterStatus;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything that the status page and its JSON show, read at one moment. */
record StatusView(
    BuildInfo build,
    Duration uptime,
    @Nullable Instant certificateNotAfter,
    List<Check> checks,
    @Nullable ClusterContact cluster,
    List<Reload> reloads,
    LeaderState leader,
    @Nullable FleetState fleet,
    long version,
    List<Service> services) {
  /** An endpoint with its deployments. */
  record Service(Endpoint endpoint, List<DeploymentLoad> deployments) {
    /** Returns the percentage of the traffic that {@code deployment} gets. */
    int percentOf(DeploymentLoad deployment) {
      return endpoint.traffic().split().percent().getOrDefault(deployment.deployment().name(), 0);
    }
  }

  static StatusView of(RouterStatus status, ClusterState state, List<Check> checks, Instant now) {
    List<DeploymentLoad> loads = status.loads();
    List<Service> services = new ArrayList<>();
    for (Endpoint endpoint : state.endpoints()) {
      List<DeploymentLoad> own =
          loads.stream().filter(load -> isOf(endpoint, load.deployment().key())).toList();
      services.add(new Service(endpoint, own));
    }
    return new StatusView(
        status.build(),
        Duration.between(status.startedAt(), now),
        status.certificateNotAfter(),
        checks,
        status.cluster(),
        status.lastReloads(),
        status.leader(),
        status.fleet(),
        state.version(),
        services);
  }

  private static boolean isOf(Endpoint endpoint, DeploymentKey key) {
    return key.namespace().equals(endpoint.namespace()) && key.endpoint().equals(endpoint.name());
  }
}
