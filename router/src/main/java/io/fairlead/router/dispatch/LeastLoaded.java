package io.fairlead.router.dispatch;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Picks a replica with the fewest requests in flight; equals take turns.
 *
 * <p>Replicas stand in one ring for each number in flight: the pick is the head of the lowest ring,
 * and who joins a ring stands at its tail. {@code lowest} is only a lower bound, raised by the next
 * pick. A grant lifts one replica by one ring, so an ordinary pick looks at two rings at most, with
 * two replicas as with a thousand; only after the removal of the least loaded replica does one pick
 * walk further, once.
 */
final class LeastLoaded implements Picker {
  private @Nullable ReplicaSlots[] rings = new @Nullable ReplicaSlots[4];
  private int lowest;
  private int size;

  @Override
  public void add(ReplicaSlots slots) {
    int load = slots.inFlight;
    if (load >= rings.length) {
      rings = Arrays.copyOf(rings, Math.max(rings.length * 2, load + 1));
    }
    ReplicaSlots head = rings[load];
    if (head == null) {
      rings[load] = slots;
      slots.previous = slots;
      slots.next = slots;
    } else {
      ReplicaSlots tail = Objects.requireNonNull(head.previous);
      slots.previous = tail;
      slots.next = head;
      tail.next = slots;
      head.previous = slots;
    }
    slots.pickable = true;
    lowest = size++ == 0 ? load : Math.min(lowest, load);
  }

  @Override
  public void remove(ReplicaSlots slots) {
    ReplicaSlots before = Objects.requireNonNull(slots.previous);
    ReplicaSlots after = Objects.requireNonNull(slots.next);
    if (after == slots) {
      rings[slots.inFlight] = null;
    } else {
      before.next = after;
      after.previous = before;
      if (rings[slots.inFlight] == slots) {
        rings[slots.inFlight] = after;
      }
    }
    slots.previous = null;
    slots.next = null;
    slots.pickable = false;
    size--;
  }

  @Override
  public void count(ReplicaSlots slots, int change) {
    remove(slots);
    slots.inFlight += change;
    add(slots);
  }

  @Override
  public boolean isEmpty() {
    return size == 0;
  }

  @Override
  public @Nullable ReplicaSlots pick(@Nullable ReplicaSlots avoid, long nowNanos) {
    if (size == 0) {
      return null;
    }
    while (rings[lowest] == null) {
      lowest++;
    }
    ReplicaSlots head = rings[lowest];
    return head == avoid ? besides(avoid) : head;
  }

  /** The least loaded one but {@code avoid}, which is the head of the lowest ring. */
  private @Nullable ReplicaSlots besides(@Nullable ReplicaSlots avoid) {
    if (size == 1 || avoid == null) {
      return null;
    }
    if (avoid.next != avoid) {
      return avoid.next;
    }
    int load = lowest + 1;
    while (rings[load] == null) {
      load++;
    }
    return rings[load];
  }

  @Override
  public void answered(ReplicaSlots slots, long latencyNanos, long nowNanos) {
    // the number in flight says it all: a slow replica keeps its slots longer
  }
}
