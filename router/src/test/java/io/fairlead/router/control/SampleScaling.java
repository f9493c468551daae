package io.fairlead.router.control;

import io.fairlead.router.autoscale.FleetLoad;
import io.fairlead.router.autoscale.ScaleDecision;
import io.fairlead.router.autoscale.ScaleInputs;
import io.fairlead.router.autoscale.ScaleRefusal;
import io.fairlead.router.autoscale.ScaleRule;
import io.fairlead.router.model.DeploymentKey;
import java.util.List;
import java.util.Map;

/** Decisions about scales, made up. */
public record SampleScaling(boolean leads, List<ScaleState> states) implements ScaleStates {
  /** Nobody scales. */
  public static final ScaleStates NONE = new SampleScaling(false, List.of());

  /** One deployment that went from 3 to 6 of 7, and then could not be read. */
  public static SampleScaling busy(boolean leads) {
    var load = new FleetLoad(2, 4, 1, 3, 0, 9, 250_000, 4_500);
    var up =
        new ScaleDecision.Change(ScaleRule.UP, 7, 6, new ScaleInputs(load, 3, 1, 70, 1, 10, 0));
    var written =
        new ScaleRecord(
            1_700_000_000_000L, 1_700_000_000_000L, 1, 3, up, ScaleRecord.Applied.WRITTEN, null);
    var forbidden =
        new ScaleRecord(
            1_700_000_001_000L,
            1_700_000_009_000L,
            9,
            -1,
            null,
            ScaleRecord.Applied.REFUSED,
            new ScaleReading.Refused(ScaleRefusal.FORBIDDEN, "may not read deployments/scale"));
    return new SampleScaling(
        leads,
        List.of(
            new ScaleState(
                new DeploymentKey("default", "echo", "blue"),
                1,
                0,
                Map.of(ScaleRefusal.FORBIDDEN, 9L),
                leads ? List.of(written) : List.of(forbidden, written))));
  }

  @Override
  public List<LoadLine> trace(DeploymentKey deployment) {
    return List.of(new LoadLine(0, 9, 250), new LoadLine(1, 12, 240));
  }
}
