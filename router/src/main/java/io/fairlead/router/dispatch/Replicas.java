package io.fairlead.router.dispatch;

import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of one deployment, its members, and those that were removed and still drain.
 *
 * <p>A removed replica stays until its last permit is released: if it comes back before that (a
 * flapping readiness probe), its busy slots are still busy.
 */
final class Replicas implements Iterable<ReplicaSlots> {
  private final Map<Replica, ReplicaSlots> all = new LinkedHashMap<>();
  private int draining;

  /** Returns how many belong to the deployment. */
  int members() {
    return all.size() - draining;
  }

  /** Returns how many were removed and have requests. */
  int draining() {
    return draining;
  }

  /** Returns how many there are, of both kinds. */
  int size() {
    return all.size();
  }

  @Nullable ReplicaSlots get(Replica replica) {
    return all.get(replica);
  }

  @Override
  public Iterator<ReplicaSlots> iterator() {
    return all.values().iterator();
  }

  /** Makes those that are not wanted cease to be members, and returns them. */
  List<ReplicaSlots> retireAllBut(List<Replica> wanted) {
    Set<Replica> kept = new HashSet<>(wanted);
    List<ReplicaSlots> retired = new ArrayList<>();
    for (ReplicaSlots slots : all.values()) {
      if (!slots.removed && !kept.contains(slots.replica)) {
        slots.removed = true;
        draining++;
        retired.add(slots);
      }
    }
    retired.forEach(this::forgetIfDrained);
    return retired;
  }

  /** Makes members of those that are not, and returns them. */
  List<ReplicaSlots> admit(List<Replica> wanted, long sinceNanos) {
    List<ReplicaSlots> admitted = new ArrayList<>();
    for (Replica replica : wanted) {
      ReplicaSlots slots = all.get(replica);
      if (slots == null) {
        slots = new ReplicaSlots(replica, sinceNanos);
        all.put(replica, slots);
        admitted.add(slots);
      } else if (slots.removed) {
        slots.removed = false;
        draining--;
        admitted.add(slots);
      }
    }
    return admitted;
  }

  /** Forgets {@code slots} if it was removed and has no request any more. */
  void forgetIfDrained(ReplicaSlots slots) {
    if (slots.removed && slots.inFlight == 0) {
      all.remove(slots.replica);
      draining--;
    }
  }
}
