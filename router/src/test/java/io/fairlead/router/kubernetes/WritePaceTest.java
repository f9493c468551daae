package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WritePaceTest {
  private static final long MILLIS = 1_000_000;
  private static final long SECONDS = 1_000 * MILLIS;

  private long now = Long.MAX_VALUE - 30 * SECONDS; // it overflows on the way
  private final WritePace pace = new WritePace(now);

  /** Writes as often as the pace allows; returns how many seconds it took. */
  private double secondsFor(int writes) {
    long begun = now;
    for (int i = 0; i < writes; i++) {
      now += pace.pauseMillis(now) * MILLIS;
    }
    return (double) (now - begun) / SECONDS;
  }

  @Test
  void aHundredAreWrittenAheadAtTwentyASecond() {
    assertThat(secondsFor(100)).isEqualTo(5);
  }

  @Test
  void inTheLongRunItIsFiveASecond() {
    secondsFor(200);
    assertThat(secondsFor(50)).isEqualTo(10);
    assertThat(secondsFor(1_000)).isEqualTo(200);
  }

  @Test
  void whatWasNotWrittenInAQuietTimeIsNotSavedUpBeyondTheHundred() {
    now += 3_600 * SECONDS;
    assertThat(secondsFor(100)).isEqualTo(5);
    assertThat(secondsFor(1_000)).isGreaterThan(180);
  }

  @Test
  void aPauseGivesBackWhatItLasted() {
    secondsFor(500);
    now += 2 * SECONDS; // ten periods, which thirteen writes use up
    assertThat(secondsFor(10)).isEqualTo(0.5);
    assertThat(secondsFor(10)).isGreaterThanOrEqualTo(1.5);
    assertThat(secondsFor(10)).isEqualTo(2);
  }
}
