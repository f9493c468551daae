package io.fairlead.router.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.election.Simulation.Flaw;
import io.fairlead.router.election.Simulation.Violation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Hundreds of seeded histories. More with {@code -Dfairlead.election.seeds=10000}, others with
 * {@code -Dfairlead.election.seeds.from=N}, one alone with {@code -Dfairlead.election.seed=N}.
 */
class ElectionSimulationTest {
  private static final long SEEDS = Long.getLong("fairlead.election.seeds", 500);
  private static final long FROM = Long.getLong("fairlead.election.seeds.from", 1);
  private static final Long ONLY = Long.getLong("fairlead.election.seed");

  @Test
  void neverTwoLeadAndSomebodyLeadsOnceFaultsEnd() {
    long from = ONLY == null ? FROM : ONLY;
    long to = ONLY == null ? FROM + SEEDS - 1 : ONLY;
    int terms = 0;
    int failures = 0;
    int conflicts = 0;
    int lateWrites = 0;
    for (long seed = from; seed <= to; seed++) {
      Simulation simulation = new Simulation(seed, Flaw.NONE);
      simulation.run();
      terms += simulation.terms();
      failures += simulation.failures();
      conflicts += simulation.conflicts();
      lateWrites += simulation.lateWrites();
    }
    // a simulation in which nothing happens proves nothing
    long seeds = to - from + 1;
    assertThat(terms).isGreaterThan((int) (5 * seeds));
    assertThat(failures).isGreaterThan((int) (20 * seeds));
    assertThat(conflicts).isGreaterThan((int) (2 * seeds));
    assertThat(lateWrites).isGreaterThan((int) seeds);
  }

  @ParameterizedTest
  @EnumSource(value = Flaw.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void flawIsFoundOut(Flaw flaw) {
    assertThatThrownBy(
            () -> {
              for (long seed = 1; seed <= 100; seed++) {
                new Simulation(seed, flaw).run();
              }
            })
        .isInstanceOf(Violation.class)
        .hasMessageContaining("repeat it with -Dfairlead.election.seed=")
        .hasMessageContaining("leads in term");
  }
}
