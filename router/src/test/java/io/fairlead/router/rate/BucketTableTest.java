package io.fairlead.router.rate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BucketTableTest {
  /** Against the library's own, over callers that collide, come back and are forgotten. */
  @Test
  void remembersWhomALinkedHashMapWould() {
    long seed = 20261108;
    var random = new SplittableRandom(seed);
    int most = 50;
    BucketTable table = new BucketTable(most, 5 * Bucket.TOKEN);
    Map<Long, Bucket> model =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Bucket> eldest) {
            return size() > most;
          }
        };
    for (int i = 0; i < 100_000; i++) {
      long caller = random.nextLong(80) - 40;
      Bucket expected = model.get(caller);
      Bucket found = table.of(caller, 0);
      assertThat(found.caller).isEqualTo(caller);
      if (expected != null) {
        assertThat(found).as("seed %d step %d", seed, i).isSameAs(expected);
      }
      model.put(caller, found);
      assertThat(table.size()).isEqualTo(model.size());
    }
    assertThat(table.size()).isEqualTo(most);
  }

  @Test
  void aNewCallerDoesNotInheritTheLevelOfTheOldOne() {
    BucketTable table = new BucketTable(1, Bucket.TOKEN);
    assertThat(table.of(1, 0).take(1, Bucket.TOKEN, Bucket.TOKEN, 0)).isZero();
    assertThat(table.of(1, 0).take(1, Bucket.TOKEN, Bucket.TOKEN, 0)).isPositive();
    assertThat(table.of(2, 0).take(1, Bucket.TOKEN, Bucket.TOKEN, 0)).isZero();
  }
}
