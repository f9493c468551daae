package io.fairlead.router.fleet;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The ledgers of all deployments with a limit: who may hold which slots of any of them. */
final class SlotTable {
  private final Map<DeploymentKey, SlotLedger> ledgers = new LinkedHashMap<>();
  private Map<Replica, Integer> knownLeftovers = Map.of();
  private Set<Replica> served = Set.of();

  /** Takes on which replicas were served before this coordinator had the role. */
  void served(Set<Replica> before) {
    served = Set.copyOf(before);
  }

  /** Takes on what is served; whether what is new may be held by somebody who was not heard. */
  void update(Collection<Deployment> deployments, boolean inDoubt) {
    Map<DeploymentKey, Deployment> limited = new HashMap<>();
    for (Deployment deployment : deployments) {
      if (deployment.requestSettings().maxConcurrentRequestsPerInstance() > 0) {
        limited.put(deployment.key(), deployment);
        ledger(deployment.key(), inDoubt);
      }
    }
    ledgers.values().forEach(ledger -> ledger.update(limited.get(ledger.key)));
    tidy();
  }

  private SlotLedger ledger(DeploymentKey key, boolean inDoubt) {
    return ledgers.computeIfAbsent(
        key, k -> new SlotLedger(k, inDoubt, replica -> served.contains(replica)));
  }

  void tidy() {
    ledgers.values().removeIf(SlotLedger::isOver);
  }

  boolean isEmpty() {
    return ledgers.isEmpty();
  }

  Collection<SlotLedger> ledgers() {
    return ledgers.values();
  }

  @Nullable SlotLedger ledger(DeploymentKey key) {
    return ledgers.get(key);
  }

  // ---- who holds it

  /** Notes what the coordinator before this one knew of a router that was not heard. */
  void inherit(Member member, List<Handover.Holding> holdings) {
    for (Handover.Holding holding : holdings) {
      SlotLedger ledger = ledger(holding.key(), /* inDoubt= */ true);
      if (ledger.rows.isInDoubt()) { // else that router's leases have ended
        ledger.inherit(member, holding.replicas());
      }
    }
  }

  /** Whoever may hold something was heard, or is known to hold what it was granted. */
  void endDoubt() {
    for (SlotLedger ledger : ledgers.values()) {
      if (ledger.rows.isInDoubt()) {
        ledger.endDoubt();
      }
    }
    tidy();
  }

  /**
   * Takes over what a router says that it holds.
   *
   * @param unknown whether it is not known what it held before
   * @param newInDoubt whether deployments that are not known here yet may be in doubt
   * @return of how many deployments it claims more than it was granted
   */
  int report(
      Member member,
      List<DeploymentReport> reports,
      boolean unknown,
      boolean newInDoubt,
      long nowNanos) {
    Set<DeploymentKey> named = new HashSet<>();
    int overclaimed = 0;
    for (DeploymentReport report : reports) {
      SlotLedger ledger = unknown ? ledger(report.key(), newInDoubt) : ledgers.get(report.key());
      if (ledger != null) {
        named.add(report.key());
        overclaimed += ledger.report(member, report, unknown, nowNanos) > 0 ? 1 : 0;
      }
    }
    for (SlotLedger ledger : ledgers.values()) {
      Holding holding = ledger.holdings().get(member);
      if (holding != null && !named.contains(ledger.key)) {
        var nothing = new DeploymentReport(ledger.key, List.of(), 0, 0, 0, 0, 0);
        ledger.report(member, nothing, false, nowNanos);
        holding.heard = false;
      }
    }
    return overclaimed;
  }

  /** A router holds nothing any more, and will not be heard again. */
  void forget(Member member) {
    ledgers.values().forEach(ledger -> ledger.forget(member));
  }

  boolean isHeldBy(Member member) {
    for (SlotLedger ledger : ledgers.values()) {
      if (ledger.isHeldBy(member)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the most that a router may hold. */
  List<Handover.Holding> held(Member member) {
    List<Handover.Holding> holdings = new ArrayList<>();
    for (SlotLedger ledger : ledgers.values()) {
      List<Slots> held = ledger.held(member);
      if (!held.isEmpty()) {
        holdings.add(new Handover.Holding(ledger.key, held));
      }
    }
    return holdings;
  }

  // ---- who gets more

  /** Whatever has changed or not: slots of all deployments are to be dealt out. */
  void shuffle() {
    ledgers.values().forEach(ledger -> ledger.isToBeDealt = true);
  }

  /**
   * Deals out what has changed since it was done last.
   *
   * @param active routers that can be told
   * @param routers how many there are, of those that do not leave
   * @param version of the grants that will be the first to tell of it
   */
  void deal(List<Member> active, int routers, long version, long nowNanos) {
    Map<Replica, Integer> leftovers = new HashMap<>();
    ledgers.values().forEach(ledger -> ledger.rows.addLeftovers(leftovers));
    if (!leftovers.equals(knownLeftovers)) {
      knownLeftovers = leftovers;
      shuffle();
    }
    for (SlotLedger ledger : ledgers.values()) {
      if (ledger.isToBeDealt) {
        ledger.isToBeDealt = false;
        new Distribution(ledger, leftovers, version, nowNanos).deal(active, routers);
      }
    }
  }

  /** Returns what to tell a router. */
  List<DeploymentGrant> grants(Member member) {
    List<DeploymentGrant> grants = new ArrayList<>(ledgers.size());
    for (SlotLedger ledger : ledgers.values()) {
      DeploymentGrant grant = ledger.grantTo(member);
      if (grant != null) {
        grants.add(grant);
      }
    }
    return grants;
  }

  // ---- what is shown of it

  /** Returns how much is asked of a deployment; null if it is not known. */
  @Nullable FleetLoad load(DeploymentKey key, Predicate<Member> wasHeard) {
    SlotLedger ledger = ledgers.get(key);
    return ledger == null ? null : ledger.load(wasHeard);
  }

  int doubt() {
    return ledgers.values().stream().mapToInt(ledger -> ledger.rows.doubt()).sum();
  }
}
