package io.fairlead.router.dispatch;

import static io.fairlead.router.dispatch.Scene.deployment;
import static io.fairlead.router.dispatch.Scene.replica;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.dispatch.Scene.Caller;
import io.fairlead.router.model.Limits;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SlotLeakTest {
  @Test
  void aSlotThatNobodyHoldsIsTakenBackTheSecondTime() {
    Scene scene = new Scene(deployment(1, 1));
    Permit lost = scene.call().permit();
    Caller waits = scene.call();

    lost.missed(scene.now);
    assertThat(waits.isServed()).isFalse();
    lost.missed(scene.now);

    assertThat(waits.isServed()).isTrue();
    assertThat(scene.dispatcher.leaks()).isEqualTo(1);
    assertThat(scene.load().inFlight()).isEqualTo(1);
  }

  @Test
  void whatWasTakenBackMayStillBeReleasedAndFreesNothing() {
    Scene scene = new Scene(deployment(1, 1));
    Permit lost = scene.call().permit();
    lost.missed(scene.now);
    lost.missed(scene.now);
    scene.call();

    lost.release(Outcome.ANSWERED, scene.now);
    lost.missed(scene.now);

    assertThat(scene.load().inFlight()).isEqualTo(1);
    assertThat(scene.dispatcher.leaks()).isEqualTo(1);
    assertThat(scene.dispatcher.doubleReleases()).isZero();
  }

  @Test
  void aReleasedSlotIsNotMissed() {
    Scene scene = new Scene(deployment(1, 1));
    Permit permit = scene.call().permit();
    permit.release(Outcome.ANSWERED, scene.now);

    permit.missed(scene.now);
    permit.missed(scene.now);

    assertThat(scene.dispatcher.leaks()).isZero();
  }

  @Test
  void theOldestComeFirst() {
    Scene scene = new Scene(deployment(4, 1));
    List<Caller> callers = scene.calls(4);
    callers.get(1).answer();

    assertThat(scene.dispatcher.oldestPermits(2))
        .containsExactly(callers.get(0).permit(), callers.get(2).permit());
  }

  @Test
  void whatGoesOnBeyondTheShareIsOverdueWhenOthersMayBeGrantedIt() {
    long now = 0;
    Dispatcher dispatcher =
        new Dispatcher(
            deployment(1, 3), Limits.Upstream.DEFAULT, new SplittableRandom(1), () -> {}, now);
    dispatcher.lease(
        new Lease(List.of(new LeasedSlots(replica(0), 3, 1)), 3, 3, 9), Scene.SECOND, now);
    Waiter nobody = permit -> {};
    Permit first = (Permit) dispatcher.acquire(nobody, Scene.SECOND, now);
    Permit second = (Permit) dispatcher.acquire(nobody, Scene.SECOND, now);

    long end = Scene.SECOND + 10 * Scene.SECOND; // twice the longest time of a request
    assertThat(dispatcher.overduePermits(end - 1)).isEmpty();
    assertThat(dispatcher.overduePermits(end)).containsExactly(second);
    assertThat(first.replica()).isEqualTo(replica(0));
  }
}
