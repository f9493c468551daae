package io.fairlead.bench.openloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RampTest {
  @Test
  void findsTheRateFromWhichLatencyExplodes() throws InterruptedException {
    Ramp.Result result = new Ramp(rate -> step(rate, rate > 1_000 ? 900_000 : 800, 0)).climb(100);

    assertThat(result.found()).isTrue();
    assertThat(result.knee()).isLessThanOrEqualTo(1_000).isCloseTo(1_000, withPercentage(15));
  }

  @Test
  void errorsAreBeyondTheKneeToo() throws InterruptedException {
    Ramp.Result result = new Ramp(rate -> step(rate, 800, rate > 1_000 ? 10 : 0)).climb(100);

    assertThat(result.knee()).isLessThanOrEqualTo(1_000).isCloseTo(1_000, withPercentage(15));
  }

  @Test
  void hasNoKneeWhereNothingIsAnswered() throws InterruptedException {
    Ramp.Result result = new Ramp(rate -> step(rate, 0, 1_000)).climb(100);

    assertThat(result.knee()).isZero();
    assertThat(result.steps()).hasSize(1);
  }

  @Test
  void endsWhereThereIsNoKnee() throws InterruptedException {
    Ramp.Result result = new Ramp(rate -> step(rate, 800, 0)).climb(100);

    assertThat(result.found()).isFalse();
    assertThat(result.steps()).hasSizeLessThan(30);
  }

  private static StepResult step(double rate, double p99, long errors) {
    var times = new Quantiles(p99 / 2, p99, p99, p99, p99);
    return new StepResult(
        rate, 1_000, 1_000 - errors, 0, errors, rate, rate, Map.of(), times, times, times);
  }
}
