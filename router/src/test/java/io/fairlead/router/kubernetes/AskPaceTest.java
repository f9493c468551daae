package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

class AskPaceTest {
  private static final long BEGUN = Long.MAX_VALUE - AskPace.AGAIN_NANOS; // it overflows on the way
  private final AskPace pace = new AskPace(BEGUN);

  @Test
  void aFewAreAskedForEveryFiveSeconds() {
    long first = pace.againNanos(BEGUN);
    long second = pace.againNanos(BEGUN + 1);

    assertThat(first - BEGUN).isEqualTo(AskPace.AGAIN_NANOS);
    assertThat(second - first).isEqualTo(AskPace.APART_NANOS);
    assertThat(pace.againNanos(first) - first).isEqualTo(AskPace.AGAIN_NANOS);
    assertThat(pace.againNanos(second) - second).isEqualTo(AskPace.AGAIN_NANOS);
  }

  @Test
  void manyThatWereAskedForAtOnceAreTenASecondFromThenOn() {
    var due = new ArrayDeque<Long>();
    for (int i = 0; i < 200; i++) {
      due.add(pace.againNanos(BEGUN));
    }
    long last = due.getFirst();
    for (int i = 0; i < 1_000; i++) {
      long now = due.remove();
      assertThat(now - last).isEqualTo(i == 0 ? 0 : AskPace.APART_NANOS);
      last = now;
      due.add(pace.againNanos(now));
    }
  }
}
