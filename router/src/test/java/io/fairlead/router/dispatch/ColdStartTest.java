package io.fairlead.router.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.model.ScaleOptions;
import io.fairlead.router.model.ScaleSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A deployment that may have no replica: who asks first waits for one. */
class ColdStartTest {
  private static final int HOLD_MILLIS = 30_000;

  private final Scene scene = new Scene(replicas(0));

  static Deployment replicas(int count) {
    Deployment plain = Scene.deployment(count, 2);
    return new Deployment(
        plain.key(),
        plain.replicas(),
        plain.scoring(),
        plain.requestSettings(),
        new ScaleSettings(
            ScaleSettings.Type.TARGET_UTILIZATION,
            0,
            5,
            70,
            Duration.ofSeconds(1),
            ScaleSettings.Mode.ACTIVE,
            0,
            new ScaleOptions(false, false, Duration.ofMillis(HOLD_MILLIS), List.of())),
        1,
        null);
  }

  @Test
  void firstRequestWaitsForTheFirstReplica() {
    Scene.Caller first = scene.call();
    assertThat(scene.load().queued()).isEqualTo(1);

    scene.advanceMillis(HOLD_MILLIS - 1);
    scene.update(replicas(1));

    assertThat(first.isServed()).isTrue();
    first.answer();
  }

  @Test
  void asManyWaitAsOneReplicaTakes() {
    scene.calls(2);

    assertThat(scene.call().rejected().error()).isEqualTo(RouterError.MODEL_NOT_READY);
    assertThat(scene.load().queued()).isEqualTo(2);
  }

  @Test
  void waitEndsAfterTheLongestForTheFirstReplica() {
    Scene.Caller first = scene.call();
    assertThat(first.ticket().patienceNanos() - scene.now).isEqualTo(HOLD_MILLIS * Scene.MILLI);

    scene.advanceMillis(HOLD_MILLIS);
    scene.update(replicas(1));

    assertThat(first.isServed()).isFalse();
  }

  @Test
  void callerInAHurryWaitsNoLongerThanItsDeadline() {
    Scene.Caller first = scene.call(10_000);

    scene.advanceMillis(10_000);
    scene.update(replicas(1));

    assertThat(first.isServed()).isFalse();
  }

  @Test
  void whoComesOnceThereIsAReplicaWaitsAsUsual() {
    scene.update(replicas(1));
    scene.calls(2);

    Scene.Caller third = scene.call();

    assertThat(third.ticket().patienceNanos() - scene.now).isEqualTo(500 * Scene.MILLI);
  }

  @Test
  void othersAreRefusedWhereThereIsNoReplica() {
    Scene plain = new Scene(Scene.deployment(0, 2));

    assertThat(plain.call().rejected().error()).isEqualTo(RouterError.MODEL_NOT_READY);
  }

  @Test
  void estimateIsHowLongTheStartBeforeTook() {
    Scene plain = new Scene(Scene.deployment(0, 2));
    assertThat(plain.call().rejected().load().estimatedWaitNanos()).isZero();
    plain.advanceMillis(20_000);
    plain.update(Scene.deployment(1, 2));
    plain.advanceMillis(60_000);
    plain.update(Scene.deployment(0, 2));

    assertThat(plain.call().rejected().load().estimatedWaitNanos()).isEqualTo(20 * Scene.SECOND);
    plain.advanceMillis(15_000);
    assertThat(plain.call().rejected().load().estimatedWaitNanos()).isEqualTo(5 * Scene.SECOND);
    plain.advanceMillis(15_000);
    assertThat(plain.call().rejected().load().estimatedWaitNanos()).isEqualTo(Scene.SECOND);
  }

  @Test
  void countsWhatWentThrough() {
    scene.update(replicas(1));
    List<Scene.Caller> callers = scene.calls(3);
    scene.advanceMillis(100);
    callers.getFirst().answer();

    assertThat(scene.dispatcher.throughput()).isEqualTo(new Throughput(3, 1, 100 * Scene.MILLI));
    callers.get(1).answer();
    callers.get(2).answer();
  }
}
