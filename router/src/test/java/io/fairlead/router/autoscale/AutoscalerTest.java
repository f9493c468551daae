package io.fairlead.router.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.ScheduledFloor;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AutoscalerTest {
  private static final LoadReading STALE = new LoadReading.Stale("no load report of router-2");

  private final ScaledDeployment deployment = new ScaledDeployment();

  private static ScaleRule rule(ScaleDecision decision) {
    return switch (decision) {
      case ScaleDecision.Change change -> change.rule();
      case ScaleDecision.Keep keep -> keep.rule();
      case ScaleDecision.Refused refused ->
          throw new AssertionError(refused.why() + ": " + refused.detail());
    };
  }

  @Test
  void documentedSizingExampleComesOut() {
    // 20 requests a second of 10 s each: 200 in flight
    deployment.current(200);

    assertThat(deployment.look(200, 0)).isInstanceOf(ScaleDecision.Change.class);
    assertThat(deployment.current).isEqualTo(286);
    assertThat(rule(deployment.look(200, 0))).isEqualTo(ScaleRule.STEADY);
  }

  @Test
  void formulaRoundsUpInWholeNumbers() {
    assertThat(Autoscaler.desired(0, 1, 70)).isZero();
    assertThat(Autoscaler.desired(700, 1, 70)).isEqualTo(1);
    assertThat(Autoscaler.desired(701, 1, 70)).isEqualTo(2);
    assertThat(Autoscaler.desired(7_000, 1, 70)).isEqualTo(10);
    assertThat(Autoscaler.desired(7_000, 4, 70)).isEqualTo(3);
    assertThat(Autoscaler.desired(1_000, 1, 100)).isEqualTo(1);
    assertThat(Autoscaler.desired(Long.MAX_VALUE, 1, 1)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void formulaAgreesWithExactArithmetic() {
    var random = new SplittableRandom(7);
    for (int i = 0; i < 10_000; i++) {
      int requests = random.nextInt(100_000);
      int limit = 1 + random.nextInt(64);
      int percent = 1 + random.nextInt(100);

      long desired = Autoscaler.desired(requests * 1000L, limit, percent);

      // the least number of replicas that keeps utilization at or below the target
      assertThat(desired * limit * percent).isGreaterThanOrEqualTo(requests * 100L);
      assertThat((desired - 1) * limit * percent).isLessThan(Math.max(1, requests * 100L));
    }
  }

  @Test
  void waitingRequestsCountAsThoseInFlight() {
    deployment.current(10);

    deployment.look(7, 7);

    assertThat(deployment.current).isEqualTo(20);
  }

  @Test
  void goesUpAtOnceAndDoublesAtMost() {
    deployment.look(200, 0);
    assertThat(deployment.current).isEqualTo(2);
    assertThat(deployment.lookFor(7, 200)).isEqualTo(256);
    assertThat(deployment.lookFor(1, 200)).isEqualTo(286);
  }

  @Test
  void goesUpByMaxStep() {
    deployment.maxStep(3);

    assertThat(deployment.lookFor(2, 200)).isEqualTo(7);
  }

  @Test
  void holdsScaleWhileWindowIsNotFull() {
    deployment.current(10);

    assertThat(rule(deployment.look(1, 0))).isEqualTo(ScaleRule.WAIT_LOWER);
    assertThat(deployment.lookFor(59, 1)).isEqualTo(10);
    assertThat(rule(deployment.look(1, 0))).isEqualTo(ScaleRule.DOWN);
    assertThat(deployment.current).isEqualTo(5);
  }

  @Test
  void windowIsTwentyIntervalsWhereThatIsLonger() {
    deployment.each(10).current(10);

    assertThat(deployment.lookFor(200, 1)).isEqualTo(10);
    assertThat(deployment.lookFor(10, 1)).isEqualTo(5);
  }

  @Test
  void eachStepDownTakesAWindowOfItsOwn() {
    deployment.current(16);

    assertThat(deployment.lookFor(61, 1)).isEqualTo(8);
    assertThat(deployment.lookFor(60, 1)).isEqualTo(8);
    assertThat(deployment.lookFor(1, 1)).isEqualTo(4);
    assertThat(deployment.lookFor(122, 1)).isEqualTo(2);
    assertThat(rule(deployment.look(1, 0))).isEqualTo(ScaleRule.STEADY);
  }

  @Test
  void goesDownByMaxStep() {
    deployment.maxStep(3).current(16);

    assertThat(deployment.lookFor(61, 1)).isEqualTo(13);
  }

  @Test
  void goesDownToTheHighestNumberOfTheWindow() {
    deployment.current(10);
    deployment.lookFor(30, 1);
    deployment.look(5, 0); // 8

    assertThat(deployment.lookFor(30, 1)).isEqualTo(8);
  }

  @Test
  void flappingLoadKeepsWhatItsPeaksNeed() {
    deployment.current(15);

    for (int i = 0; i < 100; i++) {
      deployment.look(i % 30 == 0 ? 10 : 0, 0);
    }

    assertThat(deployment.current).isEqualTo(15);
  }

  @Test
  void staysWithinItsLimits() {
    deployment.between(2, 5).current(2);

    assertThat(deployment.lookFor(10, 1000)).isEqualTo(5);
    assertThat(deployment.lookFor(1000, 0)).isEqualTo(2);
  }

  @Test
  void goesIntoItsLimitsAtOnce() {
    deployment.between(2, 5).current(9);
    assertThat(rule(deployment.look(7, 0))).isEqualTo(ScaleRule.RANGE);
    assertThat(deployment.current).isEqualTo(5);

    deployment.current(1);
    assertThat(rule(deployment.look(0, 0))).isEqualTo(ScaleRule.RANGE);
    assertThat(deployment.current).isEqualTo(2);
  }

  @Test
  void decidesNothingOnStaleData() {
    deployment.between(5, 10).current(1);

    assertThat(deployment.look(STALE))
        .isEqualTo(
            new ScaleDecision.Refused(ScaleRefusal.STALE_LOAD, "no load report of router-2"));
    assertThat(deployment.current).isEqualTo(1);
  }

  @Test
  void whatWasStaleWasNotLower() {
    deployment.current(10);
    deployment.lookFor(60, 1);
    deployment.look(STALE);

    assertThat(deployment.lookFor(60, 1)).isEqualTo(10);
    assertThat(deployment.lookFor(1, 1)).isEqualTo(5);
  }

  @Test
  void whatNobodyLookedAtWasNotLower() {
    deployment.current(10);
    deployment.lookFor(30, 1);
    deployment.nanos += 60_000_000_000L;

    assertThat(deployment.lookFor(60, 1)).isEqualTo(10);
  }

  @Test
  void utilizationNeedsALimit() {
    deployment.limit = 0;

    assertThat(deployment.look(5, 0))
        .isInstanceOfSatisfying(
            ScaleDecision.Refused.class,
            refused -> assertThat(refused.why()).isEqualTo(ScaleRefusal.UNSUPPORTED));
  }

  @Test
  void goesNotDownWhileTheReadyOnesAreNotEnoughAndOthersStart() {
    deployment.current(10);
    deployment.notReady = 8;

    assertThat(deployment.lookFor(100, 3)).isEqualTo(10); // 5 would do, 2 are ready
    assertThat(rule(deployment.look(3, 0))).isEqualTo(ScaleRule.WAIT_STARTING);
    deployment.notReady = 5;
    assertThat(rule(deployment.look(3, 0))).isEqualTo(ScaleRule.DOWN);
  }

  @Test
  void waitingRequestsThatStartingReplicasWillTakeCallForNoMore() {
    deployment.options(true, false).current(10);
    deployment.notReady = 5;

    assertThat(rule(deployment.look(5, 4))).isEqualTo(ScaleRule.STEADY);
    assertThat(rule(deployment.look(5, 6))).isEqualTo(ScaleRule.STEADY);
    deployment.look(5, 20); // five of them will be taken; (5 + 15) / 0.7
    assertThat(deployment.current).isEqualTo(20);
  }

  @Test
  void withoutTheOptionEveryWaitingRequestCallsForMore() {
    deployment.current(10);
    deployment.notReady = 5;

    deployment.look(5, 4);

    assertThat(deployment.current).isEqualTo(13);
  }

  @Test
  void panicAnswersAStepAsAWhole() {
    deployment.options(false, true).current(2);

    ScaleDecision decision = deployment.look(2, 2, 20_000);

    assertThat(rule(decision)).isEqualTo(ScaleRule.PANIC);
    assertThat(deployment.current).isEqualTo(29);
    assertThat(decision.reason())
        .isEqualTo(
            "arrivals would keep 20.0 slots busy at 70 % of 1 per replica; 29 desired within 1 to"
                + " 1000; 2 ordered, 2 ready: up to 29 at once");
  }

  @Test
  void panicNeedsTwiceWhatIsReady() {
    deployment.options(false, true).current(20);

    assertThat(rule(deployment.look(14, 0, 20_000))).isEqualTo(ScaleRule.STEADY);
  }

  @Test
  void withoutTheOptionArrivalsCauseNoPanic() {
    deployment.current(2);

    deployment.look(2, 2, 20_000);

    assertThat(deployment.current).isEqualTo(4);
  }

  @Test
  void nobodyAskingForAWindowEndsTheLastReplica() {
    deployment.between(0, 5);

    assertThat(deployment.lookFor(60, 0)).isEqualTo(1);
    assertThat(deployment.lookFor(1, 0)).isZero();
  }

  @Test
  void requestsBetweenTwoLooksKeepTheLastReplica() {
    deployment.between(0, 5);

    for (int i = 0; i < 200; i++) {
      deployment.look(new FleetLoad(1, 0, 0, 1, 0, i % 50 == 0 ? 1 : 0, -1, -1));
    }

    assertThat(deployment.current).isEqualTo(1);
  }

  @Test
  void firstRequestOrdersTheFirstReplica() {
    deployment.between(0, 5).current(0);

    deployment.look(0, 1);

    assertThat(deployment.current).isEqualTo(1);
  }

  @Test
  void scheduleRaisesTheLeastNumberWhileItHolds() {
    var noon =
        new ScheduledFloor(
            "noon",
            6,
            Set.of(DayOfWeek.WEDNESDAY),
            LocalTime.of(12, 1),
            LocalTime.of(12, 2),
            ZoneOffset.UTC);
    deployment.options(false, false, noon);

    assertThat(deployment.lookFor(59, 0)).isEqualTo(1);
    assertThat(rule(deployment.look(0, 0))).isEqualTo(ScaleRule.RANGE);
    assertThat(deployment.lookFor(60, 0)).isEqualTo(6);
    assertThat(deployment.lookFor(61, 0)).isEqualTo(3);
  }

  @Test
  void scheduleNeverExceedsTheMost() {
    var always =
        new ScheduledFloor(
            "always", 50, Set.of(DayOfWeek.values()), LocalTime.MIN, LocalTime.MIN, ZoneOffset.UTC);
    deployment.between(1, 5).options(false, false, always);

    assertThat(deployment.lookFor(10, 0)).isEqualTo(5);
  }

  @Test
  void reasonNamesTheNumbers() {
    deployment.current(10);

    assertThat(deployment.look(1, 0).reason())
        .isEqualTo(
            "1 in flight + 0 queued at 70 % of 1 per replica; 2 desired within 1 to 1000; 10"
                + " ordered, 10 ready: lower, but not yet for the whole window");
  }

  @Test
  void neverLeavesItsLimitsWhateverHappens() {
    var random = new SplittableRandom(11);
    for (int run = 0; run < 200; run++) {
      int least = random.nextInt(4);
      int most = least + random.nextInt(50);
      var any =
          new ScaledDeployment()
              .between(least, most)
              .percent(1 + random.nextInt(100))
              .options(random.nextBoolean(), random.nextBoolean())
              .current(random.nextInt(60));
      any.limit = 1 + random.nextInt(8);
      for (int i = 0; i < 200; i++) {
        any.notReady = random.nextInt(5);
        boolean stale = random.nextInt(10) == 0;
        ScaleDecision decision =
            stale
                ? any.look(STALE)
                : any.look(random.nextInt(500), random.nextInt(500), random.nextInt(999_999) - 1);

        if (decision instanceof ScaleDecision.Change change) {
          assertThat(change.to()).isBetween(least, most);
        }
        assertThat(decision.reason()).isNotEmpty();
      }
    }
  }
}
