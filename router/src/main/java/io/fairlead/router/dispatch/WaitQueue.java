package io.fairlead.router.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * Tickets in the order they came, linked through themselves: joining, leaving from anywhere and
 * taking the first are O(1) and allocate nothing.
 *
 * <p>A ticket whose deadline has passed is dropped when it comes to the head; one further back
 * waits for that, or for its owner to cancel it, whichever is first.
 */
final class WaitQueue {
  private @Nullable Ticket first;
  private @Nullable Ticket last;
  private int size;

  int size() {
    return size;
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
    size++;
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
    size--;
  }

  /** Returns the first whose deadline has not passed, and drops those before it. */
  @Nullable Ticket first(long nowNanos) {
    Ticket head = first;
    while (head != null && head.deadlineNanos - nowNanos <= 0) {
      remove(head);
      head.state = Ticket.State.GONE;
      head = first;
    }
    return head;
  }
}
