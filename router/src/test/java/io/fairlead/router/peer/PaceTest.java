package io.fairlead.router.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  @Test
  void allowsABurstAndThenNoMore() {
    var pace = new Pace(0);
    for (int i = 0; i < Pace.BURST; i++) {
      assertThat(pace.allows(0)).isTrue();
    }
    assertThat(pace.allows(0)).isFalse();
  }

  @Test
  void allowsAReportEachMillisecondForEver() {
    var pace = new Pace(0);
    for (long i = 0; i < 10L * Pace.BURST; i++) {
      assertThat(pace.allows(i * 1_000_000)).isTrue();
    }
  }

  @Test
  void silenceSavesNoMoreThanABurst() {
    var pace = new Pace(0);
    long later = 3_600_000_000_000L;
    int allowed = 0;
    while (pace.allows(later)) {
      allowed++;
    }
    assertThat(allowed).isEqualTo(Pace.BURST);
  }
}
