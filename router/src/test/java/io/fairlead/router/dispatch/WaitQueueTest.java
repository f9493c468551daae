package io.fairlead.router.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The order of the queue, in seeded histories beside a list that is searched from end to end. */
class WaitQueueTest {
  private static final long LONGEST_WAIT = 500;
  private static final Dispatcher DISPATCHER = new Scene(Scene.deployment(1, 1)).dispatcher;

  /** One history. */
  private static final class History {
    final SplittableRandom random;
    final WaitQueue queue = new WaitQueue();

    /** Who waits and is not late, by age. */
    final List<Ticket> waiting = new ArrayList<>();

    long now;

    History(long seed) {
      random = new SplittableRandom(seed);
      now = random.nextLong();
    }

    void join(long patience) {
      boolean hurried = patience < LONGEST_WAIT;
      long deadline = now + Math.min(patience, LONGEST_WAIT);
      Ticket ticket = new Ticket(DISPATCHER, permit -> {}, deadline, 0, hurried);
      queue.add(ticket);
      waiting.add(ticket);
    }

    void leave() {
      forgetTheLate();
      if (!waiting.isEmpty()) {
        queue.remove(waiting.remove(random.nextInt(waiting.size())));
      }
    }

    void forgetTheLate() {
      waiting.removeIf(ticket -> ticket.deadlineNanos - now <= 0);
    }

    @Nullable Ticket serve() {
      Ticket next = queue.next(now);
      if (next != null) {
        queue.take(next);
        waiting.remove(next);
      }
      return next;
    }

    @Nullable Ticket oldest() {
      return waiting.isEmpty() ? null : waiting.getFirst();
    }

    @Nullable Ticket soonest() {
      return waiting.stream()
          .min(
              Comparator.<Ticket>comparingLong(ticket -> ticket.deadlineNanos - now)
                  .thenComparingInt(waiting::indexOf))
          .orElse(null);
    }
  }

  @Test
  void isFirstComeFirstServedWhereNobodyIsInAHurry() {
    for (long seed = 1; seed <= 100; seed++) {
      History history = new History(seed);
      for (int step = 0; step < 500; step++) {
        switch (history.random.nextInt(8)) {
          case 0, 1, 2 -> history.join(LONGEST_WAIT + history.random.nextLong(1_000));
          case 3 -> history.now += history.random.nextLong(40) - 2; // two clocks disagree a little
          case 4 -> history.leave();
          default -> {
            history.forgetTheLate();
            Ticket oldest = history.oldest();
            assertThat(history.serve()).as("seed " + seed).isEqualTo(oldest);
          }
        }
      }
    }
  }

  @Test
  void servesTheEarliestDeadlineAndEveryFourthTimeAtTheLatestTheOldest() {
    int overtaken = 0;
    int oldestInstead = 0;
    for (long seed = 1; seed <= 200; seed++) {
      History history = new History(seed);
      int overtakes = 0;
      for (int step = 0; step < 400; step++) {
        switch (history.random.nextInt(8)) {
          case 0, 1, 2, 3 -> history.join(1 + history.random.nextLong(2 * LONGEST_WAIT));
          case 4 -> history.now += history.random.nextLong(20);
          case 5 -> history.leave();
          default -> {
            history.forgetTheLate();
            Ticket oldest = history.oldest();
            Ticket soonest = history.soonest();
            Ticket expected = overtakes < 3 ? soonest : oldest;
            assertThat(history.serve()).as("seed " + seed).isEqualTo(expected);
            if (expected != null) {
              overtakes = expected == oldest ? 0 : overtakes + 1;
            }
            overtaken += expected == oldest ? 0 : 1;
            oldestInstead += expected == soonest ? 0 : 1;
          }
        }
      }
    }
    assertThat(overtaken).isGreaterThan(1_000);
    assertThat(oldestInstead).isGreaterThan(1_000);
  }

  @Test
  void turnsTheNewestAwayWhoAreNotToStay() {
    for (long seed = 1; seed <= 500; seed++) {
      History history = new History(seed);
      for (int arrival = 1; arrival <= 40; arrival++) {
        history.join(1_000 + history.random.nextLong(10)); // nobody is late here
        Ticket ticket = history.waiting.getLast();
        history.queue.remove(ticket);
        ticket.arrival = arrival;
        ticket.provisional = history.random.nextBoolean();
        history.queue.add(ticket);
        if (history.random.nextInt(3) == 0) {
          history.leave();
        }
      }
      int most = history.random.nextInt(40);
      int bound = history.random.nextInt(most + 1);
      long arrivals = history.random.nextInt(50);
      var stay = new ArrayList<>(history.waiting);
      var known = stay.stream().filter(ticket -> ticket.arrival <= arrivals).toList();
      var away =
          known.reversed().stream()
              .filter(ticket -> ticket.provisional && known.indexOf(ticket) >= most)
              .toList();
      var forGood = known.subList(0, Math.min(bound, known.size()));
      var open =
          stay.stream()
              .filter(ticket -> ticket.provisional && !away.contains(ticket))
              .filter(ticket -> !forGood.contains(ticket))
              .toList();
      stay.removeAll(away);

      var line = new Line<Ticket>();
      history.queue.decide(bound, most, arrivals, line);

      assertThat(line.first(50)).as("seed %s", seed).isEqualTo(away);
      assertThat(away).allMatch(ticket -> ticket.state == Ticket.State.GONE);
      assertThat(stay)
          .allMatch(ticket -> ticket.provisional == open.contains(ticket))
          .allMatch(ticket -> ticket.state == Ticket.State.WAITING);
      var served = new ArrayList<Ticket>();
      for (Ticket next = history.serve(); next != null; next = history.serve()) {
        served.add(next);
      }
      assertThat(served).containsExactlyInAnyOrderElementsOf(stay);
    }
  }

  @Test
  void countsWhoIsDueBefore() {
    History history = new History(3);
    history.now = Long.MAX_VALUE - 100;
    for (int i = 0; i < 300; i++) {
      history.join(1 + history.random.nextLong(2 * LONGEST_WAIT));
      history.now += history.random.nextInt(2);
    }
    for (int i = 0; i < 200; i++) {
      long deadline = history.now + history.random.nextLong(LONGEST_WAIT);
      int before =
          (int) history.waiting.stream().filter(t -> t.deadlineNanos - deadline < 0).count();
      assertThat(history.queue.dueBefore(deadline, 1_000)).isEqualTo(before);
      assertThat(history.queue.dueBefore(deadline, 20)).isEqualTo(Math.min(20, before));
    }
  }
}
