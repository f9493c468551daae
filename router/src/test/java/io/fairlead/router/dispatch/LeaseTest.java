package io.fairlead.router.dispatch;

import static io.fairlead.router.dispatch.Scene.deployment;
import static io.fairlead.router.dispatch.Scene.replica;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A dispatcher that shares its slots with other routers. */
class LeaseTest {
  private static final int ALL = Integer.MAX_VALUE;

  private long now = Long.MAX_VALUE - Scene.SECOND;
  private int urgent;
  private final List<Permit> late = new ArrayList<>();

  private Dispatcher dispatcher(Deployment deployment) {
    return new Dispatcher(
        deployment, Limits.Upstream.DEFAULT, new SplittableRandom(1), () -> urgent++, now);
  }

  private DispatchResult ask(Dispatcher dispatcher) {
    return dispatcher.acquire(late::add, now + 60 * Scene.SECOND, now);
  }

  private static LeasedSlots slots(int i, int count, int share) {
    return new LeasedSlots(replica(i), count, share);
  }

  private void lease(Dispatcher dispatcher, int keep, int keepIdle, LeasedSlots... slots) {
    dispatcher.lease(new Lease(List.of(slots), keep, keepIdle, 10), now + Scene.SECOND, now);
  }

  private List<LeasedSlots> held(Dispatcher dispatcher) {
    return dispatcher.leaseReport(now).replicas();
  }

  @Test
  void nothingIsBegunWithoutALease() {
    Dispatcher dispatcher = dispatcher(deployment(2, 3));

    assertThat(ask(dispatcher)).isInstanceOf(Ticket.class);
    assertThat(held(dispatcher)).containsExactly(slots(0, 0, 0), slots(1, 0, 0));
  }

  @Test
  void whoWaitsIsServedWhenSlotsCome() {
    Dispatcher dispatcher = dispatcher(deployment(2, 3));
    ask(dispatcher);
    ask(dispatcher);
    assertThat(urgent).as("told once that somebody waits").isEqualTo(1);

    lease(dispatcher, ALL, ALL, slots(1, 1, 0));

    assertThat(late).extracting(Permit::replica).containsExactly(replica(1));
    assertThat(dispatcher.load(now).queued()).isEqualTo(1);
  }

  @Test
  void whoCameAfterTheReportIsReportedWhenThoseInItAreServed() {
    Dispatcher dispatcher = dispatcher(deployment(4, 1));
    lease(dispatcher, ALL, ALL); // up to ten may wait
    ask(dispatcher);
    ask(dispatcher);
    ask(dispatcher);
    ask(dispatcher);
    dispatcher.leaseReport(now);
    ask(dispatcher);
    assertThat(urgent).as("one more than four is no news").isEqualTo(1);

    lease(dispatcher, ALL, ALL, slots(0, 1, 0), slots(1, 1, 0), slots(2, 1, 0), slots(3, 1, 0));

    assertThat(late).hasSize(4);
    assertThat(urgent).as("the coordinator does not know of the fifth").isEqualTo(2);
  }

  @Test
  void theEndOfTheLastRequestIsReportedIfTheCoordinatorKnowsOfIt() {
    Dispatcher dispatcher = dispatcher(deployment(3, 1));
    lease(dispatcher, ALL, ALL, slots(0, 1, 0));
    Permit first = (Permit) ask(dispatcher);
    ask(dispatcher);
    dispatcher.leaseReport(now);
    lease(dispatcher, ALL, ALL, slots(0, 1, 0), slots(1, 1, 0));
    urgent = 0;

    first.release(Outcome.ANSWERED, now);
    assertThat(urgent).as("one is still under way").isZero();
    late.getFirst().release(Outcome.ANSWERED, now);
    assertThat(urgent).as("others may have a use for the slot").isEqualTo(1);

    dispatcher.leaseReport(now);
    ((Permit) ask(dispatcher)).release(Outcome.ANSWERED, now);
    assertThat(urgent).as("it does not know of that one").isEqualTo(1);

    Permit reported = (Permit) ask(dispatcher);
    dispatcher.leaseReport(now);
    reported.release(Outcome.ANSWERED, now);
    assertThat(urgent).as("it was told of it in passing").isEqualTo(1);
  }

