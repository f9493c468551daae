package io.fairlead.router.dispatch;

import static io.fairlead.router.dispatch.Scene.deployment;
import static io.fairlead.router.dispatch.Scene.replica;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.dispatch.Scene.Caller;
import io.fairlead.router.model.RouterError;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DispatcherTest {
  @Test
  void givesEachOfAThousandReplicasItsTurn() {
    Scene scene = new Scene(deployment(1_000, 2));

    assertThat(scene.calls(1_000)).extracting(c -> c.permit().replica()).doesNotHaveDuplicates();
    assertThat(scene.calls(1_000)).extracting(c -> c.permit().replica()).doesNotHaveDuplicates();
    assertThat(scene.call().isServed()).isFalse();
  }

  @Test
  void picksTheLeastLoaded() {
    Scene scene = new Scene(deployment(3, 4));
    List<Caller> callers = scene.calls(9);

    callers.get(4).answer();
    callers.get(7).answer();

    assertThat(callers.get(4).permit().replica()).isEqualTo(callers.get(7).permit().replica());
    assertThat(scene.calls(2))
        .extracting(c -> c.permit().replica())
        .containsOnly(callers.get(4).permit().replica());
  }

  @Test
  void waitersAreServedInOrder() {
    Scene scene = new Scene(deployment(1, 1));
    Caller running = scene.call();
    Caller first = scene.call();
    assertThat(scene.call().rejected().error()).isEqualTo(RouterError.TOO_MANY_PENDING_REQUESTS);

    running.answer();
    Caller second = scene.call();
    assertThat(first.isServed()).isTrue();
    assertThat(second.isServed()).isFalse();

    first.answer();
    assertThat(second.isServed()).isTrue();
    assertThat(second.permit().grantedNanos()).isEqualTo(scene.now);
    assertThat(second.permit().dispatcher()).isSameAs(scene.dispatcher);
  }

  @Test
  void aFreeSlotForWorkThatNobodyWaitsForIsNeverQueuedFor() {
    Scene scene = new Scene(deployment(1, 1));
    Permit free = Objects.requireNonNull(scene.dispatcher.acquireFree(scene.now));
    assertThat(scene.dispatcher.acquireFree(scene.now)).isNull();

    Caller waits = scene.call();
    free.release(Outcome.ANSWERED, scene.now);
    assertThat(waits.isServed()).isTrue();
    assertThat(scene.dispatcher.acquireFree(scene.now)).as("not before who waits").isNull();
    waits.answer();
    assertThat(scene.dispatcher.load(scene.now).inFlight()).isZero();
  }

  @Test
  void queueIsBoundedBySlotsOfReadyReplicas() {
    Scene scene = new Scene(deployment(3, 2));
    scene.calls(12);

    Rejected rejected = scene.call().rejected();
    assertThat(rejected.error()).isEqualTo(RouterError.TOO_MANY_PENDING_REQUESTS);
    assertThat(rejected.load()).isEqualTo(new Load(2, 6, 6, 6, 3, 0, 0, 0));
  }

  @Test
  void queueIsBoundedByItsSetting() {
    Scene scene = new Scene(deployment(3, 2, 500, 1));
    scene.calls(7);

    assertThat(scene.call().rejected().load().queueLimit()).isEqualTo(1);
  }

  @Test
  void queueLimitDoesNotOverflow() {
    assertThat(new Scene(deployment(30_000, 100_000)).load().queueLimit()).isEqualTo(1_000_000);
  }

  @Test
  void waitEndsWithTheEarlierOfDeadlineAndLongestWait() {
    Scene scene = new Scene(deployment(2, 1));
    scene.calls(2);

    assertThat(scene.call(200).ticket().deadlineNanos()).isEqualTo(scene.now + 200 * Scene.MILLI);
    assertThat(scene.call(700).ticket().deadlineNanos()).isEqualTo(scene.now + 500 * Scene.MILLI);
  }

  @Test
  void nobodyWaitsWhereWaitingIsOff() {
    Scene scene = new Scene(deployment(1, 1, 0, -1));
    scene.call();

    assertThat(scene.call().rejected().error()).isEqualTo(RouterError.TOO_MANY_PENDING_REQUESTS);
  }

  @Test
  void anExpiredTicketIsPassedOver() {
    Scene scene = new Scene(deployment(1, 1, 500, 2));
    Caller running = scene.call();
    Caller hasty = scene.call(100);
    Caller patient = scene.call(400);

    scene.advanceMillis(100);
    running.answer();

    assertThat(hasty.isServed()).isFalse();
    assertThat(patient.isServed()).isTrue();
    assertThat(hasty.ticket().cancel(scene.now)).isTrue();
    assertThat(scene.load().queued()).isZero();
  }

  @Test
  void anExpiredTicketAtTheHeadTakesNoPlace() {
    Scene scene = new Scene(deployment(1, 1));
    scene.call();
    scene.call(100);

    scene.advanceMillis(100);

    assertThat(scene.call().result).isInstanceOf(Ticket.class);
  }

  @Test
  void aCancelledTicketIsNeverGranted() {
    Scene scene = new Scene(deployment(1, 1, 500, 3));
    Caller running = scene.call();
    List<Caller> waiting = scene.calls(3);

    assertThat(waiting.get(1).ticket().cancel(scene.now)).isTrue();
    assertThat(waiting.get(1).ticket().cancel(scene.now)).isTrue();
    running.answer();
    waiting.get(0).answer();

    assertThat(waiting.get(1).isServed()).isFalse();
    assertThat(waiting.get(2).isServed()).isTrue();
    assertThat(waiting.get(2).ticket().cancel(scene.now)).as("too late").isFalse();
  }

  @Test
  void withoutReplicasNobodyIsQueued() {
    Scene scene = new Scene(deployment(0, 1));

    assertThat(scene.call().rejected().error()).isEqualTo(RouterError.MODEL_NOT_READY);
    assertThat(scene.call().rejected().load()).isEqualTo(new Load(1, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void waitersKeepTheirPlaceWhenTheLastReplicaGoes() {
    Scene scene = new Scene(deployment(1, 1));
    Caller running = scene.call();
    Caller waiting = scene.call();

    scene.update(deployment(0, 1));
    running.answer();
    assertThat(waiting.isServed()).isFalse();

    scene.update(deployment(List.of(replica(7)), 1, 500, -1));
    assertThat(waiting.permit().replica()).isEqualTo(replica(7));
  }

  @Test
  void moreSlotsGoToWaitersAtOnce() {
    Scene scene = new Scene(deployment(1, 1, 500, 9));
    scene.call();
    List<Caller> waiting = scene.calls(3);

    scene.update(deployment(1, 3, 500, 9));

    assertThat(waiting).extracting(Caller::isServed).containsExactly(true, true, false);
  }

  @Test
  void withFewerSlotsNothingIsGrantedUntilEnoughCameBack() {
    Scene scene = new Scene(deployment(1, 3));
    List<Caller> running = scene.calls(3);

    scene.update(deployment(1, 1));
    Caller waiting = scene.call();
    running.get(0).answer();
    running.get(1).answer();
    assertThat(waiting.isServed()).isFalse();

    running.get(2).answer();
    assertThat(waiting.isServed()).isTrue();
  }

  @Test
  void waitersAreServedWhenTheLimitIsLifted() {
    Scene scene = new Scene(deployment(1, 1));
    scene.call();
    Caller waiting = scene.call();

    scene.update(deployment(1, 0));
    assertThat(waiting.isServed()).isTrue();

    scene.update(deployment(1, 1));
    assertThat(scene.load().inFlight()).isEqualTo(2);
    assertThat(scene.call().isServed()).isFalse();
  }

  @Test
  void aRemovedReplicaKeepsItsPermitsAndGetsNoNewOnes() {
    Scene scene = new Scene(deployment(2, 2));
    Caller onSecond = scene.calls(2).get(1);

    scene.update(deployment(1, 2));
    assertThat(scene.load().drainingReplicas()).isEqualTo(1);
    assertThat(scene.call().permit().replica()).isEqualTo(replica(0));
    assertThat(scene.call().isServed()).isFalse();

    onSecond.answer();
    assertThat(scene.load().drainingReplicas()).isZero();
    assertThat(scene.load().inFlight()).isEqualTo(2);
  }

  @Test
  void aReplicaThatComesBackIsAsBusyAsItWas() {
    Scene scene = new Scene(deployment(1, 2));
    Caller running = scene.calls(2).getFirst();

    scene.update(deployment(0, 2));
    scene.update(deployment(1, 2));
    assertThat(scene.call().isServed()).isFalse();
    assertThat(scene.load().drainingReplicas()).isZero();

    running.answer();
    assertThat(scene.load().inFlight()).isEqualTo(2);
  }

  @Test
  void aSecondReleaseThrowsAndIsCounted() {
    Scene scene = new Scene(deployment(1, 2));
    Permit permit = scene.call().permit();
    permit.release(Outcome.ANSWERED, scene.now);

    assertThatThrownBy(() -> permit.release(Outcome.ANSWERED, scene.now))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("permit of 10.0.0.1:5001 was released before (expected: exactly once)");
    assertThat(scene.dispatcher.doubleReleases()).isEqualTo(1);
    assertThat(scene.load().inFlight()).isZero();
  }

  @Test
  void aWaiterThatThrowsDoesNotCostTheOthersTheirPermits() {
    Scene scene = new Scene(deployment(1, 1, 500, 9));
    scene.call();
    scene.dispatcher.acquire(
        permit -> {
          throw new IllegalArgumentException("bug");
        },
        scene.now + Scene.SECOND,
        scene.now);
    Caller behind = scene.call();

    assertThatThrownBy(() -> scene.update(deployment(1, 3))).hasMessage("bug");
    assertThat(behind.isServed()).isTrue();
  }

  @Test
  void waitersAreToldWithoutTheLock() throws InterruptedException {
    Scene scene = new Scene(deployment(1, 1));
    Caller running = scene.call();
    List<Integer> seen = new ArrayList<>();
    scene.dispatcher.acquire(
        permit -> {
          Thread other = new Thread(() -> seen.add(scene.load().inFlight()));
          other.start();
          try {
            other.join(10_000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        scene.now + Scene.SECOND,
        scene.now);

    running.answer();

    assertThat(seen).as("seen by another thread meanwhile").containsExactly(1);
  }

  @Test
  void estimatesTheWaitFromTheMeasuredDrain() {
    Scene scene = new Scene(deployment(2, 1, 500, 10));
    List<Caller> running = new ArrayList<>(scene.calls(2));
    List<Caller> waiting = scene.calls(9);
    assertThat(scene.load().estimatedWaitNanos()).as("unknown").isZero();

    for (int i = 0; i < 5; i++) {
      scene.advanceMillis(50);
      running.get(i).answer();
      running.add(waiting.get(i));
    }

    assertThat(scene.load().queued()).isEqualTo(4);
    assertThat(scene.load().estimatedWaitNanos()).isEqualTo(5 * 50 * Scene.MILLI);
    scene.advanceMillis(350);
    assertThat(scene.load().estimatedWaitNanos())
        .as("the next is 300 ms late")
        .isEqualTo((5 * 50 + 300) * Scene.MILLI);
  }

  @Test
  void measuresCapacityAndNotDemand() {
    Scene scene = new Scene(deployment(1, 1));
    for (int i = 0; i < 5; i++) {
      Caller rare = scene.call();
      scene.advanceMillis(20);
      rare.answer();
      scene.advanceMillis(10_000);
    }
    scene.call();

    assertThat(scene.load().estimatedWaitNanos()).isEqualTo(20 * Scene.MILLI);
  }
}
