package io.fairlead.router.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Hundreds of seeded histories, each step of which is checked against a model. */
class DispatcherSimulationTest {
  private static final int SEEDS = 600;
  private static final int STEPS = 400;

  @Test
  void keepsItsPromisesThroughRandomHistories() {
    int granted = 0;
    int queued = 0;
    int early = 0;
    int infeasible = 0;
    int hedges = 0;
    int probed = 0;
    int lost = 0;
    int ejected = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      Simulation simulation = new Simulation(seed);
      int step = 0;
      try {
        for (; step < STEPS; step++) {
          simulation.step();
        }
        simulation.finish();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ", step " + step + ", last: " + simulation.last(), e);
      }
      granted += simulation.granted();
      queued += simulation.grantedLater();
      early += simulation.grantedEarly();
      infeasible += simulation.infeasible();
      hedges += simulation.hedges();
      probed += simulation.probed();
      lost += simulation.lost();
      ejected += simulation.stepsWithEjection();
    }
    // a simulation that never gets anywhere proves nothing
    assertThat(granted).isGreaterThan(SEEDS * STEPS / 10);
    assertThat(queued).isGreaterThan(SEEDS * 10);
    assertThat(early).isGreaterThan(SEEDS);
    assertThat(infeasible).isGreaterThan(SEEDS);
    assertThat(hedges).isGreaterThan(SEEDS);
    assertThat(probed).isGreaterThan(SEEDS);
    assertThat(lost).isGreaterThan(SEEDS);
    assertThat(ejected).isGreaterThan(SEEDS * 10);
  }
}
