package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadPaceTest {
  private static final long MILLIS = 1_000_000;

  private long now = Long.MAX_VALUE - 300 * MILLIS; // it overflows on the way
  private final ReadPace pace = new ReadPace(now);

  /** Lets an event come so long after the last was asked for; returns the pause after it. */
  private long comesAfter(long millis) {
    now += millis * MILLIS;
    long pause = pace.pauseNanos(now) / MILLIS;
    now += pause * MILLIS;
    pace.asked(now);
    return pause;
  }

  @Test
  void whatComesAloneIsReadAtOnce() {
    assertThat(comesAfter(10)).isZero();
    assertThat(comesAfter(200)).isZero();
    assertThat(comesAfter(5_000)).isZero();
  }

  @Test
  void aSecondOneIsReadAtOnceAndWhatFollowsIsGathered() {
    assertThat(comesAfter(1_000)).isZero();
    assertThat(comesAfter(16)).isEqualTo(184);
  }

  @Test
  void whatHasPiledUpIsReadWithoutAPause() {
    comesAfter(1_000);
    comesAfter(16);
    for (int i = 0; i < 1_000; i++) {
      assertThat(comesAfter(1)).isZero();
    }
  }

  @Test
  void aStormIsReadFiveTimesASecond() {
    comesAfter(1_000);
    long since = now;
    int pauses = 0;
    for (int i = 0; i < 10; i++) {
      pauses += comesAfter(16) > 0 ? 1 : 0; // none had come
      comesAfter(0); // this one had
      comesAfter(0);
    }
    assertThat(pauses).isEqualTo(10);
    assertThat(now - since).isEqualTo(10 * ReadPace.PERIOD_NANOS);
  }

  @Test
  void afterAStormTheNextOneIsReadAtOnce() {
    comesAfter(1_000);
    comesAfter(16);
    assertThat(comesAfter(300)).isZero();
  }
}
