package io.fairlead.router.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * The replicas that can take one more request, and the rule that picks one of them.
 *
 * <p>{@link FreeSlots} adds a replica when it gets a free slot and removes it when it has none
 * left, so whatever is picked may be used. The number in flight of a replica in the picker changes
 * through {@link #count} alone.
 */
sealed interface Picker permits LeastLoaded, TwoChoices {
  /** Adds a replica that is not in. */
  void add(ReplicaSlots slots);

  /** Removes a replica that is in. */
  void remove(ReplicaSlots slots);

  /** Adds {@code change} to the requests in flight of a replica that is in and stays in. */
  void count(ReplicaSlots slots, int change);

  /** Returns whether no replica can take a request. */
  boolean isEmpty();

  /** Returns a replica other than {@code avoid}, which stays in the picker; null if none is in. */
  @Nullable ReplicaSlots pick(@Nullable ReplicaSlots avoid, long nowNanos);

  /** Notes how long a request took that {@code slots} answered. */
  void answered(ReplicaSlots slots, long latencyNanos, long nowNanos);
}
