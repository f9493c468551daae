package io.fairlead.router.fleet;

import io.fairlead.router.fleet.Refusal.Reason;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
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
 *
 * <p><b>Taking over.</b> Without the table of the coordinator before it, every slot is in doubt:
 * somebody may hold it who was not heard yet. A router's first heartbeat takes what it holds out of
 * doubt. The rest is free when the leases of the epoch before must have ended and nobody can have a
 * share who was not heard. In the first epoch there were no leases, unless the lease of the role
 * was deleted: who remembers that reports to nobody of an epoch that was there before.
 */
public final class Coordinator {
  /**
   * What becomes known so long after the role was taken was unknown to who had it before: a watch
   * may be so late.
   */
  private static final long NEWS_NANOS = 10_000_000_000L;

  private final String router;
  private final long epoch;
  private final FleetSettings settings;
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final SlotTable slots = new SlotTable();
  private final Peers peers = new Peers();
  private final HeartbeatCheck check;
  private final OwnTime time;

  private boolean inDoubt;
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
    this.inDoubt = true;
    if (before != null) {
      takeOver(before);
    }
  }

  /** Takes over the table of the coordinator before it; if that settles who may hold what. */
  private void takeOver(Handover before) {
    if (!inDoubt || !before.complete() || before.epoch() != epoch - 1) {
      return;
    }
    for (Handover.Holder holder : before.routers()) {
      boolean hasSaid = members.containsKey(holder.router());
      if (!hasSaid && !peers.isOver(holder.router())) {
        Member member = new Member(holder.router(), holder.incarnation(), time.now());
        members.put(holder.router(), member);
        slots.inherit(member, holder.deployments());
      }
    }
    inDoubt = false;
    slots.endDoubt();
  }

  /** Returns whether a deployment that becomes known may be held by who was not heard. */
  private boolean isNewInDoubt() {
    return inDoubt && time.now() < NEWS_NANOS;
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
    takeOver(before);
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
    slots.update(deployments, isNewInDoubt());
    members.values().forEach(member -> member.toBeTold = true);
    deal();
  }

  /**
   * Takes on which routers there are.
   *
   * @param areAll whether no other can hold a slot, not even one that was there before
   */
  public void peers(Set<String> routers, boolean areAll) {
    peers.list(routers, areAll);
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
    if (member != null) {
      members.remove(id);
      slots.forget(member);
    }
    peers.ended(id);
    settleDoubt();
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
    boolean isThere = known != null && known.connected && isHeard(known);
    Refusal refusal = check.refusal(beat, version, members.size(), known, isThere);
    if (refusal != null) {
      return refusal;
    }
    Member member = member(beat);
    boolean unknown = inDoubt && !member.heard;
    member.hear(beat, time.now());
    peers.lives(beat.router());
    int overclaimed = slots.report(member, beat.deployments(), unknown, inDoubt, time.now());
    check.count(Reason.OVERCLAIMED, overclaimed);
    settleDoubt();
    if (member.leaving && !slots.isHeldBy(member) && !isWaiting(beat)) {
      members.remove(member.router);
      slots.forget(member);
      peers.ended(member.router);
      slots.shuffle();
    }
    dealWhatChanged();
    return grants(member);
  }

  /** Who waits at a router that leaves is served first. */
  private static boolean isWaiting(Heartbeat beat) {
    return beat.deployments().stream().anyMatch(report -> report.queued() > 0);
  }

  private Member member(Heartbeat beat) {
    Member member = members.get(beat.router());
    if (member == null) {
      member = new Member(beat.router(), beat.incarnation(), time.now());
      members.put(beat.router(), member);
    } else if (member.incarnation != beat.incarnation()) {
      slots.forget(member); // that life is over
      slots.shuffle();
      member.live(beat.incarnation());
    }
    return member;
  }

  // ---- time

  private void pass(long nowNanos) {
    time.look(nowNanos);
    expire();
  }

  /** Does what is due: ends leases that were not renewed, and grants what is free then. */
  public void advance(long nowNanos) {
    pass(nowNanos);
    settleDoubt();
    deal();
  }

  private boolean isHeard(Member member) {
    return time.since(member.heardNanos) < settings.timeToLive().toNanos();
  }

  /** Heard so lately that it makes sense to grant it more. */
  private boolean isActive(Member member) {
    return member.heard
        && member.connected
        && time.since(member.heardNanos) < settings.timeToLive().toNanos() / 2;
  }

  private void expire() {
    for (Member member : members.values()) {
      if (!isHeard(member)) {
        for (SlotLedger ledger : slots.ledgers()) {
          long ends = settings.leaseEndsAfterNanos(ledger.afterlifeNanos());
          if (time.since(member.heardNanos) >= ends) {
            endLease(ledger, member);
          }
        }
      }
    }
    members
        .values()
        .removeIf(
            member ->
                !isHeard(member) && !slots.isHeldBy(member) && !peers.contains(member.router));
  }

  private void endLease(SlotLedger ledger, Member member) {
    if (peers.isGone(member.router)) {
      ledger.forget(member); // it is gone, and so is its share
    } else {
      ledger.expire(member);
    }
  }

  private void settleDoubt() {
    if (!inDoubt) {
      return;
    }
    boolean accounted = peers.areAccountedFor(this::wasHeard);
    boolean isOverOnceAccounted = peers.areAll() || epoch <= 1;
    boolean all = true;
    for (SlotLedger ledger : slots.ledgers()) {
      if (ledger.isInDoubt()) {
        boolean leasesOver =
            time.now() >= settings.leasesBeforeEndAfterNanos(ledger.afterlifeNanos());
        if ((accounted && (isOverOnceAccounted || leasesOver))
            || (leasesOver && (ledger.isStrict() || !peers.areKnown()))) {
          ledger.endDoubt();
          ledger.isToBeDealt = true;
        } else {
          all = false;
          if (time.now() >= NEWS_NANOS) {
            ledger.trustNewcomers();
          }
        }
      }
    }
    if (all && (accounted || !peers.areKnown()) && !slots.isEmpty()) {
      inDoubt = false;
    }
    slots.tidy();
  }

  private boolean wasHeard(String router) {
    Member member = members.get(router);
    return member != null && member.heard;
  }

  // ---- what it tells

  private void deal() {
    slots.shuffle();
    dealWhatChanged();
  }

  private void dealWhatChanged() {
    List<Member> active = new ArrayList<>(members.size());
    int staying = 0;
    for (Member member : members.values()) {
      staying += member.leaving ? 0 : 1;
      if (isActive(member)) {
        active.add(member);
      }
    }
    slots.deal(active, staying, version + 1, time.now());
  }

  /** Returns grants for routers that should not wait until they are heard again. */
  public List<Grants> toTell(long nowNanos) {
    List<Grants> grants = new ArrayList<>();
    for (Member member : members.values()) {
      if (member.toBeTold && isActive(member) && isValid(nowNanos)) {
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
    for (Member member : members.values()) {
      holders.add(new Handover.Holder(member.router, member.incarnation, slots.held(member)));
    }
    return new Handover(Protocol.VERSION, router, epoch, !inDoubt, holders);
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
    return slots.load(key, this::isActive);
  }

  /** Returns how many slots may be held by somebody who was not heard yet. */
  public int inDoubt() {
    return slots.doubt();
  }

  /** Returns the most that may be held of each replica of a deployment, for checks. */
  Map<Replica, Integer> granted(DeploymentKey key) {
    SlotLedger ledger = slots.ledger(key);
    return ledger == null ? Map.of() : ledger.grantedByReplica();
  }
}
