package io.fairlead.router.dispatch;

import static io.fairlead.router.dispatch.Scene.deployment;
import static io.fairlead.router.dispatch.Scene.replica;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.dispatch.Scene.Caller;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EjectionTest {
  private static final long LONGEST_MILLIS = 30_000;
  private static final long SHORTEST_MILLIS = 24_000;

  /** Lets the replica of this number fail {@code times} in a row; nothing else is in flight. */
  private static void fail(Scene scene, int number, int times) {
    for (int i = 0; i < times; i++) {
      end(scene, number, Outcome.RESET);
    }
  }

  private static void end(Scene scene, int number, Outcome outcome) {
    List<Caller> others = new ArrayList<>();
    Caller caller = scene.call();
    while (!caller.permit().replica().equals(replica(number))) {
      others.add(caller);
      caller = scene.call();
    }
    caller.end(outcome);
    others.forEach(other -> other.end(Outcome.CANCELLED));
  }

  private static Set<Replica> used(Scene scene, int calls) {
    Set<Replica> used = new TreeSet<>(Comparator.comparing(Replica::host));
    for (int i = 0; i < calls; i++) {
      Caller caller = scene.call();
      used.add(caller.permit().replica());
      caller.end(Outcome.CANCELLED);
    }
    return used;
  }

  @ParameterizedTest
  @EnumSource(names = {"CONNECT_FAILED", "RESET", "TIMED_OUT"})
  void fiveFailuresInARowEject(Outcome failure) {
    Scene scene = new Scene(deployment(2, 1));
    for (int i = 0; i < 4; i++) {
      end(scene, 1, failure);
    }
    assertThat(scene.load().ejectedReplicas()).isZero();

    end(scene, 1, failure);
    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);
    assertThat(scene.load().readyReplicas()).isEqualTo(1);
    assertThat(used(scene, 4)).containsExactly(replica(0));
  }

  @Test
  void anAnswerBreaksTheRow() {
    Scene scene = new Scene(deployment(2, 1));
    fail(scene, 1, 4);
    end(scene, 1, Outcome.ANSWERED);
    fail(scene, 1, 4);

    assertThat(scene.load().ejectedReplicas()).isZero();
  }

  @Test
  void aCallerWhoLeftSaysNothing() {
    Scene scene = new Scene(deployment(2, 1));
    fail(scene, 1, 4);
    end(scene, 1, Outcome.CANCELLED);
    fail(scene, 1, 1);

    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);
  }

  @Test
  void aReplicaReturnsAfterAJitteredTime() {
    Scene scene = new Scene(deployment(2, 1));
    fail(scene, 1, 5);

    scene.advanceMillis(SHORTEST_MILLIS - 1);
    assertThat(used(scene, 4)).hasSize(1);

    scene.advanceMillis(LONGEST_MILLIS - SHORTEST_MILLIS + 1);
    assertThat(used(scene, 4)).hasSize(2);
    assertThat(scene.dispatcher.dueNanos() - scene.now).isGreaterThan(1_000_000 * Scene.SECOND);
  }

  @Test
  void eachEjectionInARowIsLongerUpToTheMaximum() {
    Scene scene = new Scene(deployment(2, 1));
    for (int n = 1; n <= 15; n++) {
      fail(scene, 1, 5);
      long millis = (scene.dispatcher.dueNanos() - scene.now) / Scene.MILLI;
      long full = Math.min(30_000L * n, 300_000);
      assertThat(millis).as("ejection " + n).isBetween(full * 8 / 10, full);
      scene.advanceMillis(millis + 1);
    }
  }

  @Test
  void timeInServiceIsForgiven() {
    Scene scene = new Scene(deployment(2, 1));
    for (int n = 1; n <= 3; n++) {
      fail(scene, 1, 5);
      scene.advanceMillis(LONGEST_MILLIS * n);
    }
    scene.advanceMillis(10 * LONGEST_MILLIS);

    fail(scene, 1, 5);
    assertThat(scene.dispatcher.dueNanos() - scene.now)
        .isBetween(SHORTEST_MILLIS * Scene.MILLI, LONGEST_MILLIS * Scene.MILLI);
  }

  @Test
  void theOnlyReplicaIsNeverEjected() {
    Scene scene = new Scene(deployment(1, 1));
    fail(scene, 0, 50);

    assertThat(scene.load().readyReplicas()).isEqualTo(1);
    assertThat(scene.call().isServed()).isTrue();
  }

  @Test
  void ejectionIsIgnoredWhileMoreThanHalfFail() {
    Scene scene = new Scene(deployment(3, 1));
    fail(scene, 0, 5);
    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);

    fail(scene, 1, 5);
    assertThat(scene.load().ejectedReplicas()).isZero();
    assertThat(used(scene, 6)).hasSize(3);

    end(scene, 0, Outcome.ANSWERED);
    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);
    assertThat(used(scene, 6)).containsExactly(replica(0), replica(2));
  }

  @Test
  void removalOfAHealthyReplicaMayEndEjections() {
    Scene scene = new Scene(deployment(2, 1));
    fail(scene, 1, 5);

    scene.update(deployment(List.of(replica(1)), 1, 500, -1));

    assertThat(scene.call().permit().replica()).isEqualTo(replica(1));
  }

  @Test
  void aReplicaThatIsReplacedStartsAfresh() {
    Scene scene = new Scene(deployment(2, 1));
    fail(scene, 1, 5);

    scene.update(deployment(1, 1));
    scene.update(deployment(2, 1));

    assertThat(used(scene, 4)).hasSize(2);
  }

  @Test
  void anAnswerToAnEarlierRequestEndsTheEjection() {
    Scene scene = new Scene(deployment(2, 8));
    List<Caller> onSecond = new ArrayList<>();
    for (Caller caller : scene.calls(12)) {
      if (caller.permit().replica().equals(replica(1))) {
        onSecond.add(caller);
      }
    }
    onSecond.subList(0, 5).forEach(caller -> caller.end(Outcome.RESET));
    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);

    onSecond.get(5).answer();
    assertThat(scene.load().ejectedReplicas()).isZero();
  }

  @Test
  void waitersGetTheReplicaThatReturnsWithoutAnyOtherTraffic() {
    Scene scene = new Scene(deployment(2, 1, 300_000, 9));
    fail(scene, 1, 5);
    scene.call();
    Caller waiting = scene.call();
    assertThat(waiting.isServed()).isFalse();

    long due = scene.dispatcher.dueNanos();
    scene.dispatcher.advance(due - 1);
    assertThat(waiting.isServed()).isFalse();
    scene.dispatcher.advance(due);
    assertThat(waiting.permit().replica()).isEqualTo(replica(1));
  }

  @Test
  void whoWaitsGetsTheReplicaThatReturnsWhateverIsAskedFirst() {
    Scene scene = new Scene(deployment(2, 1, 300_000, 9));
    fail(scene, 1, 5);
    scene.call();
    Caller waiting = scene.call();

    scene.now = scene.dispatcher.dueNanos();
    Caller newcomer = scene.call();
    assertThat(waiting.permit().replica()).isEqualTo(replica(1));
    assertThat(newcomer.isServed()).isFalse();
  }

  @Test
  void whoLeavesWhenAReplicaReturnsIsGrantedNothing() {
    Scene scene = new Scene(deployment(2, 1, 300_000, 9));
    fail(scene, 1, 5);
    scene.call();
    Caller leaving = scene.call();
    Caller waiting = scene.call();

    scene.now = scene.dispatcher.dueNanos();
    assertThat(leaving.ticket().cancel(scene.now)).isTrue();
    assertThat(leaving.isServed()).isFalse();
    assertThat(waiting.permit().replica()).isEqualTo(replica(1));
  }
}
