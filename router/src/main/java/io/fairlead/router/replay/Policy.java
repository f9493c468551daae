package io.fairlead.router.replay;

import io.fairlead.router.model.ScaleOptions;
import io.fairlead.router.model.ScaleSettings;
import java.util.ArrayList;
import java.util.List;

/** One way to scale, by name. */
public record Policy(String name, ScaleSettings settings) {
  /**
   * Returns those that are worth comparing: as many replicas as there may be, the documented
   * formula, and what the settings can add to it.
   */
  public static List<Policy> around(ScaleSettings own) {
    List<Policy> policies = new ArrayList<>();
    int least = Math.max(1, own.minInstances());
    policies.add(new Policy("fixed", with(own, own.maxInstances(), false, false, false)));
    policies.add(new Policy("formula", with(own, least, false, false, false)));
    policies.add(new Policy("+starting", with(own, least, true, false, false)));
    policies.add(new Policy("+panic", with(own, least, false, true, false)));
    policies.add(new Policy("+both", with(own, least, true, true, false)));
    policies.add(new Policy("+zero", with(own, 0, true, true, false)));
    if (!own.options().schedule().isEmpty()) {
      policies.add(new Policy("+schedule", with(own, least, false, false, true)));
    }
    if (own.followsLoad()) {
      policies.add(new Policy("as set", own));
    }
    return List.copyOf(policies);
  }

  private static ScaleSettings with(
      ScaleSettings own, int least, boolean starting, boolean panic, boolean schedule) {
    ScaleOptions options =
        new ScaleOptions(
            starting,
            panic,
            own.options().coldStartWait(),
            schedule ? own.options().schedule() : List.of());
    return new ScaleSettings(
        ScaleSettings.Type.TARGET_UTILIZATION,
        least,
        own.maxInstances(),
        own.targetUtilizationPercentage(),
        own.pollingInterval(),
        own.mode(),
        own.maxStep(),
        options);
  }
}
