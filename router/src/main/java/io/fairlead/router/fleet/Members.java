package io.fairlead.router.fleet;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may hold slots, and until when: the routers that a coordinator was told of or has heard, and
 * those that it has not heard since it took over.
 *
 * <p><b>Taking over.</b> Without the table of the coordinator before it, every slot is in doubt:
 * somebody may hold it who was not heard yet. A router's first heartbeat takes what it holds out of
 * doubt. The rest is free when the leases of the epoch before must have ended and nobody can have a
 * share who was not heard. In the first epoch there were no leases, unless the lease of the role
 * was deleted: who remembers that reports to nobody of an epoch that was there before.
 */
final class Members {
  /**
   * What becomes known so long after the role was taken was unknown to who had it before: a watch
   * may be so late.
   */
  private static final long NEWS_NANOS = 10_000_000_000L;

  private final long epoch;
  private final FleetSettings settings;
  private final SlotTable slots;
  private final OwnTime time;
  private final Map<String, Member> members = new LinkedHashMap<>();

  /** In this epoch, listed or not. */
  private final Set<String> over = new HashSet<>();

  private Set<String> listed = Set.of();
  private boolean areKnown;
  private boolean areAll;
  private boolean inDoubt = true;

  Members(long epoch, FleetSettings settings, SlotTable slots, OwnTime time) {
    this.epoch = epoch;
    this.settings = settings;
    this.slots = slots;
    this.time = time;
  }

  // ---- who is there

  /**
   * Takes on which routers there are.
   *
   * @param nobodyElse whether no other can hold a slot, not even one that was there before
   */
  void list(Set<String> routers, boolean nobodyElse) {
    listed = Set.copyOf(routers);
    areKnown = true;
    areAll = nobodyElse;
  }

  @Nullable Member get(String router) {
    return members.get(router);
  }

  Collection<Member> all() {
    return members.values();
  }

  private Member add(String router, long incarnation) {
    Member member = new Member(router, incarnation, time.now());
    members.put(router, member);
    return member;
  }

  /** Returns who says something: a known member, a new one, or one that lives anew. */
  Member sender(Heartbeat beat) {
    over.remove(beat.router());
    Member member = members.get(beat.router());
    if (member == null) {
      return add(beat.router(), beat.incarnation());
    }
    if (member.incarnation != beat.incarnation()) {
      slots.forget(member); // that life is over
      slots.shuffle();
      member.live(beat.incarnation());
    }
    return member;
  }

  /** A router is over: it holds nothing any more. */
  void end(String router) {
    Member member = members.remove(router);
    if (member != null) {
      slots.forget(member);
    }
    over.add(router);
  }

  // ---- whose leases have ended

  boolean isHeard(Member member) {
    return time.since(member.heardNanos) < settings.timeToLive().toNanos();
  }

  /** Heard so lately that it makes sense to grant it more. */
  boolean isActive(Member member) {
    return member.heard
        && member.connected
        && time.since(member.heardNanos) < settings.timeToLive().toNanos() / 2;
  }

  List<Member> active() {
    return members.values().stream().filter(this::isActive).toList();
  }

  /** Ends leases that were not renewed. */
  void expire() {
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
                !isHeard(member) && !slots.isHeldBy(member) && !listed.contains(member.router));
  }

  private void endLease(SlotLedger ledger, Member member) {
    if (areKnown && !listed.contains(member.router)) {
      ledger.forget(member); // it is gone, and so is its share
    } else {
      ledger.expire(member);
    }
  }

  // ---- who was not heard

  boolean areInDoubt() {
    return inDoubt;
  }

  /** Returns whether a deployment that becomes known may be held by who was not heard. */
  boolean isNewInDoubt() {
    return inDoubt && time.now() < NEWS_NANOS;
  }

  /** Takes over the table of the coordinator before it; if that settles who may hold what. */
  void takeOver(Handover before) {
    if (!inDoubt || !before.complete() || before.epoch() != epoch - 1) {
      return;
    }
    for (Handover.Holder holder : before.routers()) {
      boolean hasSaid = members.containsKey(holder.router());
      if (!hasSaid && !over.contains(holder.router())) {
        Member member = add(holder.router(), holder.incarnation());
        slots.inherit(member, holder.deployments());
      }
    }
    inDoubt = false;
    slots.endDoubt();
  }

  /** Ends the doubt where nobody can hold anything any more who was not heard. */
  void settleDoubt() {
    if (!inDoubt) {
      return;
    }
    boolean accounted = areAccountedFor();
    boolean isOverOnceAccounted = areAll || epoch <= 1;
    boolean all = true;
    for (SlotLedger ledger : slots.ledgers()) {
      if (ledger.rows.isInDoubt()) {
        boolean leasesOver =
            time.now() >= settings.leasesBeforeEndAfterNanos(ledger.afterlifeNanos());
        if ((accounted && (isOverOnceAccounted || leasesOver))
            || (leasesOver && (ledger.isStrict() || !areKnown))) {
          ledger.endDoubt();
        } else {
          all = false;
          if (time.now() >= NEWS_NANOS) {
            ledger.rows.trustNewcomers();
          }
        }
      }
    }
    if (all && (accounted || !areKnown) && !slots.isEmpty()) {
      inDoubt = false;
    }
    slots.tidy();
  }

  /** Returns whether it is known which there are, and each was heard or is over. */
  private boolean areAccountedFor() {
    return areKnown && listed.stream().allMatch(peer -> over.contains(peer) || wasHeard(peer));
  }

  private boolean wasHeard(String router) {
    Member member = members.get(router);
    return member != null && member.heard;
  }
}
