package io.fairlead.router.metrics;

import io.fairlead.router.control.FleetState;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads how the router shares slots with others. */
final class FleetCollector implements MultiCollector {
  private final Supplier<@Nullable FleetState> state;

  FleetCollector(Supplier<@Nullable FleetState> state) {
    this.state = state;
  }

  @Override
  public MetricSnapshots collect() {
    FleetState now = state.get();
    if (now == null) {
      return MetricSnapshots.of();
    }
    Points refusals = new Points(Meter.LEASE_REFUSALS);
    now.refusals().forEach((reason, count) -> refusals.add(count, reason));
    Points cuts = new Points(Meter.PEER_CUTS);
    now.cuts().forEach((reason, count) -> cuts.add(count, reason));
    double sinceSeconds = now.connectedForNanos() / 1e9;
    return MetricSnapshots.of(
        Points.single(Meter.PEERS_CONNECTED, now.peers()),
        Points.single(Meter.COORDINATOR_CONNECTED, now.connected() ? 1 : 0),
        Points.single(Meter.COORDINATOR_LOST, now.connected() ? 0 : sinceSeconds),
        Points.single(Meter.LEASE_SLOTS, now.slots()),
        Points.single(Meter.LEASE_SLOTS_IN_DOUBT, now.inDoubt()),
        Points.single(Meter.LEASE_REPORTS, now.heartbeats()),
        Points.single(Meter.LEASE_GRANTS, now.grants()),
        refusals.snapshot(),
        cuts.snapshot());
  }
}
