package io.fairlead.router.dispatch;

import static io.fairlead.router.dispatch.Scene.deployment;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.dispatch.Scene.Caller;
import io.fairlead.router.model.RouterError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Callers with deadlines of their own: who is refused, who comes first, who is dropped. */
class DeadlinesTest {
  private static final int PATIENT = 60_000;

  /** Takes the slots, all of which come free one after the other, {@code millis} apart. */
  private static Deque<Caller> measured(Scene scene, int slots, int millis) {
    Deque<Caller> running = new ArrayDeque<>(scene.calls(slots));
    for (int i = 0; i < 16; i++) {
      scene.advanceMillis(millis);
      running.remove().answer();
      running.add(scene.call());
    }
    return running;
  }

  @Test
  void whoseDeadlineHasPassedGetsNotEvenAFreeSlot() {
    Scene scene = new Scene(deployment(1, 1));

    assertThat(scene.call(0).rejected().error()).isEqualTo(RouterError.DEADLINE_INFEASIBLE);
    assertThat(scene.call(-5).rejected().error()).isEqualTo(RouterError.DEADLINE_INFEASIBLE);
    assertThat(scene.load().inFlight()).isZero();
  }

  @Test
  void aFreeSlotIsGivenHoweverNearTheDeadline() {
    Scene scene = new Scene(deployment(1, 1));
    measured(scene, 1, 100).remove().answer();

    assertThat(scene.call(1).isServed()).isTrue();
  }

  @Test
  void whoCannotHaveATurnInTimeIsRefusedAtOnce() {
    Scene scene = new Scene(deployment(1, 1, 500, 9));
    measured(scene, 1, 100);

    assertThat(scene.call(99).rejected().error()).isEqualTo(RouterError.DEADLINE_INFEASIBLE);
    assertThat(scene.call(100).result).isInstanceOf(Ticket.class);
  }

  @Test
  void whatHasPassedOfTheTimeToTheNextTurnCounts() {
    Scene scene = new Scene(deployment(1, 1, 500, 9));
    measured(scene, 1, 100);
    scene.advanceMillis(60);

    assertThat(scene.call(39).rejected().error()).isEqualTo(RouterError.DEADLINE_INFEASIBLE);
    assertThat(scene.call(40).result).isInstanceOf(Ticket.class);
  }

  @Test
  void anOverdueTurnIsExpectedLaterTheLaterItIs() {
    Scene scene = new Scene(deployment(1, 1, 500, 9));
    measured(scene, 1, 100);
    scene.advanceMillis(300);

    assertThat(scene.call(199).rejected().error()).isEqualTo(RouterError.DEADLINE_INFEASIBLE);
    assertThat(scene.call(200).result).isInstanceOf(Ticket.class);
  }

  @Test
  void onlyThoseWhoAreDueBeforeAreAhead() {
    Scene scene = new Scene(deployment(1, 1, 500, 99));
    measured(scene, 1, 50);
    scene.calls(20);
    scene.call(60);
    scene.call(150);

    assertThat(scene.call(99).rejected().error())
        .as("behind one")
        .isEqualTo(RouterError.DEADLINE_INFEASIBLE);
    assertThat(scene.call(100).result).as("behind one").isInstanceOf(Ticket.class);
    assertThat(scene.call(199).rejected().error())
        .as("behind three")
        .isEqualTo(RouterError.DEADLINE_INFEASIBLE);
    assertThat(scene.call(200).result).as("behind three").isInstanceOf(Ticket.class);
  }

  @Test
  void thePatientWhoAreDueBeforeAreAheadToo() {
    Scene scene = new Scene(deployment(1, 1, 500, 99));
    measured(scene, 1, 50);
    scene.calls(4);
    scene.advanceMillis(400);
    scene.dispatcher.advance(scene.now);
    Caller slow = scene.call(300);

    // 350 ms late, and four are due in 100 ms
    assertThat(slow.rejected().error()).isEqualTo(RouterError.DEADLINE_INFEASIBLE);
  }

  @Test
  void nobodyIsRefusedWhileTooLittleIsKnown() {
    Scene scene = new Scene(deployment(1, 1, 500, 9));
    Caller running = scene.call();
    for (int i = 0; i < 7; i++) {
      scene.advanceMillis(100);
      running.answer();
      running = scene.call();
    }
    assertThat(scene.call(10).result).isInstanceOf(Ticket.class);

    scene.advanceMillis(100);
    running.answer();
    scene.call();
    assertThat(scene.call(10).rejected().error()).isEqualTo(RouterError.DEADLINE_INFEASIBLE);
  }

