package io.fairlead.router.control;

import io.fairlead.router.autoscale.LoadReport;
import io.fairlead.router.fleet.FleetLoad;
import io.fairlead.router.model.DeploymentKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The load of all routers that share slots, as their coordinator adds it up. While one of them is
 * silent that holds slots, nobody knows what it does with them, and the load is not known.
 *
 * <p>How long requests keep a slot is measured on those of this router alone: they are the same
 * models.
 */
public final class SharedLoad implements LoadReports {
  /** Named when it is missing: "no load report of every router". */
  private static final String ALL = "every router";

  private final Function<DeploymentKey, @Nullable FleetLoad> loads;
  private final OwnLoad own;
  private final Map<DeploymentKey, Arrivals> arrivals = new ConcurrentHashMap<>();

  /** A rate made a counter again: all that arrived until then. */
  private record Arrivals(double count, long untilNanos) {
    Arrivals at(double perSecond, long nowNanos) {
      return new Arrivals(count + perSecond * Math.max(0, nowNanos - untilNanos) / 1e9, nowNanos);
    }
  }

  /**
   * Asks the coordinator of this router.
   *
   * @param loads for any thread; null of a deployment whose load it does not know, and of all while
   *     this router is not the coordinator
   */
  public SharedLoad(Function<DeploymentKey, @Nullable FleetLoad> loads, OwnLoad own) {
    this.loads = loads;
    this.own = own;
  }

  @Override
  public Set<String> routers() {
    return Set.of(ALL);
  }

  /** Of those that share slots the coordinator says who is silent. */
  @Override
  public boolean othersAreSilent() {
    return false;
  }

  @Override
  public List<LoadReport> of(DeploymentKey deployment, long nowNanos) {
    FleetLoad load = loads.apply(deployment);
    if (load == null || load.routers() == 0 || load.silent() > 0) {
      arrivals.remove(deployment);
      return List.of();
    }
    Arrivals sofar =
        arrivals.merge(
            deployment,
            new Arrivals(0, nowNanos),
            (last, _) -> last.at(load.arrivalsPerSecond(), nowNanos));
    return own.of(deployment, nowNanos).stream().map(report -> with(report, load, sofar)).toList();
  }

  private static LoadReport with(LoadReport own, FleetLoad load, Arrivals sofar) {
    return new LoadReport(
        ALL,
        0,
        (int) Math.min(load.inUse(), Integer.MAX_VALUE),
        (int) Math.min(load.queued(), Integer.MAX_VALUE),
        (long) sofar.count,
        own.finished(),
        own.busyNanos(),
        own.ready(),
        own.starting());
  }
}
