package io.fairlead.router.dispatch;

import io.fairlead.router.model.Replica;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of one deployment that can take one more request, and which is the next to get one.
 *
 * <p>A replica is in the picker exactly while it is in service (not removed, not ejected) and has a
 * free slot that this router may use. {@link #count} keeps it so for one replica; what concerns
 * many is followed by {@link #place}.
 */
final class FreeSlots {
  private final Replicas replicas;
  private final Ejection ejection;
  private final RandomGenerator random;
  private final long slowStartNanos;
  private int limit;
  private Picker picker;
  private int inFlight;

  FreeSlots(
      Replicas replicas,
      Ejection ejection,
      int limit,
      RandomGenerator random,
      long slowStartNanos) {
    this.replicas = replicas;
    this.ejection = ejection;
    this.limit = limit;
    this.random = random;
    this.slowStartNanos = slowStartNanos;
    this.picker = pickerFor(limit);
  }

  private Picker pickerFor(int newLimit) {
    return newLimit == 0 ? new TwoChoices(random, slowStartNanos) : new LeastLoaded();
  }

  /** Returns how many slots a replica has; 0 for unlimited. */
  int limit() {
    return limit;
  }

  /** Takes on a limit; what follows from it is seen by {@link #place}. */
  void limit(int newLimit) {
    if ((newLimit == 0) != (limit == 0)) {
      for (ReplicaSlots slots : replicas) {
        if (slots.pickable) {
          picker.remove(slots);
        }
      }
      picker = pickerFor(newLimit);
    }
    limit = newLimit;
  }

  /** Returns how many requests all replicas have together, those included that drain. */
  int inFlight() {
    return inFlight;
  }

  boolean isEmpty() {
    return picker.isEmpty();
  }

  /** Returns a replica with a free slot, other than {@code avoid}; null if there is none. */
  @Nullable ReplicaSlots pick(@Nullable ReplicaSlots avoid, long nowNanos) {
    return picker.pick(avoid, nowNanos);
  }

  /** Notes how long a request took that {@code slots} answered. */
  void answered(ReplicaSlots slots, long latencyNanos, long nowNanos) {
    picker.answered(slots, latencyNanos, nowNanos);
  }

  /** Adds to the requests of a replica, and keeps it in the picker while it can take one more. */
  void count(ReplicaSlots slots, int change) {
    inFlight += change;
    boolean free = isFree(slots, slots.inFlight + change);
    if (free && slots.pickable) {
      picker.count(slots, change);
      return;
    }
    if (slots.pickable) {
      picker.remove(slots);
    }
    slots.inFlight += change;
    if (free) {
      picker.add(slots);
    }
  }

  /** Puts each replica into the picker, or out of it, after something that concerns many. */
  void place() {
    for (ReplicaSlots slots : replicas) {
      if (slots.pickable != isFree(slots, slots.inFlight)) {
        count(slots, 0);
      }
    }
  }

  private boolean isFree(ReplicaSlots slots, int itsInFlight) {
    return !slots.removed && !ejection.isEjected(slots) && hasRoom(slots, itsInFlight);
  }

  /** Returns whether a request could be sent, even if the replica is ejected. */
  boolean hasRoom(ReplicaSlots slots) {
    return hasRoom(slots, slots.inFlight);
  }

  private boolean hasRoom(ReplicaSlots slots, int itsInFlight) {
    return limit == 0 || itsInFlight < slots.allowance;
  }

  /** Notes how each replica stands, {@code tried} as one that was asked already. */
  void describe(Candidates into, @Nullable Replica tried) {
    into.begin(replicas.size());
    for (ReplicaSlots slots : replicas) {
      if (into.isFull()) {
        return;
      }
      Standing standing = standing(slots, tried);
      into.add(slots, standing == Standing.FREE ? free(slots) : 0, standing);
    }
  }

  private int free(ReplicaSlots slots) {
    return limit == 0 ? -1 : slots.allowance - slots.inFlight;
  }

  private Standing standing(ReplicaSlots slots, @Nullable Replica tried) {
    if (slots.removed) {
      return Standing.REMOVED;
    }
    if (slots.replica.equals(tried)) {
      return Standing.TRIED;
    }
    if (ejection.isEjected(slots)) {
      return Standing.EJECTED;
    }
    return hasRoom(slots) ? Standing.FREE : Standing.BUSY;
  }
}
