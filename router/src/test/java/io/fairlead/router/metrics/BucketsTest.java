package io.fairlead.router.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BucketsTest {
  @ParameterizedTest
  @EnumSource(Phase.class)
  void boundBelongsToItsOwnBucket(Phase phase) {
    Buckets buckets = phase.buckets();
    double[] seconds = buckets.seconds();
    for (int i = 0; i < seconds.length - 1; i++) {
      long bound = Math.round(seconds[i] * 1e9);
      assertThat(buckets.indexOf(bound - 1)).as("below %s s", seconds[i]).isEqualTo(i);
      assertThat(buckets.indexOf(bound)).as("%s s", seconds[i]).isEqualTo(i);
      assertThat(buckets.indexOf(bound + 1)).as("above %s s", seconds[i]).isEqualTo(i + 1);
    }
    assertThat(buckets.indexOf(0)).isZero();
    assertThat(buckets.indexOf(Long.MAX_VALUE)).isEqualTo(buckets.count() - 1);
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void findsTheSameBucketAsASearch(Phase phase) {
    long seed = 20_261_101;
    Random random = new Random(seed);
    double[] seconds = phase.buckets().seconds();
    for (int i = 0; i < 100_000; i++) {
      long nanos = random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
      int expected = 0;
      while (nanos > seconds[expected] * 1e9) {
        expected++;
      }
      assertThat(phase.buckets().indexOf(nanos))
          .as("%s ns, seed %s", nanos, seed)
          .isEqualTo(expected);
    }
  }

  @Test
  void boundsReachAsFarAsTheLongestTimeouts() {
    assertThat(Buckets.DURATION.seconds()).startsWith(0.0001).contains(0.1, 5, 120).isSorted();
    assertThat(Buckets.OVERHEAD.seconds()).startsWith(0.00001).contains(0.003, 0.015).isSorted();
  }
}
