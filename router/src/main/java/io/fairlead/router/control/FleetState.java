package io.fairlead.router.control;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How this router shares slots with others, at one moment.
 *
 * @param self its address among them
 * @param peers how many are connected to it
 * @param coordinator whom it reports to; null if nobody is known
 * @param connected whether it can report
 * @param connectedForNanos since when it can, or cannot
 * @param leased whether it may use more than its share
 * @param slots how many it holds
 * @param inDoubt how many, as the coordinator, it cannot grant because somebody may hold them who
 *     was not heard yet
 * @param heartbeats how many it has sent
 * @param grants how many it has followed
 * @param refusals how often a report was refused by this router or to it, by reason
 * @param cuts how often it has ended a conversation of another, by reason
 */
public record FleetState(
    String self,
    int peers,
    @Nullable String coordinator,
    boolean connected,
    long connectedForNanos,
    boolean leased,
    int slots,
    int inDoubt,
    long heartbeats,
    long grants,
    Map<String, Long> refusals,
    Map<String, Long> cuts) {
  public FleetState {
    refusals = Map.copyOf(refusals);
    cuts = Map.copyOf(cuts);
  }

  /** Returns the sentence of the status page. */
  public String text() {
    String reports =
        coordinator == null
            ? "no coordinator is known"
            : (connected ? "reports to " : "cannot report to ") + coordinator;
    return "%s; holds %d slots%s; %d peers are connected to %s"
        .formatted(reports, slots, leased ? "" : ", but no lease", peers, self);
  }
}
