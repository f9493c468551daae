package io.fairlead.router.dispatch;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tickets by deadline, of equal ones the older first: a binary heap in an array. Each ticket knows
 * its place, so that joining and leaving from anywhere are O(log n); the array grows to the most
 * tickets that there ever were and then nothing is allocated.
 */
final class DeadlineHeap {
  private @Nullable Ticket[] heap = new @Nullable Ticket[16];
  private int size;

  /** Returns the ticket that is due first, or null. */
  @Nullable Ticket first() {
    return heap[0];
  }

  void add(Ticket ticket) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    up(size++, ticket);
  }

  void remove(Ticket ticket) {
    Ticket last = at(--size);
    heap[size] = null;
    if (last != ticket) {
      int hole = ticket.place;
      if (hole > 0 && isBefore(last, at(parent(hole)))) {
        up(hole, last);
      } else {
        down(hole, last);
      }
    }
  }

  /** Puts {@code ticket} into the hole, or above it. */
  private void up(int hole, Ticket ticket) {
    int at = hole;
    while (at > 0 && isBefore(ticket, at(parent(at)))) {
      put(at, at(parent(at)));
      at = parent(at);
    }
    put(at, ticket);
  }

  /** Puts {@code ticket} into the hole, or below it. */
  private void down(int hole, Ticket ticket) {
    int at = hole;
    for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && isBefore(at(child + 1), at(child))) {
        child++;
      }
      if (isBefore(ticket, at(child))) {
        break;
      }
      put(at, at(child));
      at = child;
    }
    put(at, ticket);
  }

  /**
   * Returns how many are due before {@code deadlineNanos}; stops counting at {@code most}, and
   * looks at twice as many at the most.
   */
  int dueBefore(long deadlineNanos, int most) {
    return dueBefore(0, deadlineNanos, most);
  }

  private int dueBefore(int root, long deadlineNanos, int most) {
    if (root >= size || most <= 0 || at(root).deadlineNanos - deadlineNanos >= 0) {
      return 0; // and so is everything below it
    }
    int count = 1 + dueBefore(2 * root + 1, deadlineNanos, most - 1);
    return count + dueBefore(2 * root + 2, deadlineNanos, most - count);
  }

  private static int parent(int place) {
    return (place - 1) / 2;
  }

  private Ticket at(int place) {
    return Objects.requireNonNull(heap[place]);
  }

  private void put(int place, Ticket ticket) {
    heap[place] = ticket;
    ticket.place = place;
  }

  static boolean isBefore(Ticket a, Ticket b) {
    long later = a.deadlineNanos - b.deadlineNanos;
    return later < 0 || (later == 0 && a.number - b.number < 0);
  }
}
