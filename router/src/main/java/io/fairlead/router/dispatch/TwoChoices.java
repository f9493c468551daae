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
 * <p>A new replica starts slowly: a draw of it counts with a probability that grows from 10 % to 1
 * over {@code slowStartNanos}.
 */
final class TwoChoices implements Picker {
  /** What was measured long ago weighs half after each such time, so nobody is shunned for good. */
  static final long LATENCY_HALF_LIFE_NANOS = 10_000_000_000L;

  private final RandomGenerator random;
  private final long slowStartNanos;
  private final List<ReplicaSlots> replicas = new ArrayList<>();

  TwoChoices(RandomGenerator random, long slowStartNanos) {
    this.random = random;
    this.slowStartNanos = slowStartNanos;
  }

  @Override
  public void add(ReplicaSlots slots) {
    slots.index = replicas.size();
    slots.pickable = true;
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
    int first = random.nextInt(size);
    int second = random.nextInt(size - 1);
    ReplicaSlots a = replicas.get(first);
    ReplicaSlots b = replicas.get(second < first ? second : second + 1);
    if (a == avoid || b == avoid) {
      return a == avoid ? b : a;
    }
    boolean aCounts = counts(a, nowNanos);
    if (aCounts != counts(b, nowNanos)) {
      return aCounts ? a : b;
    }
    return isBetter(b, a, nowNanos) ? b : a;
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
