package io.fairlead.router.control;

import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.dispatch.SlotHolder;

/**
 * Compares the slots that are taken with the connections that should take them, from the oldest on:
 * a slot that leaked is the oldest some time. And cuts off what goes on although its lease ended so
 * long ago that another router may be granted the same slot.
 */
public final class SlotAudit {
  /** Of each deployment in one turn. */
  private static final int MOST = 1_024;

  /** A slot that is younger is on its way to its connection. */
  private static final long YOUNG_NANOS = 2_000_000_000L;

  /** Nothing takes so long to come to its connection. */
  private static final long LONGEST_WAY_NANOS = 30_000_000_000L;

  private final Snapshots snapshots;

  /** Looks at every dispatcher that a request may be with, at each turn. */
  public SlotAudit(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  /** Looks once. Turns are at least a second apart. */
  public void turn(long nowNanos) {
    for (Dispatcher dispatcher : snapshots.dispatchers()) {
      dispatcher.overduePermits(nowNanos).forEach(SlotAudit::cutOff);
      dispatcher.oldestPermits(MOST).forEach(permit -> check(permit, nowNanos));
    }
  }

  private static void cutOff(Permit permit) {
    SlotHolder holder = permit.holder();
    if (holder != null) {
      holder.cutOff(permit);
    }
  }

  private static void check(Permit permit, long nowNanos) {
    long age = nowNanos - permit.grantedNanos();
    SlotHolder holder = permit.holder();
    if (holder != null && age > YOUNG_NANOS) {
      holder.check(permit);
    } else if (holder == null && age > LONGEST_WAY_NANOS) {
      permit.missed(nowNanos);
    }
  }
}
