package io.fairlead.router.control;

import io.fairlead.router.dispatch.Candidate;
import io.fairlead.router.dispatch.Candidates;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.HedgeCounts;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.model.Deployment;
import java.util.ArrayList;
import java.util.List;

/**
 * One deployment with the numbers of its dispatcher at one moment.
 *
 * @param replicas with what each has in flight and how it stands
 * @param leaked permits that were released twice, or that nobody held; must stay 0
 */
public record DeploymentLoad(
    Deployment deployment, Load load, List<Candidate> replicas, HedgeCounts hedges, long leaked) {
  /** Removed replicas that are listed beside those of a deployment. */
  private static final int SOME_REMOVED = 64;

  public DeploymentLoad {
    replicas = List.copyOf(replicas);
  }

  /** Reads the dispatchers of {@code snapshot}, in the order of their ordinals. */
  public static List<DeploymentLoad> of(Snapshot snapshot, long nowNanos) {
    List<DeploymentLoad> loads = new ArrayList<>();
    for (Dispatcher dispatcher : snapshot.dispatchers()) {
      if (dispatcher != null) {
        Deployment deployment = dispatcher.deployment();
        Candidates seen = new Candidates(deployment.replicas().size() + SOME_REMOVED);
        Load load = dispatcher.load(nowNanos, seen, null);
        loads.add(
            new DeploymentLoad(
                deployment,
                load,
                seen.list(),
                dispatcher.hedges(),
                dispatcher.doubleReleases() + dispatcher.leaks()));
      }
    }
    return List.copyOf(loads);
  }
}
