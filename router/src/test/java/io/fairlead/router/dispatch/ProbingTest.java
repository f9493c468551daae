package io.fairlead.router.dispatch;

import static io.fairlead.router.dispatch.Scene.replica;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.dispatch.Scene.Caller;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When replicas are probed, and what follows, in virtual time that is looked at once a second. */
final class ProbingTest {
  private static final int EVERY_SECONDS = 10;

  private final List<Permit> probes = new ArrayList<>();

  /** Whose probes fail when nobody says how they end. */
  private final Set<Replica> down = new HashSet<>();

  private static Deployment probed(int replicas, int limit) {
    return Scene.probed(Scene.deployment(replicas, limit));
  }

  /** Lets a second pass, and returns what is probed then. */
  private List<Permit> second(Scene scene) {
    scene.advanceMillis(1_000);
    int before = probes.size();
    scene.dispatcher.probeDue(probes::add, scene.now);
    return List.copyOf(probes.subList(before, probes.size()));
  }

  /** Lets seconds pass until the replica of this number is probed; others end as they must. */
  private Permit untilProbed(Scene scene, int number) {
    for (int i = 0; i < 10 * EVERY_SECONDS; i++) {
      Permit found = null;
      for (Permit probe : second(scene)) {
        if (probe.replica().equals(replica(number))) {
          found = probe;
        } else {
          end(scene, probe, !down.contains(probe.replica()));
        }
      }
      if (found != null) {
        return found;
      }
    }
    throw new AssertionError("not probed in vain seconds");
  }

  private static void end(Scene scene, Permit probe, boolean success) {
    probe.probed(success, scene.now);
    probe.release(success ? Outcome.ANSWERED : Outcome.CONNECT_FAILED, scene.now);
  }

  /** Lets the next probes of a replica end so. */
  private void probe(Scene scene, int number, boolean... successes) {
    for (boolean success : successes) {
      end(scene, untilProbed(scene, number), success);
    }
  }

  private static Set<Replica> used(Scene scene, int calls) {
    Set<Replica> used = new HashSet<>();
    for (int i = 0; i < calls; i++) {
      Caller caller = scene.call();
      used.add(caller.permit().replica());
      caller.end(Outcome.CANCELLED);
    }
    return used;
  }

  // ---- when

  @Test
  void nobodyIsProbedWithoutAHealthPath() {
    Scene scene = new Scene(Scene.deployment(3, 1));
    for (int i = 0; i < 3 * EVERY_SECONDS; i++) {
      assertThat(second(scene)).isEmpty();
    }
  }

  @Test
  void theFirstProbesAreSpreadOverTheTimeBetweenTwo() {
    Scene scene = new Scene(probed(100, 1));
    Set<Replica> asked = new HashSet<>();
    for (int i = 0; i < EVERY_SECONDS; i++) {
      List<Permit> now = second(scene);
      assertThat(now).hasSizeBetween(2, 20);
      now.forEach(probe -> asked.add(probe.replica()));
      now.forEach(probe -> end(scene, probe, true));
    }
    assertThat(asked).hasSize(100);
  }

