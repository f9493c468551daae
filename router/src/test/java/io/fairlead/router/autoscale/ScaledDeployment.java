package io.fairlead.router.autoscale;

import io.fairlead.router.model.ScaleOptions;
import io.fairlead.router.model.ScaleSettings;
import io.fairlead.router.model.ScheduledFloor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A deployment in virtual time, with one slot per replica unless a test says otherwise. Each look
 * takes place one polling interval after the one before, and what it decides is carried out.
 */
final class ScaledDeployment {
  private final Autoscaler autoscaler = new Autoscaler();
  private int least = 1;
  private int most = 1000;
  private int percent = 70;
  private int interval = 1;
  private int maxStep;
  private ScaleOptions options = ScaleOptions.NONE;

  int limit = 1;
  int current = 1;
  int notReady;
  Instant wall = Instant.parse("2026-11-25T12:00:00Z");
  long nanos;

  ScaledDeployment between(int newLeast, int newMost) {
    least = newLeast;
    most = newMost;
    return this;
  }

  ScaledDeployment percent(int newPercent) {
    percent = newPercent;
    return this;
  }

  ScaledDeployment each(int seconds) {
    interval = seconds;
    return this;
  }

  ScaledDeployment maxStep(int replicas) {
    maxStep = replicas;
    return this;
  }

  ScaledDeployment options(boolean countStarting, boolean panic, ScheduledFloor... floors) {
    options = new ScaleOptions(countStarting, panic, Duration.ofSeconds(30), List.of(floors));
    return this;
  }

  ScaledDeployment current(int replicas) {
    current = replicas;
    return this;
  }

  /** Looks once at {@code inFlight} and {@code queued}. */
  ScaleDecision look(long inFlight, long queued) {
    return look(inFlight, queued, -1);
  }

  ScaleDecision look(long inFlight, long queued, long offeredMillis) {
    int ready = Math.max(0, current - notReady);
    return look(new FleetLoad(1, inFlight, queued, ready, 0, inFlight + queued, -1, offeredMillis));
  }

  ScaleDecision look(LoadReading reading) {
    nanos += Duration.ofSeconds(interval).toNanos();
    wall = wall.plusSeconds(interval);
    var settings =
        new ScaleSettings(
            ScaleSettings.Type.TARGET_UTILIZATION,
            least,
            most,
            percent,
            Duration.ofSeconds(interval),
            ScaleSettings.Mode.ACTIVE,
            maxStep,
            options);
    ScaleDecision decision = autoscaler.decide(settings, limit, reading, current, wall, nanos);
    if (decision instanceof ScaleDecision.Change change) {
      current = change.to();
    }
    return decision;
  }

  /** Looks for so long at the same load; returns what is ordered then. */
  int lookFor(int seconds, long inFlight) {
    for (int passed = 0; passed < seconds; passed += interval) {
      look(inFlight, 0);
    }
    return current;
  }
}
