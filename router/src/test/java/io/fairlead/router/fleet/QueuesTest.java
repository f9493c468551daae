package io.fairlead.router.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.DeploymentKey;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many may wait where. */
class QueuesTest {
  private static final DeploymentKey KEY = new DeploymentKey("default", "echo", "blue");

  private long version;

  /** One router, and what was decided of it. */
  private static final class Router {
    final Member member = new Member("10.0.0.1:9001", 7, 0);
    final Holding holding = new Holding();
    int idle;
    int mayBeIdle;
    long waited = 1;
    double weight = 1;

    Router says(int queued, int staying) {
      return says(queued, staying, Long.MAX_VALUE);
    }

    Router says(int queued, int staying, long seen) {
      holding.demand(
          new DeploymentReport(KEY, List.of(), 0, queued, staying, waited, 0), seen, 1_000_000);
      return this;
    }

    int[] told() {
      DeploymentGrant grant = holding.grant(KEY);
      return new int[] {grant.queueBound(), grant.queueMost()};
    }
  }

  private void settle(long bound, Router... routers) {
    Queues queues = new Queues(bound);
    for (Router one : routers) {
      one.member.toBeTold = false;
      int mayBeIdle = Math.max(one.idle, one.mayBeIdle);
      queues.add(one.member, one.holding, one.idle, mayBeIdle, one.waited, one.weight);
    }
    queues.settle(++version);
  }

  @Test
  void everyPlaceIsDealtOut() {
    Router a = new Router();
    Router b = new Router();
    Router c = new Router();
    settle(8, a, b, c);

    assertThat(a.told()[0] + b.told()[0] + c.told()[0]).isEqualTo(8);
  }

  @Test
  void mostComesWhereMostArrive() {
    Router a = new Router();
    Router b = new Router();
    a.weight = 3;
    settle(16, a, b);

    assertThat(a.told()).as("half evenly, half by arrivals").containsExactly(10, 10);
    assertThat(b.told()).containsExactly(6, 6);
  }

  @Test
  void whoWasPromisedAPlaceHasItAlsoIfItDoesNotKnowYet() {
    Router a = new Router().says(6, 0);
    Router b = new Router();
    settle(6, a, b);
    assertThat(a.told()[0]).isEqualTo(6);

    a.says(6, 0, version - 1);
    settle(6, b.says(6, 0), a);

    assertThat(a.holding.staying).isEqualTo(6);
    assertThat(b.told()).as("one can always say that it waits").containsExactly(1, 1);
  }

  @Test
  void whoKnowsOfItsPlacesAndHasFewerGivesThemUp() {
    Router a = new Router().says(6, 0);
    Router b = new Router();
    settle(6, a, b);
    a.told();

    a.says(2, 2, version);
    settle(6, b.says(6, 0), a);

    assertThat(b.told()[0]).isEqualTo(4);
  }

  @Test
  void whoHopesIsToldWhenThereIsNothingToHopeFor() {
    Router a = new Router().says(8, 6);
    Router b = new Router();
    b.idle = 2;
    settle(6, a, b);
    assertThat(a.told()).containsExactly(6, 8);

    b.idle = 1;
    settle(6, a, b);
    assertThat(a.member.toBeTold).isTrue();
    assertThat(a.told()).containsExactly(6, 7);

    settle(6, a, b);
    assertThat(a.member.toBeTold).as("it has turned one away").isFalse();
  }

  @Test
  void whoHasJustComeMayHopeForWhatMayHaveComeFree() {
    Router a = new Router();
    Router b = new Router();
    b.mayBeIdle = 2;
    settle(6, a.says(9, 6), b);
    assertThat(a.told()).containsExactly(6, 8);

    a.waited = 5; // others have been asked
    settle(6, a.says(8, 6), b);
    assertThat(a.told()).containsExactly(6, 6);
  }

  @Test
  void whoHasWaitedForAnIdleSlotForLongDoesNotGetIt() {
    Router a = new Router();
    Router b = new Router();
    b.idle = 2;
    a.waited = 50;
    settle(6, a.says(8, 6), b);

    assertThat(a.told()).containsExactly(6, 6);
  }

  @Test
  void whoMayHaveFarFewerThanItThinksIsTold() {
    Router a = new Router();
    Router b = new Router();
    settle(300, a, b);
    assertThat(b.told()).containsExactly(150, 150);
    a.told();

    settle(300, a.says(140, 140), b);
    assertThat(b.member.toBeTold).as("a little less").isFalse();
    settle(300, a.says(290, 140), b);

    assertThat(b.member.toBeTold).isTrue();
    assertThat(b.told()[0]).isLessThan(10);
  }

  @Test
  void whereMostStayOneFewerComesWhileOthersHaveLessThanTheirPart() {
    Router a = new Router().says(6, 6);
    Router b = new Router();
    settle(6, a, b.says(2, 1));

    assertThat(a.told()).containsExactly(5, 5);
    assertThat(a.holding.queued).as("nobody leaves").isEqualTo(6);
    assertThat(b.told()).containsExactly(1, 1);
  }

  @Test
  void nobodyIsTurnedAwayForOneFewer() {
    Router a = new Router().says(10, 9);
    Router b = new Router();
    Router c = new Router().says(3, 1);
    b.idle = 1;
    a.waited = 2;
    settle(10, a, b, c);

    assertThat(a.told()).containsExactly(9, 10);
  }

  @Test
  void nobodyWaitsWhereNobodyMay() {
    Router a = new Router().says(3, 0);
    Router b = new Router();
    b.idle = 2;
    settle(0, a, b);

    assertThat(a.told()).as("but for slots that are idle elsewhere").containsExactly(0, 2);
    assertThat(b.told()).containsExactly(0, 0);
  }

  @Test
  void aRouterThatDoesNotSayWhoStaysIsTakenAtItsWord() {
    Router a = new Router().says(6, -1);
    Router b = new Router();
    settle(6, a, b);
    a.told();

    a.says(6, -1, version);
    settle(6, a, b.says(3, 0));

    assertThat(a.told()[0]).isEqualTo(5); // one is recalled
    assertThat(b.told()).containsExactly(1, 1);
  }
}
