package io.fairlead.bench.openloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private static final int COUNT = 100_000;

  private final SplittableRandom random = new SplittableRandom(1);

  @Test
  void constantArrivalsAreEvenlySpaced() {
    assertThat(gaps(Arrivals.CONSTANT)).containsOnly(1_000_000L);
  }

  /** Of exponential distances mean and deviation are the same. */
  @Test
  void poissonArrivalsKeepTheRateAndNotTheDistance() {
    long[] gaps = gaps(Arrivals.POISSON);
    double mean = LongStream.of(gaps).average().orElseThrow();
    double variance =
        LongStream.of(gaps).mapToDouble(gap -> (gap - mean) * (gap - mean)).average().orElseThrow();

    assertThat(mean).isCloseTo(1e6, Percentage.withPercentage(1));
    assertThat(Math.sqrt(variance) / mean).isCloseTo(1, within(0.02));
  }

  @Test
  void aSeedGivesTheSameArrivalsAgain() {
    assertThat(Arrivals.POISSON.gapNanos(1_000, new SplittableRandom(7)))
        .isEqualTo(Arrivals.POISSON.gapNanos(1_000, new SplittableRandom(7)));
  }

  private long[] gaps(Arrivals arrivals) {
    return LongStream.generate(() -> arrivals.gapNanos(1_000, random)).limit(COUNT).toArray();
  }
}