  @Test
  void whatWasMeasuredBeforeALongPauseTurnsNobodyAway() {
    Scene scene = new Scene(deployment(1, 1, 500, 9));
    measured(scene, 1, 100).remove().answer();
    scene.advanceMillis(10_001);
    scene.call();

    assertThat(scene.call(10).result).isInstanceOf(Ticket.class);
  }

  @Test
  void whoIsNotInAHurryIsNeverInfeasible() {
    Scene scene = new Scene(deployment(1, 1, 500, 2));
    measured(scene, 1, 10_000);

    assertThat(scene.call(500).result).isInstanceOf(Ticket.class);
    assertThat(scene.call(PATIENT).result).isInstanceOf(Ticket.class);
    assertThat(scene.call(499).rejected().error()).isEqualTo(RouterError.DEADLINE_INFEASIBLE);
    assertThat(scene.call(PATIENT).rejected().error())
        .isEqualTo(RouterError.TOO_MANY_PENDING_REQUESTS);
  }

  @Test
  void theEarliestDeadlineIsServedFirst() {
    Scene scene = new Scene(deployment(1, 1, 500, 9));
    Caller running = scene.call();
    Caller patient = scene.call();
    Caller later = scene.call(300);
    Caller sooner = scene.call(200);
    Caller soonest = scene.call(100);

    running.answer();
    assertThat(soonest.isServed()).isTrue();
    soonest.answer();
    assertThat(sooner.isServed()).isTrue();
    sooner.answer();
    assertThat(later.isServed()).isTrue();
    later.answer();
    assertThat(patient.isServed()).isTrue();
  }

  @Test
  void whoHasWaitedLongComesBeforeWhoHasMoreTime() {
    Scene scene = new Scene(deployment(1, 1, 500, 9));
    Caller running = scene.call();
    Caller patient = scene.call();
    scene.advanceMillis(400);
    Caller hurried = scene.call(101);

    running.answer();

    assertThat(patient.isServed()).as("due in 100 ms").isTrue();
    assertThat(hurried.isServed()).isFalse();
  }

  @Test
  void ofEqualDeadlinesTheOlderIsServedFirst() {
    Scene scene = new Scene(deployment(1, 1, 500, 9));
    Caller running = scene.call();
    List<Caller> equal = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      equal.add(scene.call(100));
    }

    running.answer();
    for (Caller caller : equal) {
      assertThat(caller.isServed()).isTrue();
      caller.answer();
    }
  }

  @Test
  void afterThreeOvertakesItIsTheTurnOfWhoHasWaitedLongest() {
    Scene scene = new Scene(deployment(1, 1, 500, 9));
    Caller running = scene.call();
    Caller patient = scene.call();
    List<Caller> hurried = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      hurried.add(scene.call(100));
    }

    for (int i = 0; i < 3; i++) {
      running.answer();
      running = hurried.get(i);
      assertThat(running.isServed()).isTrue();
    }
    running.answer();

    assertThat(patient.isServed()).isTrue();
    assertThat(hurried.getLast().isServed()).isFalse();
  }

  @Test
  void theHurriedDoNotStarveEachOther() {
    Scene scene = new Scene(deployment(1, 1, 500, 9));
    Caller running = scene.call();
    Caller oldest = scene.call(400);
    for (int i = 0; i < 3; i++) {
      Caller overtakes = scene.call(100);
      running.answer();
      assertThat(overtakes.isServed()).isTrue();
      running = overtakes;
    }
    scene.call(100);

    running.answer();

    assertThat(oldest.isServed()).isTrue();
  }

  @Test
  void whoIsLateIsDroppedWhereverItStands() {
    Scene scene = new Scene(deployment(1, 1, 500, 3));
    Caller running = scene.call();
    Caller patient = scene.call();
    List<Caller> late = List.of(scene.call(100), scene.call(50));

    scene.advanceMillis(100);
    assertThat(scene.call(10).result).as("there is room again").isInstanceOf(Ticket.class);
    running.answer();

    assertThat(late).noneMatch(Caller::isServed);
    assertThat(late).allMatch(caller -> caller.ticket().cancel(scene.now));
    assertThat(patient.isServed()).isFalse();
  }
}
