package io.fairlead.router.control;

import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Lease;
import io.fairlead.router.dispatch.LeaseReport;
import io.fairlead.router.dispatch.LeasedSlots;
import io.fairlead.router.fleet.DeploymentGrant;
import io.fairlead.router.fleet.DeploymentReport;
import io.fairlead.router.fleet.LocalSlots;
import io.fairlead.router.fleet.Slots;
import io.fairlead.router.model.DeploymentKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the dispatchers of the current snapshot to what other routers leave them. For one thread.
 *
 * <p>A dispatcher that has left the snapshot is reported until its last request is over.
 */
public final class FleetSlots implements LocalSlots {
  private static final Lease NOTHING = new Lease(List.of(), Integer.MAX_VALUE, 0, 1);

  /** Of what is gone: who waits when it is back waits as at a router that has just started. */
  private static final Lease GONE = new Lease(List.of(), Integer.MAX_VALUE, 0, -1);

  private final Snapshots snapshots;

  /** Reads {@code snapshots} anew at each call. */
  public FleetSlots(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  @Override
  public List<DeploymentReport> report(long nowNanos) {
    Collection<Dispatcher> all = snapshots.dispatchers();
    Set<@Nullable Dispatcher> present = new HashSet<>(snapshots.current().dispatchers());
    List<DeploymentReport> reports = new ArrayList<>(all.size());
    for (Dispatcher dispatcher : all) {
      if (isLimited(dispatcher)) {
        boolean isPresent = present.contains(dispatcher);
        if (!isPresent && dispatcher.leaseReport(nowNanos).queued() == 0) {
          dispatcher.lease(GONE, nowNanos, nowNanos);
        }
        DeploymentReport report = report(dispatcher, nowNanos);
        if (isPresent || report.inUse() > 0 || report.queued() > 0) {
          reports.add(report);
        }
      }
    }
    return List.copyOf(reports);
  }

  private static DeploymentReport report(Dispatcher dispatcher, long nowNanos) {
    LeaseReport report = dispatcher.leaseReport(nowNanos);
    List<Slots> held = new ArrayList<>(report.replicas().size());
    for (LeasedSlots slots : report.replicas()) {
      held.add(new Slots(slots.replica(), slots.slots(), slots.share()));
    }
    return new DeploymentReport(
        dispatcher.deployment().key(),
        held,
        report.inUse(),
        report.queued(),
        report.staying(),
        report.oldestWaitNanos() / 1_000_000,
        report.arrivals());
  }

  @Override
  public void allow(List<DeploymentGrant> grants, long untilNanos, long nowNanos) {
    Map<DeploymentKey, DeploymentGrant> byKey = new HashMap<>();
    grants.forEach(grant -> byKey.put(grant.key(), grant));
    for (Dispatcher dispatcher : snapshots.current().dispatchers()) {
      if (dispatcher != null && isLimited(dispatcher)) {
        DeploymentGrant grant = byKey.get(dispatcher.deployment().key());
        dispatcher.lease(grant == null ? NOTHING : lease(grant), untilNanos, nowNanos);
      }
    }
  }

  private static Lease lease(DeploymentGrant grant) {
    List<LeasedSlots> slots = new ArrayList<>(grant.replicas().size());
    for (Slots granted : grant.replicas()) {
      slots.add(new LeasedSlots(granted.replica(), granted.slots(), granted.share()));
    }
    return new Lease(
        slots,
        grant.keep(),
        grant.keepIdle(),
        grant.queueBound(),
        grant.queueMost(),
        grant.arrivals());
  }

  private static boolean isLimited(Dispatcher dispatcher) {
    return dispatcher.deployment().requestSettings().maxConcurrentRequestsPerInstance() > 0;
  }
}
