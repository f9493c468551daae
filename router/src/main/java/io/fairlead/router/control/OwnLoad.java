package io.fairlead.router.control;

import io.fairlead.router.autoscale.LoadReport;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.dispatch.Throughput;
import io.fairlead.router.model.DeploymentKey;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The load of this router alone, which is all there is where it has no peers. If there are others
 * all the same, it is a part that nobody should scale by.
 */
public final class OwnLoad implements LoadReports {
  private final String name;
  private final Snapshots snapshots;
  private final BooleanSupplier hasOthers;

  /**
   * Reads the dispatchers of whatever is served when it is asked.
   *
   * @param name of this router
   * @param hasOthers whether there are other routers
   */
  public OwnLoad(String name, Snapshots snapshots, BooleanSupplier hasOthers) {
    this.name = name;
    this.snapshots = snapshots;
    this.hasOthers = hasOthers;
  }

  @Override
  public Set<String> routers() {
    return Set.of(name);
  }

  @Override
  public boolean othersAreSilent() {
    return hasOthers.getAsBoolean();
  }

  @Override
  public List<LoadReport> of(DeploymentKey deployment, long nowNanos) {
    for (Dispatcher dispatcher : snapshots.current().dispatchers()) {
      if (dispatcher != null && dispatcher.deployment().key().equals(deployment)) {
        return List.of(report(dispatcher, nowNanos));
      }
    }
    return List.of();
  }

  private LoadReport report(Dispatcher dispatcher, long nowNanos) {
    Load load = dispatcher.load(nowNanos);
    Throughput sofar = dispatcher.throughput();
    return new LoadReport(
        name,
        0,
        load.inFlight(),
        load.queued(),
        sofar.arrived(),
        sofar.finished(),
        sofar.busyNanos(),
        load.readyReplicas(),
        0);
  }
}
