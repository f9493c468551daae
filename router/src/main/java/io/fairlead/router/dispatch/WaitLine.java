package io.fairlead.router.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * Tickets in the order they came, linked through themselves: joining and leaving from anywhere are
 * O(1) and allocate nothing.
 */
final class WaitLine {
  private @Nullable Ticket first;
  private @Nullable Ticket last;

  /** Returns who came first of those who are still here, or null. */
  @Nullable Ticket first() {
    return first;
  }

  void add(Ticket ticket) {
    Ticket tail = last;
    ticket.previous = tail;
    if (tail == null) {
      first = ticket;
    } else {
      tail.next = ticket;
    }
    last = ticket;
  }

  void remove(Ticket ticket) {
    Ticket before = ticket.previous;
    Ticket after = ticket.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    ticket.previous = null;
    ticket.next = null;
  }

  /**
   * Returns how many at the front are due before {@code deadlineNanos}; stops counting at {@code
   * most}.
   */
  int dueBefore(long deadlineNanos, int most) {
    int count = 0;
    for (Ticket ticket = first;
        ticket != null && count < most && ticket.deadlineNanos - deadlineNanos < 0;
        ticket = ticket.next) {
      count++;
    }
    return count;
  }
}
