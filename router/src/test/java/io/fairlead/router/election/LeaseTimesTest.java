package io.fairlead.router.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LeaseTimesTest {
  @Test
  void proportionsHoldForEveryDuration() {
    for (long millis = 1_000; millis <= 60_000; millis += 331) {
      Duration duration = Duration.ofMillis(millis);
      assertThat(catchThrowable(() -> LeaseTimes.of(duration))).isNull();
    }
  }

  @Test
  void durationHasBounds() {
    assertThatThrownBy(() -> LeaseTimes.of(Duration.ofMillis(999)))
        .hasMessage("duration: PT0.999S (expected: PT1S to PT1M)");
    assertThatThrownBy(() -> LeaseTimes.of(Duration.ofMillis(60_001)))
        .hasMessage("duration: PT1M0.001S (expected: PT1S to PT1M)");
  }

  @Test
  void holderMustEndBeforeOthersBegin() {
    assertThatThrownBy(() -> times(2_000, 1_601, 400, 500))
        .hasMessage("renewDeadline: PT1.601S (expected: at most PT1.6S)");
  }

  @Test
  void thereMustBeTimeForARenewal() {
    assertThatThrownBy(() -> times(2_000, 1_500, 1_000, 500))
        .hasMessageStartingWith("retryPeriod + requestTimeout: PT1.5S (expected: less than");
    assertThatThrownBy(() -> times(2_000, 1_500, 0, 500)).hasMessageContaining("positive");
  }

  @Test
  void recordOfNonsenseIsRefused() {
    assertThatThrownBy(() -> record("x", -1, 0)).hasMessageStartingWith("duration: PT-1S");
    assertThatThrownBy(() -> record("x", 1, -1)).hasMessageStartingWith("transitions: -1");
    assertThatThrownBy(() -> record("x".repeat(301), 1, 1)).hasMessageStartingWith("holder: 301");
  }

  private static LeaseRecord record(String holder, int seconds, int transitions) {
    return new LeaseRecord(
        holder, Duration.ofSeconds(seconds), Instant.EPOCH, Instant.EPOCH, transitions, false);
  }

  private static LeaseTimes times(int duration, int deadline, int retry, int timeout) {
    return new LeaseTimes(
        Duration.ofMillis(duration),
        Duration.ofMillis(deadline),
        Duration.ofMillis(retry),
        Duration.ofMillis(timeout));
  }
}
