package io.fairlead.router.fleet;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.Coordination;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may hold which slots of one deployment. For each replica, what is granted and what is in
 * doubt are together at most its limit; a number of a router rises before the router is told, and
 * falls when the router has said so.
 */
final class SlotLedger {
  final DeploymentKey key;
  final Rows rows;
  private final Map<Member, Holding> holdings = new LinkedHashMap<>();
  private RequestSettings settings = RequestSettings.DEFAULT;

  /** Whether something has changed since slots were dealt out. */
  boolean isToBeDealt = true;

  /** Whether there is such a deployment; one without a replica has a load all the same. */
  private boolean declared;

  SlotLedger(DeploymentKey key, boolean inDoubt, Predicate<Replica> wasServed) {
    this.key = key;
    this.rows = new Rows(inDoubt, wasServed);
  }

  RequestSettings settings() {
    return settings;
  }

  /** Twice the longest time of a request: so long one may go on when its lease has ended. */
  long afterlifeNanos() {
    return 2 * settings.requestTimeout().toNanos();
  }

  boolean isStrict() {
    return settings.coordination() == Coordination.STRICT;
  }

  // ---- what there is

  /** Takes on settings and replicas; null if there is no such deployment any more. */
  void update(@Nullable Deployment deployment) {
    declared = deployment != null;
    if (deployment != null) {
      settings = deployment.requestSettings();
      rows.limit(settings.maxConcurrentRequestsPerInstance());
    }
    rows.serve(deployment == null ? List.of() : deployment.replicas());
    rows.trim(holdings.values());
    rows.tidy(holdings.values());
  }

  /**
   * Returns whether there is no such deployment, and nothing is left of it that anybody may hold.
   */
  boolean isOver() {
    return rows.isEmpty() && !declared;
  }

  // ---- who holds it

  Map<Member, Holding> holdings() {
    return holdings;
  }

  /** Everybody who may hold something was heard, or holds nothing any more. */
  void endDoubt() {
    rows.endDoubt();
    rows.trim(holdings.values()); // what was inherited may be of a time with a higher limit
    rows.tidy(holdings.values());
    isToBeDealt = true;
  }

  /** Notes what the coordinator before this one knew of a router. */
  void inherit(Member member, List<Slots> held) {
    Holding holding = holdings.computeIfAbsent(member, m -> new Holding());
    for (Slots slots : held) {
      Claim claim = holding.claims.computeIfAbsent(slots.replica(), replica -> new Claim());
      rows.add(slots.replica()).set(claim, slots.slots(), slots.share());
    }
  }

  /**
   * Takes over what a router says that it holds.
   *
   * @param unknown whether it is not known what it held before
   * @return how many slots it claims that it was not granted
   */
  int report(Member member, DeploymentReport report, boolean unknown, long nowNanos) {
    Holding holding = holdings.computeIfAbsent(member, m -> new Holding());
    int overclaimed = 0;
    int before = holding.granted();
    for (Claim claim : holding.claims.values()) {
      claim.usable = false;
    }
    Set<Replica> listed = new HashSet<>();
    for (Slots held : report.replicas()) {
      listed.add(held.replica());
      Row row = held.slots() == 0 ? rows.find(held.replica()) : rows.add(held.replica());
      if (row == null) {
        continue; // known there, and not yet here
      }
      Claim claim = holding.claims.computeIfAbsent(held.replica(), replica -> new Claim());
      claim.usable = true;
      if (unknown) {
        row.admit(claim, held, rows.isInDoubt());
      }
      overclaimed += Math.max(0, held.slots() - claim.granted);
      row.lower(claim, member.seen, held.slots(), held.share());
    }
    for (Map.Entry<Replica, Claim> entry : holding.claims.entrySet()) {
      if (!listed.contains(entry.getKey())) {
        rows.get(entry.getKey()).lower(entry.getValue(), member.seen, 0, 0);
      }
    }
    isToBeDealt |= holding.isNews(report) || holding.granted() != before;
    holding.demand(report, member.seen, nowNanos);
    rows.tidy(holdings.values());
    return overclaimed;
  }

  /** The leases of a router have ended, and whatever ran on them: its share is what it has left. */
  void expire(Member member) {
    Holding holding = holdings.get(member);
    if (holding == null) {
      return;
    }
    holding.inUse = 0;
    holding.queued = 0;
    holding.staying = 0;
    holding.claims.forEach((replica, claim) -> rows.get(replica).expire(claim, !isStrict()));
    rows.tidy(holdings.values());
  }

  /** A router holds nothing any more, and will not be heard again. */
  void forget(Member member) {
    Holding holding = holdings.remove(member);
    if (holding != null) {
      holding.claims.forEach((replica, claim) -> rows.get(replica).drop(claim));
      rows.tidy(holdings.values());
    }
  }

  // ---- what is told of it

  /**
   * Returns what to tell a router; null if it did not name this deployment, and holds nothing of
   * it: who has seen grants without a slot that it may hold could not tell that it gives it back.
   */
  @Nullable DeploymentGrant grantTo(Member member) {
    Holding holding = holdings.get(member);
    if (holding == null || (!holding.heard && !holding.holdsAny())) {
      return null;
    }
    return holding.grant(key);
  }

  /** Returns the most that a router may hold. */
  List<Slots> held(Member member) {
    Holding holding = holdings.get(member);
    return holding == null ? List.of() : holding.held();
  }

  boolean isHeldBy(Member member) {
    Holding holding = holdings.get(member);
    return holding != null && holding.holdsAny();
  }

  /** Returns how much is asked of it, by those routers that were heard lately. */
  FleetLoad load(Predicate<Member> wasHeard) {
    long inUse = 0;
    long queued = 0;
    double rate = 0;
    int heard = 0;
    int silent = 0;
    for (Map.Entry<Member, Holding> entry : holdings.entrySet()) {
      Holding holding = entry.getValue();
      if (wasHeard.test(entry.getKey())) {
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
}
