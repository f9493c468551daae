package io.fairlead.router.control;

import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.HedgeCounts;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.model.Deployment;
import java.util.ArrayList;
import java.util.List;

/**
 * One deployment with the numbers of its dispatcher at one moment.
 *
 * @param doubleReleases releases of permits that had been released before; must stay 0
 */
public record DeploymentLoad(
    Deployment deployment, Load load, HedgeCounts hedges, long doubleReleases) {
  /** Reads the dispatchers of {@code snapshot}, in the order of their ordinals. */
  public static List<DeploymentLoad> of(Snapshot snapshot, long nowNanos) {
    List<DeploymentLoad> loads = new ArrayList<>();
    for (Dispatcher dispatcher : snapshot.dispatchers()) {
      if (dispatcher != null) {
        loads.add(
            new DeploymentLoad(
                dispatcher.deployment(),
                dispatcher.load(nowNanos),
                dispatcher.hedges(),
                dispatcher.doubleReleases()));
      }
    }
    return List.copyOf(loads);
  }
}
