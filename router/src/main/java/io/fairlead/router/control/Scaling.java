package io.fairlead.router.control;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Scales the deployments that ask for it, while this router leads. A turn never waits: reading and
 * writing scales is done by the executor, and a deployment whose last evaluation still waits for
 * the API server is left out.
 */
public final class Scaling implements ScaleStates {
  private final Snapshots snapshots;
  private final LoadReports reports;
  private final ScaleTargets targets;
  private final BooleanSupplier leads;
  private final Executor executor;
  private final InstantSource clock;
  private final Map<DeploymentKey, ScaleLoop> loops = new ConcurrentHashMap<>();

  /**
   * Makes one that scales nothing until its first turn.
   *
   * @param leads whether this router may write; asked again before each write
   */
  public Scaling(
      Snapshots snapshots,
      LoadReports reports,
      ScaleTargets targets,
      BooleanSupplier leads,
      Executor executor,
      InstantSource clock) {
    this.snapshots = snapshots;
    this.reports = reports;
    this.targets = targets;
    this.leads = leads;
    this.executor = executor;
    this.clock = clock;
  }

  /** Begins every evaluation that is due. For the control thread. */
  public void turn(long nowNanos) {
    Set<DeploymentKey> scaled = new HashSet<>();
    boolean isLeading = leads.getAsBoolean();
    for (Deployment deployment : snapshots.current().state().deployments()) {
      if (deployment.scaleSettings().followsLoad()) {
        scaled.add(deployment.key());
        ScaleLoop loop =
            loops.computeIfAbsent(deployment.key(), key -> new ScaleLoop(new ScaleLog(key)));
        if (isLeading && loop.begins(deployment.scaleSettings(), nowNanos)) {
          executor.execute(
              () -> loop.evaluate(deployment, reports, targets, leads, clock.instant(), nowNanos));
        }
      }
    }
    loops.keySet().retainAll(scaled);
  }

  @Override
  public boolean leads() {
    return leads.getAsBoolean();
  }

  @Override
  public List<ScaleState> states() {
    return loops.values().stream()
        .map(ScaleLoop::state)
        .sorted(
            Comparator.comparing((ScaleState state) -> state.key().namespace())
                .thenComparing(state -> state.key().endpoint())
                .thenComparing(state -> state.key().deployment()))
        .toList();
  }

  @Override
  public List<LoadLine> trace(DeploymentKey deployment) {
    ScaleLoop loop = loops.get(deployment);
    return loop == null ? List.of() : loop.trace();
  }
}
