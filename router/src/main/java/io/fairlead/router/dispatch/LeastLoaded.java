package io.fairlead.router.dispatch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Picks a replica with the fewest requests in flight; equals take turns.
 *
 * <p>Replicas stand in one line for each number in flight: the pick is the first of the lowest one
 * that is not empty, and who joins a line stands at its end. {@code lowest} is only a lower bound,
 * raised by the next pick. A grant lifts one replica by one line, so an ordinary pick looks at two
 * lines at most, with two replicas as with a thousand; only after the removal of the least loaded
 * replica does one pick walk further, once.
 */
final class LeastLoaded implements Picker {
  private final List<Line<ReplicaSlots>> lines = new ArrayList<>();
  private int lowest;
  private int size;

  @Override
  public void add(ReplicaSlots slots) {
    int load = slots.inFlight;
    while (lines.size() <= load) {
      lines.add(new Line<>());
    }
    lines.get(load).add(slots);
    slots.pickable = true;
    lowest = size++ == 0 ? load : Math.min(lowest, load);
  }

  @Override
  public void remove(ReplicaSlots slots) {
    lines.get(slots.inFlight).remove(slots);
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
    ReplicaSlots first = lines.get(lowest).first();
    while (first == null) {
      first = lines.get(++lowest).first();
    }
    return first == avoid ? after(first) : first;
  }

  /** Returns the least loaded one besides {@code first}, which is the first of the lowest line. */
  private @Nullable ReplicaSlots after(ReplicaSlots first) {
    ReplicaSlots second = first.next;
    for (int load = lowest + 1; second == null && load < lines.size(); load++) {
      second = lines.get(load).first();
    }
    return second;
  }

  @Override
  public void answered(ReplicaSlots slots, long latencyNanos, long nowNanos) {
    // the number in flight says it all: a slow replica keeps its slots longer
  }
}
