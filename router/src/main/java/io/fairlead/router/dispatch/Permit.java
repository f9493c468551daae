package io.fairlead.router.dispatch;

import io.fairlead.router.model.Replica;
import org.jspecify.annotations.Nullable;

/**
 * One slot on one replica, released exactly once with an {@link Outcome}.
 *
 * <pre>
 * OUT --released--------> RELEASED     the slot is free; another release throws, and is counted
 * OUT --missed twice----> TAKEN_BACK   the slot is free, and counted as leaked; a release is late
 * </pre>
 */
public final class Permit extends Link<Permit> implements DispatchResult {
  final ReplicaSlots slots;

  /** Whether it is for a probe, whose result is told by {@link #probed} alone. */
  final boolean probe;

  // guarded by the dispatcher's lock
  boolean released;
  boolean takenBack;

  /** How often nobody would have it. */
  byte missed;

  /** Written by the thread that uses the slot; others read what was there a moment ago. */
  private @Nullable SlotHolder holder;

  private final Dispatcher dispatcher;
  private final long grantedNanos;

  Permit(Dispatcher dispatcher, ReplicaSlots slots, boolean probe, long grantedNanos) {
    this.dispatcher = dispatcher;
    this.slots = slots;
    this.probe = probe;
    this.grantedNanos = grantedNanos;
  }

  /** Returns the replica to send to. */
  public Replica replica() {
    return slots.replica;
  }

  /** Returns the dispatcher whose slot it is, for a retry in the same deployment. */
  public Dispatcher dispatcher() {
    return dispatcher;
  }

  /** From now on {@code newHolder} takes the slot. */
  public void heldBy(SlotHolder newHolder) {
    holder = newHolder;
  }

  /** Returns what takes the slot; null on the way there. */
  public @Nullable SlotHolder holder() {
    return holder;
  }

  /**
   * Notes that whoever should hold it does not. The second time, which must be a while after the
   * first, the slot is free again and counts as leaked.
   */
  public void missed(long nowNanos) {
    dispatcher.missed(this, nowNanos);
  }

  /** Notes what the probe that got this slot has found; once, before or after the release. */
  public void probed(boolean success, long nowNanos) {
    if (!probe) {
      throw new IllegalStateException("permit of " + replica() + " is for a request, not a probe");
    }
    dispatcher.probed(this, success, nowNanos);
  }

  /** Returns when the slot was taken. */
  public long grantedNanos() {
    return grantedNanos;
  }

  /**
   * Takes one retry from the deployment's budget for another attempt on this replica, with the slot
   * kept: for an idle connection that turned out to be closed, which says nothing of the replica.
   */
  public boolean tryRetryHere(long nowNanos) {
    return dispatcher.tryTakeRetry(nowNanos);
  }

  /**
   * Gives the slot back, or to the next who waits.
   *
   * @throws IllegalStateException if it was released before
   */
  public void release(Outcome outcome, long nowNanos) {
    dispatcher.release(this, outcome, nowNanos);
  }
}