  @Test
  void theEndOfTheLastRequestIsReportedIfItWasWorthAReport() {
    Dispatcher dispatcher = dispatcher(deployment(3, 1));
    lease(dispatcher, ALL, ALL, slots(0, 1, 0));
    Permit running = (Permit) ask(dispatcher);
    Ticket waiting = (Ticket) ask(dispatcher);
    dispatcher.leaseReport(now);
    waiting.cancel(now);
    dispatcher.leaseReport(now);
    urgent = 0;

    running.release(Outcome.ANSWERED, now);

    assertThat(urgent).isEqualTo(1);
  }

  @Test
  void theEndOfARequestThatWasNeverReportedIsNoNews() {
    Dispatcher dispatcher = dispatcher(deployment(3, 1));
    lease(dispatcher, ALL, ALL, slots(0, 1, 0));
    lease(dispatcher, ALL, ALL, slots(0, 1, 0), slots(1, 1, 0));

    ((Permit) ask(dispatcher)).release(Outcome.ANSWERED, now);

    assertThat(urgent).isZero();
  }

  @Test
  void whoIsKnownToWaitIsReportedOnlyOnce() {
    Dispatcher dispatcher = dispatcher(deployment(4, 1));
    ask(dispatcher);
    ask(dispatcher);
    dispatcher.leaseReport(now);
    urgent = 0;

    lease(dispatcher, ALL, ALL);
    lease(dispatcher, ALL, ALL, slots(0, 1, 0));

    assertThat(late).hasSize(1);
    assertThat(urgent).isZero();
  }

  @Test
  void aQueueThatHasGrownByHalfIsReported() {
    Dispatcher dispatcher = dispatcher(deployment(8, 1));
    lease(dispatcher, ALL, ALL); // up to ten may wait
    ask(dispatcher);
    ask(dispatcher);
    ask(dispatcher);
    ask(dispatcher);
    dispatcher.leaseReport(now);
    urgent = 0;

    ask(dispatcher);
    assertThat(urgent).isZero();
    ask(dispatcher);
    assertThat(urgent).isEqualTo(1);
  }

  @Test
  void whoWaitsIsServedBeforeIdleSlotsAreGivenUp() {
    Dispatcher dispatcher = dispatcher(deployment(2, 1));
    ask(dispatcher);

    lease(dispatcher, ALL, 0, slots(0, 1, 0), slots(1, 1, 0));

    assertThat(late).hasSize(1);
    assertThat(held(dispatcher)).containsExactly(slots(0, 1, 0), slots(1, 0, 0));
  }

  @Test
  void neverMoreThanTheLimitIsUsed() {
    Dispatcher dispatcher = dispatcher(deployment(1, 2));
    lease(dispatcher, ALL, ALL, slots(0, 5, 5));

    assertThat(ask(dispatcher)).isInstanceOf(Permit.class);
    assertThat(ask(dispatcher)).isInstanceOf(Permit.class);
    assertThat(ask(dispatcher)).isInstanceOf(Ticket.class);
    assertThat(held(dispatcher)).containsExactly(slots(0, 2, 2));
  }

  @Test
  void theShareIsLeftWhenTheLeaseEnds() {
    Dispatcher dispatcher = dispatcher(deployment(2, 2));
    lease(dispatcher, ALL, ALL, slots(0, 2, 1), slots(1, 2, 0));

    now += Scene.SECOND;

    assertThat(ask(dispatcher)).isInstanceOf(Permit.class);
    assertThat(ask(dispatcher)).isInstanceOf(Ticket.class);
    assertThat(held(dispatcher)).containsExactly(slots(0, 1, 1), slots(1, 0, 0));
  }

