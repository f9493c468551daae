package io.fairlead.router.metrics;

import io.fairlead.router.control.ScaleRecord;
import io.fairlead.router.control.ScaleState;
import io.fairlead.router.control.ScaleStates;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** Reads how deployments were scaled. */
final class ScaleCollector implements MultiCollector {
  private final ScaleStates states;

  ScaleCollector(ScaleStates states) {
    this.states = states;
  }

  @Override
  public MetricSnapshots collect() {
    Points desired = new Points(Meter.SCALE_DESIRED);
    Points ordered = new Points(Meter.SCALE_ORDERED);
    Points changes = new Points(Meter.SCALE_CHANGES);
    Points refused = new Points(Meter.SCALE_REFUSED);
    boolean leads = states.leads();
    for (ScaleState state : states.states()) {
      String endpoint = state.key().endpoint();
      String name = state.key().deployment();
      changes.add(state.ups(), endpoint, name, "up");
      changes.add(state.downs(), endpoint, name, "down");
      state.refused().forEach((why, times) -> refused.add(times, endpoint, name, why.text()));
      // what another router decides now is not known here
      if (leads && !state.records().isEmpty()) {
        ScaleRecord last = state.records().getFirst();
        if (last.desired() >= 0) {
          desired.add(last.desired(), endpoint, name);
        }
        if (last.current() >= 0) {
          ordered.add(last.current(), endpoint, name);
        }
      }
    }
    return MetricSnapshots.of(
        desired.snapshot(), ordered.snapshot(), changes.snapshot(), refused.snapshot());
  }
}
