package io.fairlead.router.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackOffTest {
  private static final long MILLIS = 1_000_000;

  @Test
  void growsToTwoSecondsAndStaysThere() {
    for (long seed = 0; seed < 100; seed++) {
      var backOff = new BackOff(new SplittableRandom(seed));
      long full = 50 * MILLIS;
      for (int failure = 0; failure < 50; failure++) {
        assertThat(backOff.nextNanos()).as("seed %d", seed).isBetween(full / 2, full);
        full = Math.min(2 * full, 2000 * MILLIS);
      }
    }
  }

  @Test
  void twoRoutersDoNotComeBackTogether() {
    var one = new BackOff(new SplittableRandom(1));
    var other = new BackOff(new SplittableRandom(2));
    assertThat(one.nextNanos()).isNotEqualTo(other.nextNanos());
  }

  @Test
  void beginsAnewAfterASuccess() {
    var backOff = new BackOff(new SplittableRandom(1));
    for (int i = 0; i < 10; i++) {
      backOff.nextNanos();
    }
    backOff.reset();
    assertThat(backOff.nextNanos()).isLessThanOrEqualTo(50 * MILLIS);
  }
}
