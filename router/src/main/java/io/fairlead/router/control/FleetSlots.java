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
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds the dispatchers of the current snapshot to what other routers leave them. For one thread.
 *
 * <p>A dispatcher that has left the snapshot is reported until its last request is over; if its
 * deployment is there again, with another dispatcher, that one gets what the old does not hold.
 */
public final class FleetSlots implements LocalSlots {
  private static final Lease NOTHING = new Lease(List.of(), Integer.MAX_VALUE, 0, 1);

  private final Snapshots snapshots;

  /** Those that were in the snapshot when it was looked at last. */
  private Set<Dispatcher> present = new LinkedHashSet<>();

  private final Set<Dispatcher> leaving = new LinkedHashSet<>();

  /** Reads {@code snapshots} anew at each call. */
  public FleetSlots(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  private void look() {
    Set<Dispatcher> now = new LinkedHashSet<>();
    for (Dispatcher dispatcher : snapshots.current().dispatchers()) {
      if (dispatcher != null) {
        now.add(dispatcher);
      }
    }
    leaving.addAll(present);
    leaving.removeAll(now);
    present = now;
  }

  @Override
  public List<DeploymentReport> report(long nowNanos) {
    look();
    Map<DeploymentKey, DeploymentReport> reports = new LinkedHashMap<>();
    for (Dispatcher dispatcher : present) {
      if (isLimited(dispatcher)) {
        DeploymentReport report = report(dispatcher, nowNanos);
        reports.put(report.key(), report);
      }
    }
    for (Dispatcher dispatcher : List.copyOf(leaving)) {
      if (dispatcher.leaseReport(nowNanos).queued() == 0) {
        dispatcher.lease(NOTHING, nowNanos, nowNanos);
      }
      DeploymentReport rest = report(dispatcher, nowNanos);
      if (rest.inUse() == 0 && rest.queued() == 0) {
        leaving.remove(dispatcher);
      } else {
        reports.merge(rest.key(), rest, FleetSlots::together);
      }
    }
    return List.copyOf(reports.values());
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
        report.oldestWaitNanos() / 1_000_000,
        report.arrivals());
  }

  private static DeploymentReport together(DeploymentReport a, DeploymentReport b) {
    Map<Replica, Slots> held = new LinkedHashMap<>();
    a.replicas().forEach(slots -> held.put(slots.replica(), slots));
    b.replicas()
        .forEach(
            slots ->
                held.merge(
                    slots.replica(),
                    slots,
                    (x, y) ->
                        new Slots(x.replica(), x.slots() + y.slots(), x.share() + y.share())));
    return new DeploymentReport(
        a.key(),
        List.copyOf(held.values()),
        a.inUse() + b.inUse(),
        a.queued() + b.queued(),
        Math.max(a.oldestWaitMillis(), b.oldestWaitMillis()),
        a.arrivals());
  }

  @Override
  public void allow(List<DeploymentGrant> grants, long untilNanos, long nowNanos) {
    look();
    Map<DeploymentKey, DeploymentGrant> byKey = new HashMap<>();
    grants.forEach(grant -> byKey.put(grant.key(), grant));
    Map<DeploymentKey, Map<Replica, Slots>> kept = keptByThoseLeaving(nowNanos);
    for (Dispatcher dispatcher : present) {
      if (isLimited(dispatcher)) {
        DeploymentKey key = dispatcher.deployment().key();
        DeploymentGrant grant = byKey.get(key);
        Lease lease = grant == null ? NOTHING : lease(grant, kept.getOrDefault(key, Map.of()));
        dispatcher.lease(lease, untilNanos, nowNanos);
      }
    }
  }

  private Map<DeploymentKey, Map<Replica, Slots>> keptByThoseLeaving(long nowNanos) {
    Map<DeploymentKey, Map<Replica, Slots>> kept = new HashMap<>();
    for (Dispatcher dispatcher : leaving) {
      DeploymentReport report = report(dispatcher, nowNanos);
      Map<Replica, Slots> of = kept.computeIfAbsent(report.key(), key -> new HashMap<>());
      report
          .replicas()
          .forEach(
              slots ->
                  of.merge(
                      slots.replica(),
                      slots,
                      (a, b) ->
                          new Slots(a.replica(), a.slots() + b.slots(), a.share() + b.share())));
    }
    return kept;
  }

  private static Lease lease(DeploymentGrant grant, Map<Replica, Slots> kept) {
    List<LeasedSlots> slots = new ArrayList<>(grant.replicas().size());
    for (Slots granted : grant.replicas()) {
      Slots gone = kept.get(granted.replica());
      int left = Math.max(0, granted.slots() - (gone == null ? 0 : gone.slots()));
      int share = Math.max(0, granted.share() - (gone == null ? 0 : gone.share()));
      slots.add(new LeasedSlots(granted.replica(), left, Math.min(left, share)));
    }
    return new Lease(slots, grant.keep(), grant.keepIdle(), grant.queueBound());
  }

  private static boolean isLimited(Dispatcher dispatcher) {
    return dispatcher.deployment().requestSettings().maxConcurrentRequestsPerInstance() > 0;
  }
}
