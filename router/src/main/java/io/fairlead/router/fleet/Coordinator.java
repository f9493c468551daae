package io.fairlead.router.fleet;

import io.fairlead.router.fleet.Refusal.Reason;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who owns the slots of every limited deployment, for one epoch, and grants them to routers. For
 * one thread. Rules and failures are in {@code docs/FLEET.md}.
 *
 * <pre>
 * ACTING     --hand over--------> ENDED    grants nothing any more
 * ACTING     --role ran out-----> silent   until the role is renewed; its epoch cannot be another's
 * </pre>
 */
public final class Coordinator {
  private final String router;
  private final long epoch;
  private final FleetSettings settings;
  private final OwnTime time;
  private final HeartbeatCheck check;
  private final SlotTable slots = new SlotTable();
  private final Members members;

  private boolean ended;
  private long validUntilNanos;
  private long version;

  /**
   * Takes the role.
   *
   * @param router its own name
   * @param epoch how often the role had changed hands
   * @param before the table of the coordinator before it; null if there is none
   * @param validUntilNanos until when the role is its own
   */
  public Coordinator(
      String router,
      long epoch,
      FleetSettings settings,
      @Nullable Handover before,
      long validUntilNanos,
      long nowNanos) {
    this.router = Protocol.router("router", router);
    this.epoch = epoch;
    this.settings = settings;
    this.validUntilNanos = validUntilNanos;
    this.time = new OwnTime(nowNanos);
    this.check = new HeartbeatCheck(router, epoch);
    this.members = new Members(epoch, settings, slots, time);
    if (before != null) {
      members.takeOver(before);
    }
  }

  // ---- what it is told of the world

  /**
   * Takes on which replicas this router has served before it had the role: one that is there again
   * is no newcomer, and a router that was not heard may still have a share of it.
   */
  public void served(Set<Replica> before) {
    slots.served(before);
  }

  /** The table of the coordinator before it has come only now. */
  public void inherit(Handover before, long nowNanos) {
    pass(nowNanos);
    members.takeOver(before);
    deal();
  }

  /** The role is its own until then. */
  public void renewed(long newValidUntilNanos) {
    validUntilNanos = newValidUntilNanos;
  }

  /** Returns whether the role is its own. */
  public boolean isValid(long nowNanos) {
    return !ended && validUntilNanos - nowNanos > 0;
  }

  /** Takes on what is served; deployments without a limit are nothing to it. */
  public void deployments(Collection<Deployment> deployments, long nowNanos) {
    pass(nowNanos);
    slots.update(deployments, members.isNewInDoubt());
    members.all().forEach(member -> member.toBeTold = true);
    deal();
  }

  /**
   * Takes on which routers there are.
   *
   * @param areAll whether no other can hold a slot, not even one that was there before
   */
  public void peers(Set<String> routers, boolean areAll) {
    members.list(routers, areAll);
  }

  /** The connection of a router has ended. */
  public void disconnected(String id, long incarnation) {
    Member member = members.get(id);
    if (member != null && member.incarnation == incarnation) {
      member.connected = false;
    }
  }

  /**
   * A life of a router is over: what it held is free, for its connections are closed.
   *
   * @param incarnation of no account if the router was not heard in this epoch
   */
  public void ended(String id, long incarnation, long nowNanos) {
    pass(nowNanos);
    Member member = members.get(id);
    if (member != null && member.heard && member.incarnation != incarnation) {
      return; // it lives again
    }
    members.end(id);
    members.settleDoubt();
    deal();
  }

  // ---- what routers say

  /** Follows what a router says, and answers. Others may have to be told then: {@link #toTell}. */
  public Answer heartbeat(Heartbeat beat, long nowNanos) {
    pass(nowNanos);
    if (!isValid(nowNanos)) {
      return check.notCoordinator();
    }
    Member known = members.get(beat.router());
    boolean isThere = known != null && known.connected && members.isHeard(known);
    Refusal refusal = check.refusal(beat, version, members.all().size(), known, isThere);
    if (refusal != null) {
      return refusal;
    }
    Member member = members.sender(beat);
    boolean unknown = members.areInDoubt() && !member.heard;
    member.hear(beat, time.now());
    int overclaimed =
        slots.report(member, beat.deployments(), unknown, members.areInDoubt(), time.now());
    check.count(Reason.OVERCLAIMED, overclaimed);
    members.settleDoubt();
    if (member.leaving && !slots.isHeldBy(member) && !isWaiting(beat)) {
      members.end(member.router);
      slots.shuffle();
    }
    dealWhatChanged();
    return grants(member);
  }

  /** Who waits at a router that leaves is served first. */
  private static boolean isWaiting(Heartbeat beat) {
    return beat.deployments().stream().anyMatch(report -> report.queued() > 0);
  }

  // ---- time

  private void pass(long nowNanos) {
    time.look(nowNanos);
    members.expire();
  }

  /** Does what is due: ends leases that were not renewed, and grants what is free then. */
  public void advance(long nowNanos) {
    pass(nowNanos);
    members.settleDoubt();
    deal();
  }

  // ---- what it tells

  private void deal() {
    slots.shuffle();
    dealWhatChanged();
  }

  private void dealWhatChanged() {
    long staying = members.all().stream().filter(member -> !member.leaving).count();
    slots.deal(members.active(), (int) staying, version + 1, time.now());
  }

  /** Returns grants for {@code id} if it should not wait until it is heard again; else null. */
  public @Nullable Grants toTell(String id, long nowNanos) {
    Member member = members.get(id);
    return member != null && member.toBeTold && members.isActive(member) && isValid(nowNanos)
        ? grants(member)
        : null;
  }

  /** Returns grants for routers that should not wait until they are heard again. */
  public List<Grants> toTell(long nowNanos) {
    List<Grants> grants = new ArrayList<>();
    for (Member member : members.active()) {
      if (member.toBeTold && isValid(nowNanos)) {
        grants.add(grants(member));
      }
    }
    return grants;
  }

  private Grants grants(Member member) {
    member.toBeTold = false;
    return new Grants(
        member.protocol,
        router,
        epoch,
        ++version,
        member.router,
        member.incarnation,
        member.sequence,
        settings.timeToLive().toMillis(),
        slots.grants(member));
  }

  /** Grants nothing any more, and returns what the next coordinator should know. */
  public Handover handOver() {
    ended = true;
    List<Handover.Holder> holders = new ArrayList<>();
    for (Member member : members.all()) {
      holders.add(new Handover.Holder(member.router, member.incarnation, slots.held(member)));
    }
    return new Handover(Protocol.VERSION, router, epoch, !members.areInDoubt(), holders);
  }

  // ---- what is shown of it

  /** Returns the epoch that it is the coordinator of. */
  public long epoch() {
    return epoch;
  }

  /** Returns how often it refused something for {@code reason}. */
  public long refused(Reason reason) {
    return check.refused(reason);
  }

  /** Returns how much is asked of a deployment; null if it is not known. */
  public @Nullable FleetLoad load(DeploymentKey key) {
    return slots.load(key, members::isActive);
  }

  /** Returns how many slots may be held by somebody who was not heard yet. */
  public int inDoubt() {
    return slots.doubt();
  }

  /** Returns the most that may be held of each replica of a deployment, for checks. */
  Map<Replica, Integer> granted(DeploymentKey key) {
    SlotLedger ledger = slots.ledger(key);
    return ledger == null ? Map.of() : ledger.rows.grantedByReplica();
  }
}
