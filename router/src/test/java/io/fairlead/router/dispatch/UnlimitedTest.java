package io.fairlead.router.dispatch;

import static io.fairlead.router.dispatch.Scene.deployment;
import static io.fairlead.router.dispatch.Scene.replica;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.dispatch.Scene.Caller;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RouterError;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code maxConcurrentRequestsPerInstance: 0} does. */
class UnlimitedTest {
  private static Map<Replica, Integer> share(Scene scene, int calls) {
    Map<Replica, Integer> share = new HashMap<>();
    for (int i = 0; i < calls; i++) {
      Caller caller = scene.call();
      share.merge(caller.permit().replica(), 1, Integer::sum);
      caller.end(Outcome.CANCELLED);
    }
    return share;
  }

  @Test
  void nobodyWaits() {
    Scene scene = new Scene(deployment(1, 0));

    assertThat(scene.calls(10_000)).allMatch(Caller::isServed);
    assertThat(scene.load()).isEqualTo(new Load(0, 10_000, 0, 0, 1, 0, 0, 0));
    scene.update(deployment(0, 0));
    assertThat(scene.call().rejected().error()).isEqualTo(RouterError.MODEL_NOT_READY);
  }

  @Test
  void twoChoicesKeepTheLoadEven() {
    Scene scene = new Scene(deployment(100, 0));
    Map<Replica, Integer> inFlight = new HashMap<>();
    scene.calls(10_000).forEach(c -> inFlight.merge(c.permit().replica(), 1, Integer::sum));

    // one random choice would spread by about 30 either way
    assertThat(inFlight.values()).hasSize(100).allMatch(load -> load > 94 && load < 106);
  }

  @Test
  void fewOfManyReplicasAreAskedInAShortTime() {
    Scene scene = new Scene(deployment(1_000, 0));

    // the window has moved on by 31 at the end
    assertThat(share(scene, TwoChoices.PICKS_PER_STEP * 32 - 1))
        .hasSizeLessThan(TwoChoices.WINDOW + 32);
  }

  @Test
  void eachOfManyReplicasIsAskedInTheLongRunAndAsOften() {
    Scene scene = new Scene(deployment(1_000, 0));
    int rounds = 50;

    Map<Replica, Integer> share = share(scene, rounds * 1_000 * TwoChoices.PICKS_PER_STEP);

    int fair = rounds * TwoChoices.PICKS_PER_STEP;
    assertThat(share).hasSize(1_000);
    assertThat(share.values()).allMatch(calls -> calls > fair / 2 && calls < fair * 3 / 2);
  }

  @Test
  void aBurstOpensTheWindow() {
    Scene scene = new Scene(deployment(1_000, 0));
    Map<Replica, Integer> inFlight = new HashMap<>();
    scene.calls(10_000).forEach(c -> inFlight.merge(c.permit().replica(), 1, Integer::sum));

    assertThat(inFlight.values()).hasSize(1_000).allMatch(load -> load < 14);
  }

  @Test
  void aSlowReplicaGetsLess() {
    Scene scene = new Scene(deployment(2, 0));
    for (int i = 0; i < 100; i++) {
      Caller caller = scene.call();
      scene.advanceMillis(caller.permit().replica().equals(replica(0)) ? 90 : 10);
      caller.answer();
    }

    Map<Replica, Integer> inFlight = new HashMap<>();
    scene.calls(1_000).forEach(c -> inFlight.merge(c.permit().replica(), 1, Integer::sum));

    assertThat(inFlight.get(replica(1))).isBetween(850, 950);
  }

  @Test
  void aSlowReplicaIsTriedAgainAfterAWhile() {
    Scene scene = new Scene(deployment(2, 0));
    for (int i = 0; i < 100; i++) {
      Caller caller = scene.call();
      scene.advanceMillis(caller.permit().replica().equals(replica(0)) ? 900 : 1);
      caller.answer();
    }
    assertThat(share(scene, 100)).containsOnlyKeys(replica(1));

    for (int second = 0; second < 120; second++) {
      scene.advanceMillis(1_000);
      Caller caller = scene.call();
      scene.advanceMillis(1);
      caller.answer();
    }
    assertThat(share(scene, 100)).containsKey(replica(0));
  }

  @Test
  void aNewReplicaStartsSlowly() {
    Scene scene = new Scene(deployment(9, 0));
    scene.update(deployment(10, 0));
    int calls = 20_000;

    int atFirst = share(scene, calls).getOrDefault(replica(9), 0);
    scene.advanceMillis(15_000);
    int halfway = share(scene, calls).getOrDefault(replica(9), 0);
    scene.advanceMillis(15_000);
    int atLast = share(scene, calls).getOrDefault(replica(9), 0);

    assertThat(atFirst).isBetween(calls / 10 * 7 / 100, calls / 10 * 13 / 100);
    assertThat(halfway).isBetween(calls / 10 * 45 / 100, calls / 10 * 55 / 100);
    assertThat(atLast).isBetween(calls / 10 * 90 / 100, calls / 10 * 110 / 100);
  }

  @Test
  void theFirstReplicaNeedsNoSlowStart() {
    Scene scene = new Scene(deployment(0, 0));
    scene.update(deployment(1, 0));

    assertThat(scene.calls(10)).allMatch(Caller::isServed);
  }
}
