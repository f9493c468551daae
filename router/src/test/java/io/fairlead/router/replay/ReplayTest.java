package io.fairlead.router.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.ScaleOptions;
import io.fairlead.router.model.ScaleSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final ScaleSettings UP_TO_FORTY = settings(1, 40);

  private static ScaleSettings settings(int least, int most) {
    return new ScaleSettings(
        ScaleSettings.Type.DEFAULT,
        least,
        most,
        70,
        Duration.ofSeconds(1),
        ScaleSettings.Mode.ACTIVE,
        0,
        ScaleOptions.NONE);
  }

  private static Workplace world(long seed) {
    return world(seed, Duration.ofSeconds(30));
  }

  private static Workplace world(long seed, Duration podStart) {
    return new Workplace(
        1, Duration.ofMillis(500), -1, podStart, Duration.ofMillis(100), Instant.EPOCH, seed);
  }

  private static Trace trace(String... lines) throws BadTrace {
    return Trace.parse("trace.csv", Trace.HEADER + "\n" + String.join("\n", lines));
  }

  private static List<PolicyResult> replay(Trace trace) {
    return Replay.of(trace, world(1), Policy.around(UP_TO_FORTY));
  }

  private static PolicyResult result(List<PolicyResult> results, String policy) {
    return results.stream()
        .filter(result -> result.policy().name().equals(policy))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyRequestIsServedOrRefusedUnderEveryPolicy() throws BadTrace {
    List<PolicyResult> results =
        replay(trace("0,2,500", "60,30,500", "200,0,500", "400,3,500", "599,3,500"));

    assertThat(results)
        .allSatisfy(
            result ->
                assertThat(result.served() + result.refused())
                    .isEqualTo(2 * 60 + 30 * 140 + 3 * 200));
  }

  @Test
  void asManyReplicasAsThereMayBeAllTheTimeServeEverybodyAtOnce() throws BadTrace {
    PolicyResult fixed = result(replay(trace("0,2,500", "60,20,500", "299,20,500")), "fixed");

    assertThat(fixed.podSeconds()).isEqualTo(40 * 300);
    assertThat(fixed.refused()).isZero();
    assertThat(fixed.waitedLonger()).isZero();
    assertThat(fixed.ups() + fixed.downs()).isZero();
  }

  @Test
  void sameSeedGivesTheSameResult() throws BadTrace {
    Trace trace = trace("0,2,500", "60,20,500", "299,20,500");
    List<Policy> policies = Policy.around(UP_TO_FORTY);

    assertThat(Replay.of(trace, world(5), policies))
        .isEqualTo(Replay.of(trace, world(5), policies));
    assertThat(Replay.of(trace, world(5), policies))
        .isNotEqualTo(Replay.of(trace, world(6), policies));
  }

  @Test
  void documentedSizingExampleSettlesAtAboutWhatTheFormulaSays() throws BadTrace {
    Trace trace = trace("0,20,10000", "1199,20,10000");

    PolicyResult formula =
        Replay.of(trace, world(1), List.of(new Policy("formula", followed(settings(1, 1000)))))
            .getFirst();

    // 200 in flight on average, and the scale follows the peaks of a minute
    assertThat(formula.course().getLast().ordered()).isBetween(286, 320);
    assertThat(formula.course().getLast().ready()).isGreaterThanOrEqualTo(286);
  }

  private static ScaleSettings followed(ScaleSettings settings) {
    return Policy.around(settings).get(1).settings();
  }

  @Test
  void replicasAreReadyOnlyWhenTheyHaveStarted() throws BadTrace {
    PolicyResult formula = result(replay(trace("0,1,500", "10,20,500", "99,20,500")), "formula");

    assertThat(formula.course().get(12).ordered()).isGreaterThan(1);
    assertThat(formula.course().get(30).ready()).isEqualTo(1);
    assertThat(formula.course().get(60).ready()).isGreaterThan(1);
  }

  @Test
  void panicServesMoreOfAStepThanTheFormula() throws BadTrace {
    List<PolicyResult> results = replay(trace("0,2,500", "120,20,500", "599,20,500"));

    assertThat(result(results, "+panic").refused())
        .isLessThan(result(results, "formula").refused());
  }

  @Test
  void firstRequestIsHeldWhereThereMayBeNoReplica() throws BadTrace {
    List<PolicyResult> results =
        Replay.of(
            trace("0,0,500", "300,1,500", "301,0,500", "399,0,500"),
            world(1, Duration.ofSeconds(20)),
            Policy.around(UP_TO_FORTY));

    PolicyResult zero = result(results, "+zero");
    assertThat(zero.refused()).isZero();
    assertThat(zero.waitedLonger()).isEqualTo(1);
    assertThat(zero.podSeconds()).isLessThan(result(results, "formula").podSeconds() / 2);
  }

  @Test
  void pictureAndCourseCoverEverySecondOfEveryPolicy() throws BadTrace {
    List<PolicyResult> results = replay(trace("0,2,500", "59,2,500"));

    assertThat(ReplayCourse.csv(results).lines()).hasSize(1 + 60 * results.size());
    assertThat(ReplayPlot.svg(results)).startsWith("<svg ").endsWith("</svg>\n");
    assertThat(ReplayPlot.svg(results).split("<polyline", -1)).hasSize(1 + 3 * results.size());
  }
}