  @Test
  void aSlotThatComesFreeWhenTheLeaseIsOverIsGrantedToNobody() {
    Dispatcher dispatcher = dispatcher(deployment(1, 1));
    lease(dispatcher, ALL, ALL, slots(0, 1, 0));
    Permit running = (Permit) ask(dispatcher);
    ask(dispatcher);

    now += Scene.SECOND;
    running.release(Outcome.ANSWERED, now);

    assertThat(late).isEmpty();
  }

  @Test
  void aLeaseThatComesTooLateGrantsNothing() {
    Dispatcher dispatcher = dispatcher(deployment(1, 2));
    ask(dispatcher);
    ask(dispatcher);

    dispatcher.lease(new Lease(List.of(slots(0, 2, 1)), ALL, ALL, 10), now, now);

    assertThat(late).as("its share").hasSize(1);
    assertThat(held(dispatcher)).containsExactly(slots(0, 1, 1));
  }

  @Test
  void aSlotThatIsTakenBackIsNotUsedAgain() {
    Dispatcher dispatcher = dispatcher(deployment(1, 1));
    lease(dispatcher, ALL, ALL, slots(0, 1, 0));
    Permit running = (Permit) ask(dispatcher);
    ask(dispatcher);

    lease(dispatcher, ALL, ALL);
    assertThat(held(dispatcher)).as("while the request runs").containsExactly(slots(0, 1, 0));
    running.release(Outcome.ANSWERED, now);

    assertThat(late).isEmpty();
    assertThat(held(dispatcher)).containsExactly(slots(0, 0, 0));
  }

  @Test
  void idleSlotsBeyondTheirNumberAreGivenUpAtOnce() {
    Dispatcher dispatcher = dispatcher(deployment(3, 1));
    lease(dispatcher, ALL, ALL, slots(0, 1, 0), slots(1, 1, 0), slots(2, 1, 0));
    ask(dispatcher);

    lease(dispatcher, ALL, 1, slots(0, 1, 0), slots(1, 1, 0), slots(2, 1, 0));

    assertThat(urgent).isEqualTo(1);
    assertThat(held(dispatcher)).containsExactly(slots(0, 1, 0), slots(1, 0, 0), slots(2, 0, 0));
  }

  @Test
  void aSlotIsGivenUpWhenItComesFreeAndNobodyWaits() {
    Dispatcher dispatcher = dispatcher(deployment(1, 1));
    lease(dispatcher, ALL, ALL, slots(0, 1, 0));
    Permit running = (Permit) ask(dispatcher);
    lease(dispatcher, ALL, 0, slots(0, 1, 0));
    ask(dispatcher);
    dispatcher.leaseReport(now);

    running.release(Outcome.ANSWERED, now);
    assertThat(late).as("somebody waits here").hasSize(1);
    late.getFirst().release(Outcome.ANSWERED, now);

    assertThat(held(dispatcher)).containsExactly(slots(0, 0, 0));
  }

  @Test
  void aSlotBeyondWhatIsKeptIsGivenUpWhoeverWaits() {
    Dispatcher dispatcher = dispatcher(deployment(2, 1));
    lease(dispatcher, ALL, ALL, slots(0, 1, 0), slots(1, 1, 0));
    Permit running = (Permit) ask(dispatcher);
    ask(dispatcher);
    ask(dispatcher);
    lease(dispatcher, 1, 1, slots(0, 1, 0), slots(1, 1, 0));
    dispatcher.leaseReport(now);
    urgent = 0;

    running.release(Outcome.ANSWERED, now);

    assertThat(late).isEmpty();
    assertThat(urgent).isEqualTo(1);
    assertThat(held(dispatcher)).containsExactly(slots(0, 0, 0), slots(1, 1, 0));
  }

