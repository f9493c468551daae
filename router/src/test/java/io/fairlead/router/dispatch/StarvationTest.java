package io.fairlead.router.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Deployments with twice the load they can take, most of it from callers in a hurry: whoever waits
 * has a turn after a number of turns that is known when it comes, or its own time is over before.
 */
class StarvationTest {
  private static final int SEEDS = 50;
  private static final int ARRIVALS = 3_000;
  private static final int QUEUE = 40;

  private int turns;
  private int patientTurns;
  private int longest;

  @Test
  void everybodyHasATurnOrRunsOutOfTime() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      new History(seed).run();
    }
    assertThat(patientTurns).as("at least one turn in four").isBetween(turns / 4, turns / 2);
    assertThat(longest).as("the bound is more than theory").isGreaterThan(QUEUE);
  }

  /** One deployment with one slot that is given back every 10 ms, and two callers in that time. */
  private final class History {
    private final SplittableRandom random;
    private final Scene scene;
    private final List<Request> waiting = new ArrayList<>();
    private final Deque<Permit> running = new ArrayDeque<>();
    private int ownTurns;

    History(long seed) {
      random = new SplittableRandom(seed);
      scene = new Scene(Scene.deployment(1, 1, 500, QUEUE), seed);
    }

    void run() {
      for (int i = 0; i < ARRIVALS; i++) {
        scene.advanceMillis(5);
        waiting.removeIf(Request::leftInTime);
        arrive();
        if (i % 2 == 1) {
          running.remove().release(Outcome.ANSWERED, scene.now);
        }
      }
      turns += ownTurns;
    }

    private void arrive() {
      boolean hurried = random.nextInt(10) < 8;
      long patience = hurried ? 20 + random.nextInt(200) : 60_000;
      Request request = new Request(hurried, waiting.size());
      long deadline = scene.now + patience * Scene.MILLI;
      switch (scene.dispatcher.acquire(request, deadline, scene.now)) {
        case Permit permit -> running.add(permit);
        case Ticket ticket -> {
          request.ticket = ticket;
          waiting.add(request);
        }
        case Rejected _ -> {}
      }
    }

    private final class Request implements Waiter {
      private final boolean hurried;
      private final int cameAtTurn = ownTurns;
      private final int mostTurns;
      private @Nullable Ticket ticket;

      Request(boolean hurried, int ahead) {
        this.hurried = hurried;
        this.mostTurns = (ahead + 1) * 4;
      }

      @Override
      public void granted(Permit permit) {
        ownTurns++;
        patientTurns += hurried ? 0 : 1;
        longest = Math.max(longest, ownTurns - cameAtTurn);
        running.add(permit);
        waiting.remove(this);
        for (Request other : waiting) {
          assertThat(ownTurns - other.cameAtTurn).as("turns without").isLessThan(other.mostTurns);
        }
      }

      boolean leftInTime() {
        return ticket != null
            && ticket.deadlineNanos() - scene.now <= 0
            && ticket.cancel(scene.now);
      }
    }
  }
}
