package io.fairlead.router.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ScaleSettingsTest {
  private static ScaleSettings settings(int least, int most, int percent, Duration interval) {
    return new ScaleSettings(
        ScaleSettings.Type.TARGET_UTILIZATION,
        least,
        most,
        percent,
        interval,
        ScaleSettings.Mode.ACTIVE,
        0,
        ScaleOptions.NONE);
  }

  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void followsTheLoadOnlyIfItsTypeSaysSo() {
    assertThat(ScaleSettings.DEFAULT.followsLoad()).isFalse();
    assertThat(settings(1, 1, 70, SECOND).followsLoad()).isTrue();
  }

  @Test
  void refusesWhatNoAutoscalerCouldDo() {
    assertRefused(
        () -> settings(3, 2, 70, SECOND), "maxInstances: 2 (expected: >= minInstances 3)");
    assertRefused(() -> settings(-1, 2, 70, SECOND), "minInstances: -1 (expected: 0 to 10000)");
    assertRefused(
        () -> settings(1, 10_001, 70, SECOND), "maxInstances: 10001 (expected: 0 to 10000)");
    assertRefused(
        () -> settings(1, 1, 0, SECOND), "targetUtilizationPercentage: 0 (expected: 1 to 100)");
    assertRefused(
        () -> settings(1, 1, 101, SECOND), "targetUtilizationPercentage: 101 (expected: 1 to 100)");
    assertRefused(
        () -> settings(1, 1, 70, Duration.ZERO), "pollingInterval: 0 (expected: 1 to 3600)");
    assertRefused(
        () -> settings(1, 1, 70, Duration.ofMillis(1500)),
        "pollingInterval: PT1.5S (expected: whole seconds)");
  }

  @Test
  void refusesATargetThatIsNoObject() {
    assertRefused(
        () -> new ScaleTargetRef("deployment", "blue"),
        "kind: deployment (expected: a kind, such as Deployment)");
    assertRefused(
        () -> new ScaleTargetRef("Deployment", "../blue"),
        "name: ../blue (expected: 1 to 253 letters, digits, '-' or '.')");
  }

  private static void assertRefused(ThrowingCallable making, String message) {
    assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