  @Test
  void aCallForSlotsThatIsNotRepeatedIsForgotten() {
    Dispatcher dispatcher = dispatcher(deployment(1, 1));
    lease(dispatcher, 0, 0, slots(0, 1, 0));
    lease(dispatcher, ALL, ALL, slots(0, 1, 0));
    Permit running = (Permit) ask(dispatcher);
    lease(dispatcher, 0, 0, slots(0, 1, 0));

    now += Scene.SECOND / 2;
    running.release(Outcome.ANSWERED, now);

    assertThat(held(dispatcher)).containsExactly(slots(0, 1, 0));
  }

  @Test
  void theQueueIsAsLongAsTheGrantSays() {
    Dispatcher dispatcher = dispatcher(deployment(4, 1));
    dispatcher.lease(new Lease(List.of(), ALL, ALL, 1), now + Scene.SECOND, now);

    assertThat(ask(dispatcher)).isInstanceOf(Ticket.class);
    assertThat(ask(dispatcher)).isInstanceOf(Rejected.class);
    assertThat(dispatcher.load(now).queueLimit()).isEqualTo(1);
  }

  private void bound(Dispatcher dispatcher, int bound, int most, long arrivals, LeasedSlots... s) {
    dispatcher.lease(
        new Lease(List.of(s), ALL, ALL, bound, most, arrivals), now + Scene.SECOND, now);
  }

  /** Asks in the name of somebody who is told when its place is lost. */
  private DispatchResult ask(Dispatcher dispatcher, List<Ticket> turnedAway) {
    return dispatcher.acquire(
        new Waiter() {
          @Override
          public void granted(Permit permit) {
            late.add(permit);
          }

          @Override
          public void turnedAway(Ticket ticket) {
            turnedAway.add(ticket);
          }
        },
        now + 60 * Scene.SECOND,
        now);
  }

  @Test
  void whoIsBeyondTheBoundWaitsUntilTheCoordinatorHasDecided() {
    Dispatcher dispatcher = dispatcher(deployment(4, 1));
    List<Ticket> away = new ArrayList<>();
    bound(dispatcher, 1, 4, 0);
    ask(dispatcher, away);
    dispatcher.leaseReport(now);
    urgent = 0;
    ask(dispatcher, away);
    assertThat(urgent).as("it is to be decided on").isEqualTo(1);
    DispatchResult third = ask(dispatcher, away);
    long arrivals = dispatcher.leaseReport(now).arrivals();
    DispatchResult fourth = ask(dispatcher, away);
    assertThat(ask(dispatcher, away)).isInstanceOf(Rejected.class);

    bound(dispatcher, 1, 1, arrivals, slots(0, 1, 0));

    assertThat(late).as("a slot came for the first").hasSize(1);
    assertThat(away).as("the second is within the bound").containsExactly((Ticket) third);
    assertThat(((Ticket) third).cancel(now)).as("no permit comes").isTrue();
    assertThat(dispatcher.load(now).queued()).isEqualTo(2);

    bound(dispatcher, 1, 1, dispatcher.leaseReport(now).arrivals(), slots(0, 1, 0));

    assertThat(away).containsExactly((Ticket) third, (Ticket) fourth);
  }

  @Test
  void whoMayStayIsNotTurnedAwayLater() {
    Dispatcher dispatcher = dispatcher(deployment(4, 1));
    List<Ticket> away = new ArrayList<>();
    bound(dispatcher, 1, 4, 0);
    ask(dispatcher, away);
    ask(dispatcher, away);
    ask(dispatcher, away);

    bound(dispatcher, 3, 3, 3);
    bound(dispatcher, 1, 1, 3);

    assertThat(away).isEmpty();
    assertThat(dispatcher.load(now).queued()).isEqualTo(3);
  }

