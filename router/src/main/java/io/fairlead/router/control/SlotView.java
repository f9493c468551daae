package io.fairlead.router.control;

import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.dispatch.SlotHolder;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A slot that is taken, for a page.
 *
 * @param heldNanos since when
 * @param condition of the connection that takes it; {@code granted} on the way there
 */
public record SlotView(
    DeploymentKey deployment, Replica replica, long heldNanos, String condition) {
  /** Returns the oldest slots of each deployment, so many of each at the most. */
  public static List<SlotView> oldest(Collection<Dispatcher> of, int most, long nowNanos) {
    List<SlotView> views = new ArrayList<>();
    for (Dispatcher dispatcher : of) {
      for (Permit permit : dispatcher.oldestPermits(most)) {
        views.add(view(dispatcher.deployment().key(), permit, nowNanos));
      }
    }
    return views;
  }

  private static SlotView view(DeploymentKey key, Permit permit, long nowNanos) {
    SlotHolder holder = permit.holder();
    return new SlotView(
        key,
        permit.replica(),
        nowNanos - permit.grantedNanos(),
        holder == null ? "granted" : holder.condition());
  }
}
