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
  private final RandomGenerator random;
  private boolean on;
  private int members;
  private int running;
  private @Nullable Waiter prober;

  Probing(Limits.Upstream limits, RandomGenerator random) {
    this.everyNanos = limits.probeEvery().toNanos();
    this.failures = limits.probeFailures();
    this.random = random;
  }

  /** Returns whether replicas are asked at all. */
  boolean isOn() {
    return on;
  }

  void use(boolean newOn, int newMembers) {
    on = newOn;
    members = newMembers;
  }

  /** Begins with a replica that was not asked before. */
  void begin(ReplicaSlots slots, long nowNanos) {
    slots.probeAtNanos = nowNanos + (long) (everyNanos * random.nextDouble());
    slots.probeFailures = 0;
    slots.probeWanted = false;
  }

  /** Sets who gets the slots. */
  void prober(Waiter newProber) {
    prober = newProber;
  }

  /** Returns whether it is time to ask; from then on until it is done. */
  boolean isWanted(ReplicaSlots slots, long nowNanos) {
    slots.probeWanted |= slots.probe == null && slots.probeAtNanos - nowNanos <= 0;
    return slots.probeWanted;
  }

  /** Returns who may have a slot of the replica now; null for nobody. */
  @Nullable Waiter next(ReplicaSlots slots) {
    return on && slots.probeWanted && running < Math.max(1, members / 4) ? prober : null;
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