  @Test
  void nobodyIsRefusedForWhatWasSaidAWhileAgo() {
    Dispatcher dispatcher = dispatcher(deployment(4, 1));
    bound(dispatcher, 1, 1, 0, slots(0, 1, 0));
    ask(dispatcher);
    ask(dispatcher);
    assertThat(ask(dispatcher)).as("it was said just now").isInstanceOf(Rejected.class);
    dispatcher.leaseReport(now);
    bound(dispatcher, 1, 1, 3, slots(0, 1, 0));
    urgent = 0;

    now += 20 * Scene.MILLI;

    for (int i = 2; i <= 7; i++) { // three slots that others have, and the four who may wait
      assertThat(ask(dispatcher)).isInstanceOf(Ticket.class);
    }
    assertThat(ask(dispatcher)).isInstanceOf(Rejected.class);
    assertThat(urgent).isEqualTo(1);
    bound(dispatcher, 1, 1, dispatcher.leaseReport(now).arrivals(), slots(0, 1, 0));
    assertThat(dispatcher.load(now).queued()).isEqualTo(1);

    now += 20 * Scene.MILLI;
    urgent = 0;
    ask(dispatcher);
    assertThat(urgent).as("it is to be decided on again").isEqualTo(1);
    assertThat(dispatcher.leaseReport(now))
        .extracting(LeaseReport::queued, LeaseReport::staying)
        .containsExactly(2, 1);
  }

  @Test
  void nobodyDecidesOnWhoWaitsForTheFirstReplica() {
    Dispatcher dispatcher = dispatcher(ColdStartTest.replicas(0));
    List<Ticket> away = new ArrayList<>();
    bound(dispatcher, 0, 0, 0);
    ask(dispatcher, away);
    ask(dispatcher, away);

    bound(dispatcher, 0, 0, dispatcher.leaseReport(now).arrivals());

    assertThat(away).isEmpty();
    assertThat(dispatcher.load(now).queued()).isEqualTo(2);
  }

  @Test
  void whoDoesNotAnswerDoesNotDecide() {
    Dispatcher dispatcher = dispatcher(deployment(4, 1));
    bound(dispatcher, 1, 1, 0);
    now += 20 * Scene.MILLI;
    ask(dispatcher); // and no report can be sent
    assertThat(ask(dispatcher)).isInstanceOf(Ticket.class);

    now += 50 * Scene.MILLI;

    assertThat(ask(dispatcher)).isInstanceOf(Rejected.class);
  }

  @Test
  void asManyWaitWhenTheLeaseHasEndedAsItHasSlots() {
    Dispatcher dispatcher = dispatcher(deployment(4, 1));
    bound(dispatcher, 1, 4, 0, slots(0, 1, 1), slots(1, 1, 1), slots(2, 1, 0));
    now += 2 * Scene.SECOND;
    ask(dispatcher);
    ask(dispatcher);

    assertThat(ask(dispatcher)).isInstanceOf(Ticket.class);
    assertThat(ask(dispatcher)).as("half of the four who may").isInstanceOf(Ticket.class);
    assertThat(ask(dispatcher)).isInstanceOf(Rejected.class);
    bound(dispatcher, 0, 0, dispatcher.leaseReport(now).arrivals());
    assertThat(dispatcher.load(now).queued()).as("and nobody decides on them").isEqualTo(2);
  }

  @Test
  void asManyWaitWithoutAShareAsWasSaidLast() {
    Dispatcher dispatcher = dispatcher(deployment(4, 1));
    bound(dispatcher, 2, 4, 0, slots(0, 1, 0));
    now += 2 * Scene.SECOND;
    ask(dispatcher);
    ask(dispatcher);

    assertThat(ask(dispatcher)).isInstanceOf(Rejected.class);
  }

