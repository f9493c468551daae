package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadPaceTest {
  private static final long MILLIS = 1_000_000;

  private long now = Long.MAX_VALUE - 300 * MILLIS; // it overflows on the way
  private long events;
  private final ReadPace pace = new ReadPace(now);

  /** Lets an event come so long after the last was asked for; returns the pause after it. */
  private long comesAfter(double millis) {
    now += (long) (millis * MILLIS);
    long pause = pace.pauseNanos(now, events++);
    now += pause;
    pace.asked(now);
    return pause / MILLIS;
  }

  /** Lets events come that far apart for about so long; returns how often was paused. */
  private int come(double apartMillis, long forMillis) {
    int pauses = 0;
    double waiting = 0; // events that have come in pauses
    for (long until = now + forMillis * MILLIS; now - until < 0; ) {
      boolean hadCome = waiting >= 1;
      long pause = comesAfter(hadCome ? 0 : apartMillis);
      waiting = Math.max(0, waiting - 1) + pause / apartMillis;
      pauses += pause > 0 ? 1 : 0;
    }
    return pauses;
  }

  @Test
  void whatComesAloneIsReadAtOnce() {
    assertThat(come(70, 20_000)).isZero();
    assertThat(come(5_000, 20_000)).isZero();
  }

  @Test
  void aStormIsReadTwiceASecond() {
    come(10, 1_000);
    assertThat(come(10, 10_000)).isBetween(19, 20);
  }

  @Test
  void whatBeginsIsReadAtOnceUntilItIsAStorm() {
    comesAfter(5_000);
    long begun = now;
    while (comesAfter(10) == 0) {
      assertThat(now - begun).isLessThanOrEqualTo(ReadPace.PERIOD_NANOS);
    }
  }

  @Test
  void moreThanAStormIsReadWithoutAPause() {
    come(5.5, 500);
    assertThat(come(5.5, 10_000)).isZero(); // each later than what had piled up would be
    come(7, 1_000);
    assertThat(come(7, 10_000)).isBetween(18, 20);
  }

  @Test
  void whatHasPiledUpIsReadWithoutAPauseAlsoInAStorm() {
    come(10, 2_000);
    for (int i = 0; i < 1_000; i++) {
      assertThat(comesAfter(1)).isZero();
    }
  }

  @Test
  void afterAStormTheNextOneIsReadAtOnce() {
    come(10, 2_000);
    assertThat(comesAfter(1_000)).isZero();
    assertThat(comesAfter(10)).isZero();
  }
}
