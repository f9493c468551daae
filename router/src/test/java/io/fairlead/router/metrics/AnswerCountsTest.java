package io.fairlead.router.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class AnswerCountsTest {
  private record Pair(int status, int reason) {}

  private final AnswerCounts counts = new AnswerCounts();

  @Test
  void countsAsAMapWouldWhileItGrows() {
    long seed = 7;
    Random random = new Random(seed);
    Map<Pair, Long> expected = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      Pair pair = new Pair(random.nextInt(600), random.nextInt(28));
      counts.add(pair.status, pair.reason);
      expected.merge(pair, 1L, Long::sum);
    }
    assertThat(read()).as("seed %s", seed).isEqualTo(expected);
  }

  @Test
  void tellsTheEdgesOfItsRangeApart() {
    counts.add(0, 0);
    counts.add(0, 255);
    counts.add(999, 0);
    counts.add(999, 255);
    assertThat(read())
        .containsOnlyKeys(new Pair(0, 0), new Pair(0, 255), new Pair(999, 0), new Pair(999, 255));
  }

  @Test
  void readerNeverSeesACountGoBackOrAForeignPair() throws InterruptedException {
    int rounds = 2_000;
    AtomicBoolean written = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              for (int i = 0; i < rounds; i++) {
                for (int status = 200; status < 264; status++) {
                  counts.add(status, status & 7);
                }
              }
              written.set(true);
            });
    writer.start();
    Map<Pair, Long> before = Map.of();
    while (!written.get()) {
      Map<Pair, Long> now = read();
      before.forEach((pair, count) -> assertThat(now.get(pair)).isGreaterThanOrEqualTo(count));
      assertThat(now.keySet()).allMatch(pair -> pair.reason == (pair.status & 7));
      before = now;
    }
    writer.join();
    assertThat(read()).hasSize(64).allSatisfy((pair, count) -> assertThat(count).isEqualTo(rounds));
  }

  private Map<Pair, Long> read() {
    Map<Pair, Long> seen = new HashMap<>();
    counts.forEach(
        (status, reason, count) ->
            assertThat(seen.put(new Pair(status, reason), count)).as("seen twice").isNull());
    return seen;
  }
}
