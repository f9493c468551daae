package io.fairlead.router.dispatch;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a slot, and whose turn is next: earliest deadline first, and nobody starves.
 *
 * <p><b>Two kinds.</b> The <i>patient</i> wait as long as the deployment lets them, so their order
 * of arrival is that of their deadlines: a line does for them, and where nobody is in a hurry this
 * is first come, first served, without exception. The <i>hurried</i> have a sooner deadline of
 * their own and stand in a heap. Joining, leaving from anywhere and taking the next are O(1) for
 * the patient and O(log n) for the hurried, and allocate nothing.
 *
 * <p><b>Overtaking.</b> Pure earliest-deadline-first would let a stream of hurried callers shut out
 * everybody else under overload. So after {@value #MOST_OVERTAKES} turns in a row that went to
 * somebody else, the next is that of who has waited longest. Hence, in any {@code MOST_OVERTAKES +
 * 1} turns in a row one goes to the longest waiting, and who finds k waiting has had a turn after
 * {@code (k + 1) x (MOST_OVERTAKES + 1)} turns, unless its wait is over before: each turn of the
 * longest waiting is its own or that of one of the k, and nobody who comes later is one of them.
 *
 * <p>A patient ticket whose deadline has passed is dropped when it comes to the head of its line;
 * one further back waits for that, or for its owner to cancel it, whichever is first. The hurried
 * are dropped as soon as anybody looks.
 */
final class WaitQueue {
  static final int MOST_OVERTAKES = 3;

  private final Line<Ticket> patient = new Line<>();
  private final Line<Ticket> hurried = new Line<>();
  private final DeadlineHeap byDeadline = new DeadlineHeap();
  private int size;
  private int provisional;
  private int overtakes;
  private long arrivals;

  int size() {
    return size;
  }

  /** Returns how many wait for good. */
  int staying() {
    return size - provisional;
  }

  void add(Ticket ticket) {
    ticket.number = arrivals++;
    size++;
    provisional += ticket.provisional ? 1 : 0;
    if (ticket.hurried) {
      hurried.add(ticket);
      byDeadline.add(ticket);
    } else {
      patient.add(ticket);
    }
  }

  void remove(Ticket ticket) {
    size--;
    provisional -= ticket.provisional ? 1 : 0;
    if (ticket.hurried) {
      hurried.remove(ticket);
      byDeadline.remove(ticket);
    } else {
      patient.remove(ticket);
    }
  }

  /** Returns whose turn is next, or null; drops those whose deadline has passed before it. */
  @Nullable Ticket next(long nowNanos) {
    Ticket waiting = patient.first();
    while (waiting != null && waiting.deadlineNanos - nowNanos <= 0) {
      drop(waiting);
      waiting = patient.first();
    }
    Ticket soonest = byDeadline.first();
    while (soonest != null && soonest.deadlineNanos - nowNanos <= 0) {
      drop(soonest);
      soonest = byDeadline.first();
    }
    if (soonest == null) {
      return waiting;
    }
    if (overtakes >= MOST_OVERTAKES) {
      return longestWaiting();
    }
    return waiting == null || DeadlineHeap.isBefore(soonest, waiting) ? soonest : waiting;
  }

  private void drop(Ticket ticket) {
    remove(ticket);
    ticket.state = Ticket.State.GONE;
  }

  private @Nullable Ticket longestWaiting() {
    Ticket a = patient.first();
    Ticket b = hurried.first();
    return a == null || (b != null && b.number - a.number < 0) ? b : a;
  }

  /**
   * Decides on those who wait provisionally and are among the first {@code arrivals} that came: who
   * is not among the {@code most} that came first leaves, and who is among the first {@code bound}
   * waits for good. Between them nothing is decided yet.
   *
   * @param turnedAway where those stand in line who leave
   */
  void decide(int bound, int most, long arrivals, Line<Ticket> turnedAway) {
    int open = provisional;
    int place = size;
    Ticket lastPatient = patient.last();
    Ticket lastHurried = hurried.last();
    for (; open > 0; place--) {
      Ticket ticket;
      if (lastPatient == null
          || (lastHurried != null && lastHurried.number - lastPatient.number > 0)) {
        ticket = Objects.requireNonNull(lastHurried);
        lastHurried = ticket.previous;
      } else {
        ticket = lastPatient;
        lastPatient = ticket.previous;
      }
      if (ticket.provisional) {
        open--;
        if (ticket.arrival <= arrivals && place > most) {
          drop(ticket);
          turnedAway.add(ticket);
        } else if (ticket.arrival <= arrivals && place <= bound) {
          ticket.provisional = false;
          provisional--;
        }
      }
    }
  }

  /** Returns how long the longest waiting has waited; 0 if nobody waits. */
  long oldestNanos(long nowNanos) {
    Ticket oldest = longestWaiting();
    return oldest == null ? 0 : Math.max(0, nowNanos - oldest.sinceNanos);
  }

  /** Removes {@code ticket}, which is {@link #next}, because it has its turn. */
  void take(Ticket ticket) {
    overtakes = ticket == longestWaiting() ? 0 : overtakes + 1;
    remove(ticket);
  }

  /**
   * Returns how many have a deadline before {@code deadlineNanos}; stops counting at {@code most}.
   */
  int dueBefore(long deadlineNanos, int most) {
    int count = byDeadline.dueBefore(deadlineNanos, most);
    for (Ticket ticket = patient.first();
        ticket != null && count < most && ticket.deadlineNanos - deadlineNanos < 0;
        ticket = ticket.next) {
      count++;
    }
    return count;
  }
}
