package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.resource.Report;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountRestTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int SAID = 5;

  private final CountRest rest = new CountRest();
  private long now = Long.MAX_VALUE - SECOND; // it overflows on the way

  private boolean isDue(int ready, long afterSeconds) {
    now += afterSeconds * SECOND;
    return rest.isDue(counts(SAID), counts(ready), now);
  }

  private static List<Report.Count> counts(int ready) {
    return List.of(new Report.Count("blue", 20, ready));
  }

  @Test
  void aNumberThatRestsIsSaid() {
    assertThat(isDue(4, 0)).isFalse();
    assertThat(isDue(4, 1)).isFalse();
    assertThat(isDue(4, 1)).isTrue();
  }

  @Test
  void eachChangeBeginsTheRestAnew() {
    isDue(4, 0);
    assertThat(isDue(3, 1)).isFalse();
    assertThat(isDue(3, 1)).isFalse();
    assertThat(isDue(3, 1)).isTrue();
  }

  @Test
  void whatIsWrongForLongIsSaidHoweverRestless() {
    isDue(6, 0);
    for (int i = 1; i < 10; i++) {
      assertThat(isDue(6 + i, 1)).isFalse();
    }
    assertThat(isDue(16, 1)).isTrue();
  }

  @Test
  void whatIsRightNowAndThenIsNotWrongForLong() {
    for (int i = 0; i < 30; i++) {
      assertThat(isDue(i % 2 == 0 ? 4 : SAID, 1)).isFalse();
    }
  }

  @Test
  void whatIsRightNeedsNoWriteHoweverLong() {
    assertThat(isDue(SAID, 0)).isFalse();
    assertThat(isDue(SAID, 100)).isFalse();
  }
}
