package io.fairlead.router.jwks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RefreshPlanTest {
  private static final long SECOND = 1_000_000_000L;

  private final RefreshPlan plan = new RefreshPlan(new SplittableRandom(5), 100 * SECOND);

  @Test
  void beginsAtOnce() {
    assertThat(plan.delay(100 * SECOND)).isZero();
  }

  @Test
  void asksAgainAfterTenMinutesOrSomewhatLess() {
    plan.succeeded(100 * SECOND);
    assertThat(plan.delay(100 * SECOND)).isBetween(480 * SECOND, 600 * SECOND);
  }

  @Test
  void waitsLongerAfterEachFailureUpToFiveMinutes() {
    long most = SECOND;
    for (int i = 0; i < 20; i++) {
      plan.failed(0);
      assertThat(plan.delay(0)).as("failure %d", i).isBetween(most / 2, most);
      most = Math.min(2 * most, 300 * SECOND);
    }
    plan.succeeded(0);
    plan.failed(0);
    assertThat(plan.delay(0)).isLessThanOrEqualTo(SECOND);
  }

  @Test
  void anUnknownKeyAsksAtMostOnceInThirtySeconds() {
    plan.succeeded(100 * SECOND);
    plan.unknownKey(110 * SECOND);
    assertThat(plan.delay(110 * SECOND)).isEqualTo(20 * SECOND);
    plan.unknownKey(120 * SECOND);
    assertThat(plan.delay(120 * SECOND)).isEqualTo(10 * SECOND);
    plan.unknownKey(150 * SECOND);
    assertThat(plan.delay(150 * SECOND)).isEqualTo(-20 * SECOND);
  }

  @Test
  void anUnknownKeyDoesNotPutOffWhatIsDueSooner() {
    plan.failed(100 * SECOND);
    long delay = plan.delay(100 * SECOND);
    plan.unknownKey(100 * SECOND);
    assertThat(plan.delay(100 * SECOND)).isEqualTo(delay);
  }

  @Test
  void isSpreadByChance() {
    var other = new RefreshPlan(new SplittableRandom(6), 0);
    plan.succeeded(0);
    other.succeeded(0);
    assertThat(plan.delay(0)).isNotEqualTo(other.delay(0));
  }
}