  @Test
  void theNextComesAfterThatTimeGiveOrTakeAFifth() {
    Scene scene = new Scene(probed(2, 1));
    end(scene, untilProbed(scene, 0), true);
    Set<Long> times = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      long last = scene.now;
      end(scene, untilProbed(scene, 0), true);
      times.add((scene.now - last) / Scene.SECOND);
    }
    assertThat(times).isSubsetOf(8L, 9L, 10L, 11L, 12L).hasSizeGreaterThan(2);
  }

  @Test
  void oneProbeAtATime() {
    Scene scene = new Scene(probed(1, 4));
    Permit probe = untilProbed(scene, 0);
    for (int i = 0; i < 3 * EVERY_SECONDS; i++) {
      assertThat(second(scene)).isEmpty();
    }
    end(scene, probe, true);
    untilProbed(scene, 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 40})
  void aQuarterOfTheReplicasAtMost(int replicas) {
    Scene scene = new Scene(probed(replicas, 1));
    for (int i = 0; i < 3 * EVERY_SECONDS; i++) {
      second(scene);
    }
    assertThat(probes).hasSize(Math.max(1, replicas / 4));
    assertThat(scene.load().inFlight()).isEqualTo(probes.size());
    end(scene, probes.getFirst(), true);
    assertThat(second(scene)).as("the next, if there is one").hasSize(replicas > 1 ? 1 : 0);
  }

  // ---- the slot

  @Test
  void aProbeTakesASlot() {
    Scene scene = new Scene(probed(2, 1));
    Permit probe = untilProbed(scene, 1);
    assertThat(scene.call().permit().replica()).isEqualTo(replica(0));
    Caller waits = scene.call();
    assertThat(waits.isServed()).isFalse();
    end(scene, probe, true);
    assertThat(waits.permit().replica()).isEqualTo(replica(1));
  }

  @Test
  void theNextSlotOfABusyReplicaIsForItsProbe() {
    Scene scene = new Scene(probed(1, 1));
    Caller busy = scene.call();
    for (int i = 0; i < EVERY_SECONDS; i++) {
      assertThat(second(scene)).isEmpty();
    }
    Caller waits = scene.call();
    busy.answer();
    assertThat(probes).hasSize(1);
    assertThat(waits.isServed()).isFalse();
    end(scene, probes.getFirst(), true);
    assertThat(waits.isServed()).isTrue();
  }

  @Test
  void anUnlimitedReplicaHasRoomForItsProbe() {
    Scene scene = new Scene(probed(1, 0));
    scene.calls(5);
    untilProbed(scene, 0);
    assertThat(scene.load().inFlight()).isEqualTo(6);
  }

  @Test
  void aProbeThatFailsIsNoFailureOfARequest() {
    Scene scene = new Scene(probed(2, 1));
    probe(scene, 1, false, false, true, false, false, true, false, false);
    assertThat(scene.load().ejectedReplicas()).isZero();
  }

  @Test
  void goesOnWhereTheSlotOfAProbeWasTakenBack() {
    Scene scene = new Scene(probed(2, 1));
    Permit lost = untilProbed(scene, 0);
    lost.missed(scene.now);
    lost.missed(scene.now);

    end(scene, untilProbed(scene, 1), true);
    Permit next = untilProbed(scene, 0);
    end(scene, lost, false);
    for (int i = 0; i < 2 * EVERY_SECONDS; i++) {
      assertThat(second(scene)).as("while one is under way").isEmpty();
    }
    end(scene, next, true);
    untilProbed(scene, 1);
  }

  @Test
  void goesOnWhereNobodySaysWhatAProbeHasFound() {
    Scene scene = new Scene(probed(2, 1));
    untilProbed(scene, 0).release(Outcome.CANCELLED, scene.now);

    end(scene, untilProbed(scene, 1), true);
    untilProbed(scene, 0);
  }

  @Test
  void whatIsToldAfterTheReleaseCounts() {
    Scene scene = new Scene(probed(2, 1));
    for (int i = 0; i < 3; i++) {
      Permit probe = untilProbed(scene, 1);
      probe.release(Outcome.TIMED_OUT, scene.now);
      probe.probed(false, scene.now);
    }
    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);
  }

  @Test
  void aRequestIsNoProbe() {
    Permit permit = new Scene(probed(1, 1)).call().permit();
    assertThatThrownBy(() -> permit.probed(true, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("permit of 10.0.0.1:5001 is for a request, not a probe");
  }

  // ---- what follows

  @Test
  void threeFailuresInARowEjectUntilOneSucceeds() {
    Scene scene = new Scene(probed(2, 1));
    probe(scene, 1, false, false);
    assertThat(scene.load().ejectedReplicas()).isZero();
    probe(scene, 1, false);
    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);
    assertThat(used(scene, 4)).containsExactly(replica(0));
    probe(scene, 1, false, false, false, false);
    scene.advanceMillis(3_600_000);
    assertThat(scene.load().ejectedReplicas()).as("no time ends it").isEqualTo(1);
    probe(scene, 1, true);
    assertThat(scene.load().ejectedReplicas()).isZero();
    assertThat(used(scene, 4)).contains(replica(1));
  }

  @Test
  void whoWaitsGetsTheSlotOfAReplicaThatReturns() {
    Scene scene = new Scene(probed(2, 1));
    probe(scene, 1, false, false, false);
    Permit probe = untilProbed(scene, 1);
    scene.call();
    Caller waits = scene.call();
    assertThat(waits.isServed()).isFalse();
    end(scene, probe, true);
    assertThat(waits.permit().replica()).isEqualTo(replica(1));
  }

  @Test
  void anAnswerToARequestDoesNotEndIt() {
    Scene scene = new Scene(probed(2, 2));
    List<Caller> callers = scene.calls(4);
    for (int i = 0; i < 3; i++) {
      Caller one = callers.stream().filter(c -> isAt(c, 1)).findFirst().orElseThrow();
      callers.remove(one);
      one.answer(); // else no slot is free for a probe
      probe(scene, 1, false);
      callers.addAll(scene.calls(1));
    }
    callers.stream().filter(c -> isAt(c, 1)).forEach(Caller::answer);
    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);
  }

  private static boolean isAt(Caller caller, int number) {
    return caller.isServed() && caller.permit().replica().equals(replica(number));
  }

  @Test
  void aSuccessDoesNotEndAnEjectionForFailedRequests() {
    Scene scene = new Scene(probed(2, 1));
    fail(scene, 1, 5);
    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);
    probe(scene, 1, true);
    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);
    scene.advanceMillis(30_000);
    assertThat(scene.load().ejectedReplicas()).isZero();
  }

  @Test
  void aReplicaThatIsDownDoesNotReturnWithTime() {
    Scene scene = new Scene(probed(2, 1));
    fail(scene, 1, 5);
    probe(scene, 1, false, false, false);
    scene.advanceMillis(600_000);
    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);
    probe(scene, 1, true);
    assertThat(scene.load().ejectedReplicas()).isZero();
  }

  private static void fail(Scene scene, int number, int times) {
    for (int i = 0; i < times; i++) {
      List<Caller> others = new ArrayList<>();
      Caller caller = scene.call();
      while (!isAt(caller, number)) {
        others.add(caller);
        caller = scene.call();
      }
      caller.end(Outcome.RESET);
      others.forEach(other -> other.end(Outcome.CANCELLED));
    }
  }

  @Test
  void allAreUsedWhereMoreThanHalfAreUnwell() {
    Scene scene = new Scene(probed(3, 1));
    probe(scene, 1, false, false, false);
    down.add(replica(1));
    assertThat(scene.load().ejectedReplicas()).isEqualTo(1);
    probe(scene, 2, false, false, false);
    assertThat(scene.load().ejectedReplicas()).isZero();
    assertThat(used(scene, 9)).hasSize(3);
    down.add(replica(2));
    probe(scene, 1, true);
    assertThat(scene.load().ejectedReplicas()).as("the other is still unwell").isEqualTo(1);
  }

  @Test
  void theOnlyReplicaIsAlwaysUsed() {
    Scene scene = new Scene(probed(1, 1));
    probe(scene, 0, false, false, false, false);
    assertThat(scene.call().isServed()).isTrue();
  }

  // ---- changes

  @Test
  void whatIsFoundOfAReplicaThatIsGoneIsNothing() {
    Scene scene = new Scene(probed(2, 1));
    Permit probe = untilProbed(scene, 1);
    scene.update(probed(1, 1));
    end(scene, probe, false);
    assertThat(scene.load().drainingReplicas()).isZero();
    untilProbed(scene, 0);
  }

  @Test
  void anUnwellReplicaThatIsReplacedBeginsAnew() {
    Scene scene = new Scene(probed(2, 1));
    probe(scene, 1, false, false, false);
    scene.update(probed(1, 1));
    scene.update(probed(2, 1));
    assertThat(scene.load().ejectedReplicas()).isZero();
    assertThat(used(scene, 4)).hasSize(2);
  }

  @Test
  void withoutItsHealthPathAReplicaReturns() {
    Scene scene = new Scene(probed(2, 1));
    probe(scene, 1, false, false, false);
    Permit running = untilProbed(scene, 0);
    scene.update(Scene.deployment(2, 1));
    assertThat(scene.load().ejectedReplicas()).isZero();
    end(scene, running, false);
    for (int i = 0; i < 3 * EVERY_SECONDS; i++) {
      assertThat(second(scene)).isEmpty();
    }
    scene.update(probed(2, 1));
    probe(scene, 0, true);
    probe(scene, 1, true);
  }
}
