package io.fairlead.router.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Picks the better of two random replicas: for models without a limit of their own.
 *
 * <p>Better is the lower product of requests in flight and recent latency (Finagle's "P2C + peak
 * EWMA", with a plain mean); while one of the two is unmeasured, the lower number in flight. Two
 * random candidates instead of the overall minimum keep several routers, none of which sees the
 * others' requests, from rushing to the same replica (Mitzenmacher 2001).
 *
 * <p>Of many replicas only a window is drawn from, which wanders over all of them (Finagle's
 * "aperture"): a replica is asked some dozens of times while the connections to it are warm, then
 * rests. The window grows with the requests in flight, so that two draws seldom both find a busy
 * replica.
 *
 * <p>A new replica starts slowly: a draw of it counts with a probability that grows from 10 % to 1
 * over {@code slowStartNanos}.
 */
final class TwoChoices implements Picker {
  /** What was measured long ago weighs half after each such time, so nobody is shunned for good. */
  static final long LATENCY_HALF_LIFE_NANOS = 10_000_000_000L;

  /** The least number of replicas drawn from. */
  static final int WINDOW = 64;

  /** Replicas drawn from for each request in flight, if that is more. */
  static final int WINDOW_PER_REQUEST = 4;

  /** After so many picks the window moves on by one replica. */
  static final int PICKS_PER_STEP = 64;

  private final RandomGenerator random;
  private final long slowStartNanos;
  private final List<ReplicaSlots> replicas = new ArrayList<>();
  private int windowStart;
  private int picksInWindow;
  private int inFlight;

  TwoChoices(RandomGenerator random, long slowStartNanos) {
    this.random = random;
    this.slowStartNanos = slowStartNanos;
  }

  @Override
  public void add(ReplicaSlots slots) {
    slots.index = replicas.size();
    slots.pickable = true;
    inFlight += slots.inFlight;
    replicas.add(slots);
  }

  @Override
  public void remove(ReplicaSlots slots) {
    ReplicaSlots last = replicas.removeLast();
    if (last != slots) {
      replicas.set(slots.index, last);
      last.index = slots.index;
    }
    slots.pickable = false;
    inFlight -= slots.inFlight;
  }

  @Override
  public void count(ReplicaSlots slots, int change) {
    slots.inFlight += change;
    inFlight += change;
  }

  @Override
  public boolean isEmpty() {
    return replicas.isEmpty();
  }

  @Override
  public @Nullable ReplicaSlots pick(@Nullable ReplicaSlots avoid, long nowNanos) {
    int size = replicas.size();
    if (size < 2) {
      return size == 0 || replicas.getFirst() == avoid ? null : replicas.getFirst();
    }
    int window = window(size);
    int first = random.nextInt(window);
    int second = random.nextInt(window - 1);
    ReplicaSlots a = inWindow(first, size);
    ReplicaSlots b = inWindow(second < first ? second : second + 1, size);
    if (a == avoid || b == avoid) {
      return a == avoid ? b : a;
    }
    boolean aCounts = counts(a, nowNanos);
    if (aCounts != counts(b, nowNanos)) {
      return aCounts ? a : b;
    }
    return isBetter(b, a, nowNanos) ? b : a;
  }

  /** Returns how many replicas to draw from, and moves the window on when it is time. */
  private int window(int size) {
    if (++picksInWindow >= PICKS_PER_STEP) {
      picksInWindow = 0;
      windowStart++;
    }
    if (windowStart >= size) {
      windowStart = 0;
    }
    return (int) Math.min(size, Math.max(WINDOW, (long) inFlight * WINDOW_PER_REQUEST));
  }

  private ReplicaSlots inWindow(int offset, int size) {
    int index = windowStart + offset;
    return replicas.get(index < size ? index : index - size);
  }

  private boolean counts(ReplicaSlots slots, long nowNanos) {
    long age = nowNanos - slots.sinceNanos;
    return age >= slowStartNanos
        || random.nextLong(slowStartNanos) < Math.max(age, slowStartNanos / 10);
  }

  private static boolean isBetter(ReplicaSlots a, ReplicaSlots b, long nowNanos) {
    long aLatency = latency(a, nowNanos);
    long bLatency = latency(b, nowNanos);
    if (aLatency == 0 || bLatency == 0) {
      return a.inFlight < b.inFlight;
    }
    return (a.inFlight + 1) * aLatency < (b.inFlight + 1) * bLatency;
  }

  private static long latency(ReplicaSlots slots, long nowNanos) {
    long halvings = Math.max(0, nowNanos - slots.latencyAtNanos) / LATENCY_HALF_LIFE_NANOS;
    return slots.latencyNanos >> Math.min(halvings, 63);
  }

  @Override
  public void answered(ReplicaSlots slots, long latencyNanos, long nowNanos) {
    long before = latency(slots, nowNanos);
    long sample = Math.max(1, latencyNanos);
    slots.latencyNanos = before == 0 ? sample : Math.max(1, before + (sample - before) / 8);
    slots.latencyAtNanos = nowNanos;
  }
}
