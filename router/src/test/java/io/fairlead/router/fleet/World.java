package io.fairlead.router.fleet;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** Virtual time, what happens in it, and what happened last. */
final class World {
  private static final int LINES = 60;

  final SplittableRandom random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final ArrayDeque<String> trace = new ArrayDeque<>();
  long now;
  private long order;
  final boolean keepAll;

  private record Event(long at, long order, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  World(long seed, boolean keepAll) {
    random = new SplittableRandom(seed);
    this.keepAll = keepAll;
  }

  void after(long nanos, Runnable what) {
    events.add(new Event(now + Math.max(0, nanos), order++, what));
  }

  void runUntil(long end, Runnable afterEach) {
    while (!events.isEmpty() && events.peek().at() <= end) {
      Event event = events.remove();
      now = event.at();
      event.what().run();
      afterEach.run();
    }
    now = end;
  }

  void note(String line) {
    trace.add("%10.3f ms  %s".formatted(now / 1e6, line));
    if (!keepAll && trace.size() > LINES) {
      trace.remove();
    }
  }

  String trace() {
    return String.join("\n", trace);
  }

  long upTo(long nanos) {
    return random.nextLong(nanos + 1);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }
}
