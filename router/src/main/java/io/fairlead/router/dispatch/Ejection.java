package io.fairlead.router.dispatch;

import io.fairlead.router.model.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Which replicas fail so steadily that they get no requests for a while.
 *
 * <ul>
 *   <li>A replica <i>is failing</i> from {@code ejectAfter} failures in a row until it answers, or
 *       for {@code ejectBase} x n, at most {@code ejectMax}, less up to 20 % so that replicas that
 *       fell together do not return together. n counts its ejections and falls by one for each
 *       {@code ejectBase} in service.
 *   <li>A replica <i>is unwell</i> while its probes say so, see {@link Probing}; no time and no
 *       answer of its ends that.
 *   <li>A replica that is failing or unwell <i>is ejected</i> while at most half of the replicas
 *       are. If more are, the fault is hardly theirs and all of them are used. So there is always a
 *       replica left if there is one at all, and a single one is never ejected.
 * </ul>
 *
 * <p>Some methods return whether the set of ejected replicas may have changed.
 */
final class Ejection {
  private final int after;
  private final long baseNanos;
  private final long maxNanos;
  private final Replicas replicas;
  private final RandomGenerator random;
  private final List<ReplicaSlots> failing = new ArrayList<>();

  /** Replicas that are unwell and not failing. */
  private int unwell;

  /** No ejection ends before this; meaningless while none is failing. */
  private long earliestNanos;

  Ejection(Limits.Upstream limits, Replicas replicas, RandomGenerator random) {
    this.after = limits.ejectAfter();
    this.baseNanos = limits.ejectBase().toNanos();
    this.maxNanos = limits.ejectMax().toNanos();
    this.replicas = replicas;
    this.random = random;
  }

  boolean isEjected(ReplicaSlots slots) {
    return (slots.failing || slots.unwell) && isHonoured();
  }

  /** Returns how many replicas are ejected. */
  int ejected() {
    return isHonoured() ? failing.size() + unwell : 0;
  }

  private boolean isHonoured() {
    return (failing.size() + unwell) * 2 <= replicas.members();
  }

  boolean observe(ReplicaSlots slots, Outcome outcome, long nowNanos) {
    if (outcome.isFailure()) {
      return failed(slots, nowNanos);
    }
    return outcome == Outcome.ANSWERED && answered(slots, nowNanos);
  }

  private boolean failed(ReplicaSlots slots, long nowNanos) {
    if (++slots.failuresInARow < after || slots.failing) {
      return false;
    }
    slots.failing = true;
    unwell -= slots.unwell ? 1 : 0;
    slots.ejections = Math.max(0, slots.ejections - basesInService(slots, nowNanos)) + 1;
    slots.failingUntilNanos = nowNanos + duration(slots.ejections);
    failing.add(slots);
    noteEnd(slots, failing.size() == 1);
    return true;
  }

  private int basesInService(ReplicaSlots slots, long nowNanos) {
    long inService = Math.max(0, nowNanos - slots.failingUntilNanos);
    return (int) Math.min(inService / Math.max(1, baseNanos), Integer.MAX_VALUE);
  }

  private long duration(int ejections) {
    long full = Math.min(baseNanos * ejections, maxNanos);
    return full - (long) (full * 0.2 * random.nextDouble());
  }

  private boolean answered(ReplicaSlots slots, long nowNanos) {
    slots.failuresInARow = 0;
    if (!slots.failing) {
      return false;
    }
    readmit(slots, nowNanos);
    return true;
  }

  /** Notes what the probes of a replica say. */
  boolean probed(ReplicaSlots slots, boolean well) {
    if (slots.unwell != well) {
      return false;
    }
    slots.unwell = !well;
    if (!slots.failing) {
      unwell += well ? -1 : 1;
    }
    return true;
  }

  private void noteEnd(ReplicaSlots slots, boolean first) {
    if (first || slots.failingUntilNanos - earliestNanos < 0) {
      earliestNanos = slots.failingUntilNanos;
    }
  }

  /** Ends the ejections whose time has come. */
  void advance(long nowNanos) {
    if (leftNanos(nowNanos) > 0) {
      return;
    }
    for (int i = failing.size() - 1; i >= 0; i--) {
      ReplicaSlots slots = failing.get(i);
      if (slots.failingUntilNanos - nowNanos <= 0) {
        readmit(slots, slots.failingUntilNanos);
      }
    }
    for (int i = 0; i < failing.size(); i++) {
      noteEnd(failing.get(i), i == 0);
    }
  }

  /** Forgets a replica that was removed. */
  void forget(ReplicaSlots slots) {
    probed(slots, true);
    readmit(slots, slots.failingUntilNanos);
    slots.ejections = 0;
  }

  private void readmit(ReplicaSlots slots, long atNanos) {
    if (slots.failing) {
      failing.remove(slots);
      slots.failing = false;
      unwell += slots.unwell ? 1 : 0;
    }
    slots.failuresInARow = 0;
    slots.failingUntilNanos = atNanos;
  }

  /** Returns how long it takes until the next ejection may end; far off if there is none. */
  long leftNanos(long nowNanos) {
    return failing.isEmpty() ? Dispatcher.FAR_OFF : earliestNanos - nowNanos;
  }
}
