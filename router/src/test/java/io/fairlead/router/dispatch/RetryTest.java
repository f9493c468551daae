package io.fairlead.router.dispatch;

import static io.fairlead.router.dispatch.Scene.deployment;
import static io.fairlead.router.dispatch.Scene.replica;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.dispatch.Scene.Caller;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetryTest {
  private static @Nullable Permit retry(Scene scene, int avoid) {
    return scene.dispatcher.acquireRetry(replica(avoid), scene.now);
  }

  @Test
  void goesToAnotherReplica() {
    Scene scene = new Scene(deployment(3, 4));

    for (int i = 0; i < 8; i++) {
      assertThat(retry(scene, 1)).isNotNull().extracting(Permit::replica).isNotEqualTo(replica(1));
    }
    assertThat(retry(scene, 1)).as("the others are full").isNull();
  }

  @Test
  void goesToAnotherReplicaWhereThereIsNoLimit() {
    Scene scene = new Scene(deployment(2, 0));

    for (int i = 0; i < 8; i++) {
      assertThat(retry(scene, 1)).isNotNull().extracting(Permit::replica).isEqualTo(replica(0));
    }
  }

  @Test
  void goesToTheOnlyReplicaAgain() {
    Scene scene = new Scene(deployment(1, 1));
    Caller first = scene.call();
    assertThat(retry(scene, 0)).as("no free slot").isNull();

    first.end(Outcome.CONNECT_FAILED);
    assertThat(retry(scene, 0)).isNotNull();
  }

  @Test
  void goesToTheOnlyReplicaInService() {
    Scene scene = new Scene(deployment(2, 1));
    Caller kept = scene.call();
    for (int i = 0; i < 5; i++) {
      scene.call().end(Outcome.RESET);
    }
    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);
    kept.answer();

    assertThat(retry(scene, 0)).isNotNull().extracting(Permit::replica).isEqualTo(replica(0));
  }

  @Test
  void doesNotOvertakeWaiters() {
    Scene scene = new Scene(deployment(2, 1));
    List<Caller> running = scene.calls(2);
    Caller waiting = scene.call();

    running.get(0).end(Outcome.CONNECT_FAILED);

    assertThat(waiting.isServed()).isTrue();
    assertThat(retry(scene, 0)).isNull();
  }

  @Test
  void staysWithinAFifthOfTheRequestsAndTenASecond() {
    Scene scene = new Scene(deployment(2, 0));
    int requests = 0;
    int retries = 0;
    for (int millis = 0; millis < 60_000; millis++) {
      Caller caller = scene.call();
      requests++;
      caller.end(Outcome.CANCELLED);
      Permit second = retry(scene, 0);
      if (second != null) {
        retries++;
        second.release(Outcome.CANCELLED, scene.now);
      }
      scene.advanceMillis(1);
    }

    int allowed = requests / 5 + 60 * 10;
    assertThat(retries).isBetween(allowed * 98 / 100, allowed + 10);
  }

  @Test
  void aQuietNightSavesUpTenSecondsAtMost() {
    Scene scene = new Scene(deployment(1, 0));
    scene.advanceMillis(8 * 3_600_000);

    int retries = 0;
    while (retry(scene, 0) != null) {
      retries++;
    }
    assertThat(retries).isBetween(95, 100);
  }

  @Test
  void aRetryThatKeepsItsSlotSpendsTheSameBudget() {
    Scene scene = new Scene(deployment(1, 1));
    Permit permit = scene.call().permit();

    for (int i = 0; i < 10; i++) {
      assertThat(permit.tryRetryHere(scene.now)).isTrue();
    }
    assertThat(permit.tryRetryHere(scene.now)).isFalse();
    scene.advanceMillis(1_000);
    assertThat(permit.tryRetryHere(scene.now)).isTrue();
  }
}
