package io.fairlead.router.dispatch;

import io.fairlead.router.model.Limits;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When each replica of one deployment is asked how it is, and what follows.
 *
 * <ul>
 *   <li>A probe <i>is due</i> {@code probeEvery} after the last one ended, give or take a fifth;
 *       the first at random within that time. So replicas that came together are not asked
 *       together.
 *   <li>It <i>takes a slot</i> of its replica. Where none is free the next one is kept for it, or a
 *       replica that is busy all the time would never be asked. Of a quarter of the replicas at
 *       most, and of one at least, a slot is in use so at any moment.
 *   <li>It <i>ends</i> when it is told what it has found, or its slot is given or taken back,
 *       whichever is first.
 *   <li>A replica <i>is unwell</i> from {@code probeFailures} probes that failed in a row until one
 *       succeeds. {@link Ejection} says what that means.
 * </ul>
 *
 * <p>Guarded by the dispatcher's lock.
 */
final class Probing {
  private final long everyNanos;
  private final int failures;
  private final Replicas replicas;
  private final RandomGenerator random;
  private boolean on;
  private int running;
  private @Nullable Waiter prober;

  Probing(Limits.Upstream limits, Replicas replicas, RandomGenerator random) {
    this.everyNanos = limits.probeEvery().toNanos();
    this.failures = limits.probeFailures();
    this.replicas = replicas;
    this.random = random;
  }

  /** Returns whether replicas are asked at all. */
  boolean isOn() {
    return on;
  }

  /** Takes on whether replicas are asked; anew, if they were not before. */
  void use(boolean newOn, long nowNanos) {
    for (ReplicaSlots slots : replicas) {
      if (!newOn) {
        forget(slots);
      } else if (!on) {
        begin(slots, nowNanos);
      }
    }
    on = newOn;
  }

  /** Begins with a replica that was not asked before. */
  void begin(ReplicaSlots slots, long nowNanos) {
    slots.probeAtNanos = nowNanos + (long) (everyNanos * random.nextDouble());
    slots.probeFailures = 0;
    forget(slots);
  }

  /** Does not ask a replica any more, unless it is begun with anew. */
  void forget(ReplicaSlots slots) {
    slots.probeWanted = false;
  }

  /** Finds out whom it is time to ask, and sets who gets the slots. */
  void look(Waiter newProber, long nowNanos) {
    prober = newProber;
    for (ReplicaSlots slots : replicas) {
      boolean isDue = on && slots.probe == null && slots.probeAtNanos - nowNanos <= 0;
      slots.probeWanted |= isDue && !slots.removed;
    }
  }

  /** Returns who may have a slot of the replica now; null for nobody, as nearly always. */
  @Nullable Waiter next(ReplicaSlots slots) {
    return slots.probeWanted && running < Math.max(1, replicas.members() / 4) ? prober : null;
  }

  /** A slot was given. */
  void started(Permit permit) {
    permit.slots.probeWanted = false;
    permit.slots.probe = permit;
    running++;
  }

  /** The probe that has this slot is over, unless it was before. */
  void ended(Permit permit, long nowNanos) {
    ReplicaSlots slots = permit.slots;
    if (slots.probe == permit) {
      slots.probe = null;
      slots.probeAtNanos = nowNanos + (long) (everyNanos * (0.8 + 0.4 * random.nextDouble()));
      running--;
    }
  }

  /** Returns whether the replica is to be used, now that a probe has found this. */
  boolean isWell(ReplicaSlots slots, boolean success) {
    slots.probeFailures = success ? 0 : Math.min(slots.probeFailures + 1, failures);
    return slots.probeFailures < failures;
  }
}
