package io.fairlead.router.fleet;

import io.fairlead.router.fleet.Refusal.Reason;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * share who was not heard.
 *
 * <p><b>Its own time</b> passes only while it is looked after: a pause of the process, or a clock
 * that jumps, makes it wait longer for others and never less.
 */
public final class Coordinator {
  /** More time than this between two calls was a pause, and does not count. */
  private static final long LONGEST_STEP_NANOS = 500_000_000;

  /** What becomes known so long after the role was taken was unknown to who had it before. */
  private static final long NEWS_NANOS = 60_000_000_000L;

  /** A router may be so late to cut off what goes on for longer than its requests may. */
  private static final long LATE_CUT_NANOS = 2_000_000_000L;

  private final String router;
  private final long epoch;
  private final FleetSettings settings;
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Map<DeploymentKey, SlotLedger> ledgers = new LinkedHashMap<>();
  private final Map<Reason, Long> refusals = new EnumMap<>(Reason.class);
  private final Set<String> over = new HashSet<>();

  private Set<String> peers = Set.of();
  private boolean peersKnown;
  private Map<Replica, Integer> knownLeftovers = Map.of();
  private boolean peersAreAll;
  private boolean inDoubt;
  private boolean ended;
  private long validUntilNanos;
  private long version;

  // its own time
  private long lastNanos;
  private long own;

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
    this.lastNanos = nowNanos;
    boolean known = before != null && before.complete() && before.epoch() == epoch - 1;
    this.inDoubt = epoch > 1 && !known; // nobody can hold anything before the first
    if (known && before != null) {
      inherit(before);
    }
  }

  private void inherit(Handover before) {
    for (Handover.Holder holder : before.routers()) {
      Member member = new Member(holder.router(), holder.incarnation(), own);
      members.put(holder.router(), member);
      holder
          .deployments()
          .forEach(holding -> ledger(holding.key()).inherit(member, holding.replicas()));
    }
  }

  private SlotLedger ledger(DeploymentKey key) {
    return ledgers.computeIfAbsent(key, k -> new SlotLedger(k, inDoubt && own < NEWS_NANOS));
  }

  // ---- what it is told of the world

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
    Map<DeploymentKey, Deployment> limited = new HashMap<>();
    for (Deployment deployment : deployments) {
      if (deployment.requestSettings().maxConcurrentRequestsPerInstance() > 0) {
        limited.put(deployment.key(), deployment);
        ledger(deployment.key());
      }
    }
    ledgers.values().forEach(ledger -> ledger.update(limited.get(ledger.key)));
    ledgers.values().removeIf(SlotLedger::isOver);
    members.values().forEach(member -> member.toBeTold = true);
    deal();
  }

  /**
   * Takes on which routers there are.
   *
   * @param areAll whether no other can hold a slot, not even one that was there before
   */
  public void peers(Set<String> routers, boolean areAll) {
    peers = Set.copyOf(routers);
    peersKnown = true;
    peersAreAll = areAll;
    over.retainAll(peers);
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
      ledgers.values().forEach(ledger -> ledger.forget(member));
    }
    over.add(id);
    settleDoubt();
    deal();
  }

  // ---- what routers say

  /** Follows what a router says, and answers. Others may have to be told then: {@link #toTell}. */
  public Answer heartbeat(Heartbeat beat, long nowNanos) {
    pass(nowNanos);
    Refusal refusal = refusal(beat, nowNanos);
    if (refusal != null) {
      return refusal;
    }
    Member member = member(beat);
    boolean first = !member.heard;
    member.heard = true;
    member.connected = true;
    member.heardNanos = own;
    member.sequence = beat.sequence();
    member.seen = beat.seen();
    member.leaving = beat.leaving();
    member.protocol = Protocol.common(beat.protocol());
    over.remove(beat.router());
    follow(member, beat, first);
    settleDoubt();
    if (member.leaving && holdsNothing(member) && !isWaiting(beat)) {
      members.remove(member.router);
      ledgers.values().forEach(ledger -> ledger.forget(member));
      over.add(member.router);
      ledgers.values().forEach(ledger -> ledger.isToBeDealt = true);
    }
    dealWhatChanged();
    return grants(member);
  }

  private void follow(Member member, Heartbeat beat, boolean first) {
    Set<DeploymentKey> named = new HashSet<>();
    for (DeploymentReport report : beat.deployments()) {
      SlotLedger ledger = ledgers.get(report.key());
      if (ledger == null && inDoubt && first) {
        ledger = ledger(report.key()); // not known here yet
      }
      if (ledger != null) {
        named.add(report.key());
        int overclaimed = ledger.report(member, report, first && inDoubt, own);
        if (overclaimed > 0) {
          count(Reason.OVERCLAIMED);
        }
      }
    }
    for (SlotLedger ledger : ledgers.values()) {
      Holding holding = ledger.holdings().get(member);
      if (holding != null && !named.contains(ledger.key)) {
        var nothing = new DeploymentReport(ledger.key, List.of(), 0, 0, 0, 0);
        ledger.report(member, nothing, false, own);
        holding.heard = false;
      }
    }
  }

  private boolean holdsNothing(Member member) {
    return ledgers.values().stream().allMatch(ledger -> ledger.held(member).isEmpty());
  }

  /** Who waits at a router that leaves is served first. */
  private static boolean isWaiting(Heartbeat beat) {
    return beat.deployments().stream().anyMatch(report -> report.queued() > 0);
  }

  private Member member(Heartbeat beat) {
    Member member = members.get(beat.router());
    if (member == null) {
      member = new Member(beat.router(), beat.incarnation(), own);
      members.put(beat.router(), member);
    } else if (member.incarnation != beat.incarnation()) {
      Member before = member;
      ledgers.values().forEach(ledger -> ledger.forget(before)); // that life is over
      ledgers.values().forEach(ledger -> ledger.isToBeDealt = true);
      member.live(beat.incarnation());
    }
    return member;
  }

  private @Nullable Refusal refusal(Heartbeat beat, long nowNanos) {
    if (!isValid(nowNanos)) {
      return refuse(Reason.NOT_COORDINATOR, router + " is not the coordinator now");
    }
    if (Protocol.common(beat.protocol()) < Protocol.OLDEST) {
      return refuse(
          Reason.VERSION,
          "protocol: " + beat.protocol() + " (expected: at least " + Protocol.OLDEST + ")");
    }
    if (beat.epoch() != epoch) {
      return refuse(Reason.EPOCH, "epoch: " + beat.epoch() + " (expected: " + epoch + ")");
    }
    Member member = members.get(beat.router());
    if (member == null) {
      return members.size() < Protocol.MOST_ROUTERS
          ? null
          : refuse(
              Reason.TOO_MANY_ROUTERS,
              "router: " + beat.router() + " (expected: at most " + Protocol.MOST_ROUTERS + ")");
    }
    return refusal(member, beat);
  }

  private @Nullable Refusal refusal(Member member, Heartbeat beat) {
    if (member.incarnation == beat.incarnation()) {
      return beat.sequence() > member.sequence
          ? null
          : refuse(
              Reason.REPLAYED,
              "sequence: " + beat.sequence() + " (expected: more than " + member.sequence + ")");
    }
    if (member.wasBefore(beat.incarnation())) {
      return refuse(Reason.OLD_INCARNATION, "router: " + beat.router() + " was started anew since");
    }
    return member.connected && isHeard(member)
        ? refuse(Reason.DUPLICATE, "router: " + beat.router() + " (expected: one of that name)")
        : null;
  }

  private Refusal refuse(Reason reason, String detail) {
    count(reason);
    return new Refusal(reason, epoch, detail);
  }

  private void count(Reason reason) {
    refusals.merge(reason, 1L, Long::sum);
  }

  // ---- time

  private void pass(long nowNanos) {
    own += Math.clamp(nowNanos - lastNanos, 0, LONGEST_STEP_NANOS);
    lastNanos = nowNanos;
    expire();
  }

  /** Does what is due: ends leases that were not renewed, and grants what is free then. */
  public void advance(long nowNanos) {
    pass(nowNanos);
    settleDoubt();
    deal();
  }

  private boolean isHeard(Member member) {
    return own - member.heardNanos < settings.timeToLive().toNanos();
  }

  /** Heard so lately that it makes sense to grant it more. */
  private boolean isActive(Member member) {
    return member.heard
        && member.connected
        && own - member.heardNanos < settings.timeToLive().toNanos() / 2;
  }

  private long leaseEndsAfterNanos(SlotLedger ledger) {
    return FleetSettings.withMargin(
        settings.timeToLive().toNanos() + ledger.afterlifeNanos() + LATE_CUT_NANOS);
  }

  private void expire() {
    for (Member member : members.values()) {
      if (!isHeard(member)) {
        for (SlotLedger ledger : ledgers.values()) {
          if (own - member.heardNanos >= leaseEndsAfterNanos(ledger)) {
            endLease(ledger, member);
          }
        }
      }
    }
    members
        .values()
        .removeIf(
            member -> !isHeard(member) && holdsNothing(member) && !peers.contains(member.router));
  }

  private void endLease(SlotLedger ledger, Member member) {
    if (peersKnown && !peers.contains(member.router)) {
      ledger.forget(member); // it is gone, and so is its share
    } else {
      ledger.expire(member);
    }
  }

  private void settleDoubt() {
    if (!inDoubt) {
      return;
    }
    boolean accounted = isEverybodyAccountedFor();
    boolean all = true;
    for (SlotLedger ledger : ledgers.values()) {
      if (ledger.isInDoubt()) {
        // its time began with the epoch; who had the role may have believed so for a while
        boolean leasesOver =
            own >= leaseEndsAfterNanos(ledger) + FleetSettings.withMargin(beliefNanos());
        if ((accounted && (peersAreAll || leasesOver)) || (ledger.isStrict() && leasesOver)) {
          ledger.endDoubt();
          ledger.isToBeDealt = true;
        } else {
          all = false;
          if (own >= NEWS_NANOS) {
            ledger.trustNewcomers();
          }
        }
      }
    }
    if (all && accounted && !ledgers.isEmpty()) {
      inDoubt = false;
    }
    ledgers.values().removeIf(SlotLedger::isOver);
  }

  private long beliefNanos() {
    return settings.belief().toNanos();
  }

  private boolean isEverybodyAccountedFor() {
    return peersKnown
        && peers.stream()
            .allMatch(
                peer -> {
                  Member member = members.get(peer);
                  return over.contains(peer) || (member != null && member.heard);
                });
  }

  // ---- what it tells

  private void deal() {
    ledgers.values().forEach(ledger -> ledger.isToBeDealt = true);
    dealWhatChanged();
  }

  private void dealWhatChanged() {
    List<Member> active = members.values().stream().filter(this::isActive).toList();
    long routers = members.values().stream().filter(member -> !member.leaving).count();
    Map<Replica, Integer> leftovers = new HashMap<>();
    ledgers.values().forEach(ledger -> ledger.addLeftovers(leftovers));
    if (!leftovers.equals(knownLeftovers)) {
      knownLeftovers = leftovers;
      ledgers.values().forEach(ledger -> ledger.isToBeDealt = true);
    }
    for (SlotLedger ledger : ledgers.values()) {
      if (ledger.isToBeDealt) {
        ledger.isToBeDealt = false;
        new Distribution(ledger, leftovers, version + 1, own).deal(active, (int) routers);
      }
    }
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
    List<DeploymentGrant> deployments = new ArrayList<>();
    for (SlotLedger ledger : ledgers.values()) {
      DeploymentGrant grant = ledger.grantTo(member);
      if (grant != null) {
        deployments.add(grant);
      }
    }
    return new Grants(
        member.protocol,
        router,
        epoch,
        ++version,
        member.router,
        member.incarnation,
        member.sequence,
        settings.timeToLive().toMillis(),
        deployments);
  }

  /** Grants nothing any more, and returns what the next coordinator should know. */
  public Handover handOver() {
    ended = true;
    List<Handover.Holder> holders = new ArrayList<>();
    for (Member member : members.values()) {
      List<Handover.Holding> holdings = new ArrayList<>();
      for (SlotLedger ledger : ledgers.values()) {
        List<Slots> held = ledger.held(member);
        if (!held.isEmpty()) {
          holdings.add(new Handover.Holding(ledger.key, held));
        }
      }
      holders.add(new Handover.Holder(member.router, member.incarnation, holdings));
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
    return Objects.requireNonNull(refusals.getOrDefault(reason, 0L));
  }

  /** Returns how much is asked of a deployment; null if it is not known. */
  public @Nullable FleetLoad load(DeploymentKey key) {
    SlotLedger ledger = ledgers.get(key);
    if (ledger == null) {
      return null;
    }
    long inUse = 0;
    long queued = 0;
    double rate = 0;
    int heard = 0;
    int silent = 0;
    for (Map.Entry<Member, Holding> entry : ledger.holdings().entrySet()) {
      Holding holding = entry.getValue();
      if (isActive(entry.getKey())) {
        heard++;
        inUse += holding.inUse;
        queued += holding.queued;
        rate += holding.rate;
      } else if (holding.allowed() > 0) {
        silent++;
      }
    }
    return new FleetLoad(inUse, queued, rate, heard, silent);
  }

  /** Returns how many slots may be held by somebody who was not heard yet. */
  public int inDoubt() {
    return ledgers.values().stream().mapToInt(SlotLedger::doubt).sum();
  }

  /** Returns the most that may be held of each replica of a deployment, for checks. */
  Map<Replica, Integer> granted(DeploymentKey key) {
    SlotLedger ledger = ledgers.get(key);
    return ledger == null ? Map.of() : ledger.grantedByReplica();
  }
}
