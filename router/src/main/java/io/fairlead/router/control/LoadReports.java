package io.fairlead.router.control;

import io.fairlead.router.autoscale.LoadReport;
import io.fairlead.router.model.DeploymentKey;
import java.util.List;
import java.util.Set;

/** The port to what the routers of the fleet say of their load. For any thread. */
public interface LoadReports {
  /** Returns the routers of the fleet now: each of them has to report. */
  Set<String> routers();

  /** Returns whether there are routers that do not report. */
  boolean othersAreSilent();

  /** Returns the last report of each router on a deployment. */
  List<LoadReport> of(DeploymentKey deployment, long nowNanos);
}
