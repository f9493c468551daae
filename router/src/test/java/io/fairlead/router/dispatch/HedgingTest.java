package io.fairlead.router.dispatch;

import static io.fairlead.router.dispatch.Scene.deployment;
import static io.fairlead.router.dispatch.Scene.replica;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.dispatch.Scene.Caller;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HedgingTest {
  private static @Nullable Permit hedge(Scene scene, int busy) {
    return scene.dispatcher.acquireHedge(replica(busy), scene.now);
  }

  /** As many requests come and go. */
  private static void earn(Scene scene, int requests) {
    for (int i = 0; i < requests; i++) {
      scene.call().answer();
    }
  }

  @Test
  void goesToAnotherReplica() {
    Scene scene = new Scene(deployment(3, 4));
    earn(scene, 200);

    for (int i = 0; i < 8; i++) {
      assertThat(hedge(scene, 1)).isNotNull().extracting(Permit::replica).isNotEqualTo(replica(1));
    }
    assertThat(hedge(scene, 1)).as("the others are full").isNull();
  }

  @Test
  void neverGoesToTheSameReplica() {
    Scene one = new Scene(deployment(1, 4));
    earn(one, 200);
    assertThat(hedge(one, 0)).isNull();

    Scene unlimited = new Scene(deployment(1, 0));
    earn(unlimited, 200);
    assertThat(hedge(unlimited, 0)).isNull();
  }

  @Test
  void doesNotOvertakeWaiters() {
    Scene scene = new Scene(deployment(2, 1));
    earn(scene, 200);
    List<Caller> running = scene.calls(2);
    Caller waiting = scene.call();
    assertThat(hedge(scene, 0)).isNull();

    running.get(1).answer();

    assertThat(waiting.isServed()).isTrue();
    assertThat(hedge(scene, 0)).isNull();
  }

  @Test
  void staysWithinATwentiethOfTheRequests() {
    Scene scene = new Scene(deployment(2, 0));
    int hedges = 0;
    for (int i = 0; i < 10_000; i++) {
      scene.call().answer();
      Permit second = hedge(scene, 0);
      if (second != null) {
        hedges++;
        second.release(Outcome.CANCELLED, scene.now);
      }
    }
    assertThat(hedges).isEqualTo(500);
  }

  @Test
  void savesUpTenAtMost() {
    Scene scene = new Scene(deployment(2, 0));
    earn(scene, 10_000);
    scene.advanceMillis(3_600_000);

    int hedges = 0;
    while (hedge(scene, 0) != null) {
      hedges++;
    }
    assertThat(hedges).isEqualTo(10);
  }

  @Test
  void aHedgeThatFindsNoSlotCostsNothing() {
    Scene scene = new Scene(deployment(2, 1));
    earn(scene, 20);
    List<Caller> running = scene.calls(2);
    for (int i = 0; i < 5; i++) {
      assertThat(hedge(scene, 0)).isNull();
    }

    running.get(1).answer();

    assertThat(hedge(scene, 0)).isNotNull();
  }

  @Test
  void waitsAsLongAsNineteenOfTwentyResponsesTook() {
    Scene scene = new Scene(deployment(2, 1));
    for (int i = 0; i < 99; i++) {
      scene.dispatcher.responded((i % 20 < 18 ? 20 : 100) * Scene.MILLI);
    }
    assertThat(scene.dispatcher.hedgeDelayNanos()).as("too few").isZero();

    scene.dispatcher.responded(20 * Scene.MILLI);
    assertThat(scene.dispatcher.hedgeDelayNanos()).isBetween(100 * Scene.MILLI, 107 * Scene.MILLI);
  }

  @Test
  void countsWhatBecameOfThem() {
    Scene scene = new Scene(deployment(2, 1));
    int times = 1;
    for (HedgeResult result : HedgeResult.values()) {
      for (int i = 0; i < times; i++) {
        scene.dispatcher.hedgeEnded(result);
      }
      times++;
    }

    assertThat(scene.dispatcher.hedges()).isEqualTo(new HedgeCounts(1, 2, 3, 4));
  }
}