  @Test
  void aReplicaThatIsGoneIsReportedUntilItsRequestsAreOver() {
    Dispatcher dispatcher = dispatcher(deployment(1, 1));
    lease(dispatcher, ALL, ALL, slots(0, 1, 1));
    Permit running = (Permit) ask(dispatcher);

    dispatcher.update(deployment(List.of(replica(7)), 1, 500, -1), now);
    assertThat(held(dispatcher)).containsExactly(slots(0, 1, 0), slots(7, 0, 0));

    running.release(Outcome.ANSWERED, now);
    assertThat(held(dispatcher)).containsExactly(slots(7, 0, 0));
  }

  @Test
  void aReplicaThatComesBackNeedsANewLease() {
    Dispatcher dispatcher = dispatcher(deployment(1, 1));
    lease(dispatcher, ALL, ALL, slots(0, 1, 1));

    dispatcher.update(deployment(0, 1), now);
    dispatcher.update(deployment(1, 1), now);

    assertThat(ask(dispatcher)).isInstanceOf(Ticket.class);
  }

  @Test
  void aSmallerLimitIsKeptAtOnce() {
    Dispatcher dispatcher = dispatcher(deployment(1, 3));
    lease(dispatcher, ALL, ALL, slots(0, 3, 3));

    dispatcher.update(deployment(1, 1), now);

    assertThat(held(dispatcher)).containsExactly(slots(0, 1, 1));
  }

  @Test
  void anEjectedReplicaIsNotHeldIdle() {
    Dispatcher dispatcher = dispatcher(deployment(3, 1));
    lease(dispatcher, ALL, ALL, slots(0, 1, 0));
    for (int i = 0; i < Limits.Upstream.DEFAULT.ejectAfter(); i++) {
      ((Permit) ask(dispatcher)).release(Outcome.RESET, now);
    }

    assertThat(held(dispatcher)).containsExactly(slots(1, 0, 0), slots(2, 0, 0));
    lease(dispatcher, ALL, ALL, slots(0, 1, 0));
    assertThat(ask(dispatcher)).isInstanceOf(Ticket.class);
  }

  @Test
  void anUnwellReplicaIsAskedForWhenItsProbeIsDue() {
    Dispatcher dispatcher = dispatcher(Scene.probed(deployment(2, 1)));
    for (int second = 0; second < 60; second++) {
      endProbes(dispatcher, slots(0, 1, 0), slots(1, 1, 0));
    }
    assertThat(held(dispatcher)).containsExactly(slots(1, 1, 0));

    int seconds = 0;
    while (!held(dispatcher).contains(slots(0, 0, 0))) {
      assertThat(++seconds).isLessThan(15);
      endProbes(dispatcher, slots(1, 1, 0));
    }
    lease(dispatcher, ALL, ALL, slots(0, 1, 0), slots(1, 1, 0));
    assertThat(late.getLast().replica()).isEqualTo(replica(0));
    late.getLast().probed(true, now);
    late.getLast().release(Outcome.ANSWERED, now);

    assertThat(held(dispatcher)).contains(slots(0, 1, 0));
  }

  /** Lets a second pass; the first replica is unwell. */
  private void endProbes(Dispatcher dispatcher, LeasedSlots... leased) {
    now += Scene.SECOND;
    lease(dispatcher, ALL, ALL, leased);
    dispatcher.probeDue(late::add, now);
    for (int i = 0; i < late.size(); i++) { // the end of one may begin the next
      Permit probe = late.get(i);
      probe.probed(!probe.replica().equals(replica(0)), now);
      probe.release(Outcome.ANSWERED, now);
    }
    late.clear();
  }

  @Test
  void saysHowLongTheFirstHasWaited() {
    Dispatcher dispatcher = dispatcher(deployment(2, 1));
    ask(dispatcher);
    now += 30 * Scene.MILLI;
    ask(dispatcher);
    now += 20 * Scene.MILLI;

    LeaseReport report = dispatcher.leaseReport(now);

    assertThat(report.oldestWaitNanos()).isEqualTo(50 * Scene.MILLI);
    assertThat(report.queued()).isEqualTo(2);
    assertThat(report.arrivals()).isEqualTo(2);
  }
}
