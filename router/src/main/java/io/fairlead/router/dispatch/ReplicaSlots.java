package io.fairlead.router.dispatch;

import io.fairlead.router.model.Replica;
import org.jspecify.annotations.Nullable;

/**
 * What one dispatcher knows of one replica. Plain fields, guarded by the dispatcher's lock; each
 * group says who writes it.
 */
final class ReplicaSlots extends Link<ReplicaSlots> {
  final Replica replica;

  /** When it was first seen, for the slow start. */
  final long sinceNanos;

  // Replicas
  boolean removed;

  // FreeSlots
  int inFlight;

  // Leases
  /** How many requests may be on it: the limit, or what is leased where slots are shared. */
  int allowance;

  /** How many when the lease has lapsed. */
  int share;

  // Ejection
  int failuresInARow;
  int ejections;
  boolean failing;

  /** While failing when that ends, afterwards when it ended. */
  long failingUntilNanos;

  /** Ejected for what its probes say. */
  boolean unwell;

  // Probing
  long probeAtNanos;
  int probeFailures;
  boolean probeWanted;

  /** What the probe that is under way has. */
  @Nullable Permit probe;

  // Picker
  boolean pickable;
  int index;

  // TwoChoices
  long latencyNanos;
  long latencyAtNanos;

  ReplicaSlots(Replica replica, long sinceNanos) {
    this.replica = replica;
    this.sinceNanos = sinceNanos;
  }
}
