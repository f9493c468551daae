package io.fairlead.router.fleet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How many requests may wait in each router for the slots of one deployment, so that all together
 * are at most its bound, and one for each router.
 *
 * <p>Who was told that it may stay does, whoever comes. Others may as far as the bound goes, first
 * where one has waited longest; where most stay they get fewer while others have less than their
 * part. Who goes beyond it may hope for slots that are idle elsewhere: nothing is promised to
 * those, as a slot may be taken where it is.
 *
 * <p>Newcomers ask while slots are idle elsewhere, but for one in each router. Else each router
 * lets as many wait unasked as its part of what is left, and nobody beyond it.
 */
final class Queues {
  /** An idle slot that has not come to who waits after so long is none that it can use. */
  private static final long HOPE_MILLIS = 50;

  /** By then others were asked, and have given back what is idle, whatever was known of it. */
  private static final long ASKED_MILLIS = 5;

  private final long bound;
  private final List<Queue> queues = new ArrayList<>();

  /** One router's queue. */
  private static final class Queue {
    final Member member;
    final Holding holding;
    final int idle;
    final int mayBeIdle;
    final long waited;
    final double weight;

    /** Its part of the bound. */
    long part;

    /** How many of those who wait may stay. */
    long staying;

    /** How many more may while slots are idle elsewhere. */
    long hoping;

    /** Whether newcomers ask. */
    boolean asks;

    /** How many newcomers may wait unasked; negative if one is to go before the next may. */
    long unasked;

    Queue(Member member, Holding holding, int idle, int mayBeIdle, long waited, double weight) {
      this.member = member;
      this.holding = holding;
      this.idle = idle;
      this.mayBeIdle = mayBeIdle;
      this.waited = waited;
      this.weight = weight;
      this.staying = holding.staying;
    }

    /** Requests that wait, and may neither stay nor hope. */
    long undecided() {
      return Math.max(0, holding.queued - staying - hoping);
    }

    long surplus() {
      return staying - part;
    }
  }

  /** Begins without a router; in all of them {@code bound} may wait. */
  Queues(long bound) {
    this.bound = bound;
  }

  /**
   * Adds a router.
   *
   * @param idle slots that it holds and has no use for, as far as is known
   * @param mayBeIdle the same, and those that may have come free since
   * @param waited how long its first request has waited, in milliseconds; -1 if none does
   * @param weight how much comes to it, beside others
   */
  void add(Member member, Holding holding, int idle, int mayBeIdle, long waited, double weight) {
    queues.add(new Queue(member, holding, idle, mayBeIdle, waited, weight));
  }

  /** Decides, and notes who is to be told at once; {@code version} will be the first to say so. */
  void settle(long version) {
    queues.sort(Comparator.comparingLong((Queue queue) -> queue.waited).reversed());
    part();
    long left = bound;
    for (Queue queue : queues) {
      left = Math.max(0, left - queue.staying);
    }
    for (Queue queue : queues) {
      long more = Math.min(queue.undecided(), left);
      queue.staying += more;
      left -= more;
    }
    long idle = hope();
    if (left == 0) {
      recall();
    }
    long rest = left;
    for (Queue queue : queues) {
      queue.asks = idle > queue.idle && queue.waited < HOPE_MILLIS;
      long some = queue.asks ? Math.min(1, left) : left * queue.part / Math.max(1, bound);
      queue.unasked += some;
      rest -= some;
    }
    for (Queue queue : queues) {
      if (!queue.asks && rest > 0) { // what rounding has left over
        queue.unasked++;
        rest--;
      }
      tell(queue, queue.asks ? left + idle - queue.idle + unknown(queue) : queue.unasked, version);
    }
  }

  /** Half of the bound evenly: how many arrive is not known of who was heard a moment ago. */
  private void part() {
    double weights = queues.stream().mapToDouble(queue -> queue.weight).sum();
    double even = 1.0 / queues.size();
    for (Queue queue : queues) {
      double part = weights > 0 ? (even + queue.weight / weights) / 2 : even;
      queue.part = (long) (bound * part);
    }
  }

  /** Returns how many idle slots nobody hopes for. */
  private long hope() {
    long idle = queues.stream().mapToLong(queue -> queue.idle).sum();
    long unknown = queues.stream().mapToLong(queue -> queue.mayBeIdle - queue.idle).sum();
    for (Queue queue : queues) {
      if (queue.waited < HOPE_MILLIS) {
        queue.hoping = Math.min(queue.undecided(), idle);
        idle -= queue.hoping;
      }
      if (queue.waited < ASKED_MILLIS) {
        long more = Math.min(queue.undecided(), Math.max(0, unknown));
        queue.hoping += more;
        unknown -= more;
      }
    }
    return idle;
  }

  /** If somebody may not stay where fewer do than should, one fewer may come where most do. */
  private void recall() {
    boolean isShort =
        queues.stream().anyMatch(queue -> queue.undecided() > 0 && queue.surplus() < 0);
    queues.stream()
        .max(Comparator.comparingLong(Queue::surplus))
        .filter(most -> isShort && most.surplus() > 0 && most.hoping == 0)
        .ifPresent(most -> most.unasked--);
  }

  private long unknown(Queue asking) {
    return queues.stream()
        .filter(queue -> queue != asking)
        .mapToLong(queue -> queue.mayBeIdle - queue.idle)
        .sum();
  }

  private void tell(Queue queue, long asked, long version) {
    Holding holding = queue.holding;
    long unasked = Math.max(Math.min(1, bound), queue.staying + queue.unasked);
    long most = Math.max(unasked, queue.staying + queue.hoping + asked);
    long staying = queue.staying;
    boolean isTooMany = holding.queued > Math.max(staying, most);
    boolean isLess =
        !queue.asks && holding.toldBound - unasked > Math.max(2, holding.toldBound / 2);
    queue.member.toBeTold |= isTooMany || isLess;
    holding.queue(staying, (int) clamp(unasked), (int) clamp(most), version);
  }

  private static long clamp(long value) {
    return Math.min(value, Integer.MAX_VALUE);
  }
}
