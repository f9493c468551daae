package io.fairlead.router.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AimsTest {
  private static int[] aims(int slots, int[] demand, long... waits) {
    long[] wait = waits.length == 0 ? new long[demand.length] : waits;
    double[] arrivals = new double[demand.length];
    Arrays.fill(arrivals, 1);
    return Aims.of(slots, demand, wait, arrivals);
  }

  @Test
  void whatIsShortIsDividedByDemand() {
    assertThat(aims(12, new int[] {30, 20, 10})).containsExactly(6, 4, 2);
  }

  @Test
  void whatRoundingLeavesGoesToTheLongestWait() {
    assertThat(aims(1, new int[] {10, 1}, 50, 80)).containsExactly(0, 1);
    assertThat(aims(1, new int[] {10, 1}, 90, 80)).containsExactly(1, 0);
  }

  @Test
  void whatIsSpareIsDividedByArrivals() {
    assertThat(Aims.of(10, new int[] {1, 0}, new long[2], new double[] {6, 3}))
        .containsExactly(7, 3);
  }

  @Test
  void nobodyIsAimedAtNothingMore() {
    assertThat(aims(5, new int[0])).isEmpty();
    assertThat(aims(0, new int[] {3})).containsExactly(0);
    assertThat(Aims.of(4, new int[] {0, 0}, new long[2], new double[2])).containsExactly(2, 2);
  }

  @Test
  void togetherTheyAreAllSlots() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 2_000; round++) {
      int routers = 1 + random.nextInt(6);
      int[] demand = random.ints(routers, 0, 40).toArray();
      long[] wait = random.longs(routers, 0, 500).toArray();
      double[] arrivals = random.doubles(routers).toArray();
      int slots = random.nextInt(100);

      int[] aims = Aims.of(slots, demand, wait, arrivals);

      assertThat(Arrays.stream(aims).sum()).isEqualTo(slots);
      assertThat(Arrays.stream(aims).min().orElseThrow()).isNotNegative();
    }
  }
}
