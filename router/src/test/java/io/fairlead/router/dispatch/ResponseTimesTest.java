package io.fairlead.router.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseTimesTest {
  private final ResponseTimes times = new ResponseTimes();

  private void add(long nanos, int count) {
    for (int i = 0; i < count; i++) {
      times.add(nanos);
    }
  }

  @Test
  void saysNothingBeforeItKnowsEnough() {
    add(20 * Scene.MILLI, 99);
    assertThat(times.percentileNanos()).isZero();

    add(20 * Scene.MILLI, 1);
    assertThat(times.percentileNanos()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 999, 1_000, 15_999, 16_000, 20_000_000, 333_333_333, 90_000_000_000L})
  void isTheTimeItselfOrALittleMoreWhereAllAreEqual(long nanos) {
    add(nanos, 200);

    // up to a whole microsecond, and up to a sixteenth more
    assertThat(times.percentileNanos()).isBetween(nanos + 1, 1_000 + nanos * 17 / 16);
  }

  @Test
  void countsWhatIsBeyondEverythingAsVeryLong() {
    add(Long.MAX_VALUE, 100);

    assertThat(times.percentileNanos()).isGreaterThan(1_000 * Scene.SECOND);
  }

  @Test
  void liesAboveNineteenOfTwenty() {
    for (long seed = 1; seed <= 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ResponseTimes some = new ResponseTimes();
      long[] all = new long[1_380]; // a whole number of steps after the first hundred
      for (int i = 0; i < all.length; i++) {
        all[i] = (long) (20e6 * Math.exp(random.nextGaussian()));
        some.add(all[i]);
      }
      Arrays.sort(all);
      long exact = all[all.length - 1 - all.length / 20];
      assertThat(some.percentileNanos())
          .as("seed " + seed)
          .isBetween(exact, 1_000 + exact * 17 / 16);
    }
  }

  @Test
  void followsWhatChanges() {
    add(20 * Scene.MILLI, 10_000);
    add(200 * Scene.MILLI, 250);
    assertThat(times.percentileNanos()).isBetween(200 * Scene.MILLI, 213 * Scene.MILLI);

    add(20 * Scene.MILLI, 10_000);
    assertThat(times.percentileNanos()).isBetween(20 * Scene.MILLI, 22 * Scene.MILLI);
  }
}
