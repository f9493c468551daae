package io.fairlead.router.fleet;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.Coordination;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Who may hold which slots of one deployment. For each replica, what is granted and what is in
 * doubt are together at most its limit; a number of a router rises before the router is told, and
 * falls when the router has said so.
 */
final class SlotLedger {
  final DeploymentKey key;
  private final Map<Replica, Row> rows = new LinkedHashMap<>();
  private final Map<Member, Holding> holdings = new LinkedHashMap<>();
  private RequestSettings settings = RequestSettings.DEFAULT;
  private int limit;

  /** Whether something has changed since slots were dealt out. */
  boolean isToBeDealt = true;

  /** Whether somebody may hold slots who was not heard. */
  private boolean inDoubt;

  /** Whether there is such a deployment; one without a replica has a load all the same. */
  private boolean declared;

  /** Whether that may concern replicas that become known only now. */
  private boolean newcomersInDoubt;

  SlotLedger(DeploymentKey key, boolean inDoubt) {
    this.key = key;
    this.inDoubt = inDoubt;
    this.newcomersInDoubt = inDoubt;
  }

  RequestSettings settings() {
    return settings;
  }

  int limit() {
    return limit;
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
    Set<Replica> wanted = deployment == null ? Set.of() : new HashSet<>(deployment.replicas());
    if (deployment != null) {
      settings = deployment.requestSettings();
      int newLimit = settings.maxConcurrentRequestsPerInstance();
      if (inDoubt && newLimit > limit) {
        int more = newLimit - limit;
        rows.values().forEach(row -> row.doubt += row.inService ? more : 0);
      }
      limit = newLimit;
      deployment.replicas().forEach(this::enterService);
    }
    for (Row row : rows.values()) {
      row.inService = wanted.contains(row.replica);
    }
    rows.values().forEach(this::trim);
    tidy();
  }

  private void enterService(Replica replica) {
    Row row = rows.computeIfAbsent(replica, Row::new);
    if (!row.inService && newcomersInDoubt && row.doubt == 0) {
      row.doubt = Math.max(0, limit - row.granted);
    }
    row.inService = true;
  }

  /** Tells routers to use less of a replica that has more in use than it may. */
  private void trim(Row row) {
    int most = row.inService ? limit : 0;
    int allowed = 0;
    for (Holding holding : holdings.values()) {
      Claim claim = holding.claims.get(row.replica);
      if (claim != null) {
        claim.allow(Math.max(0, most - allowed));
        allowed += claim.allowed();
      }
    }
  }

  private void tidy() {
    for (Holding holding : holdings.values()) {
      holding.claims.values().removeIf(claim -> claim.granted() == 0 && !claim.row().inService);
    }
    rows.values().removeIf(row -> !row.inService && row.held() == 0);
  }

  /**
   * Returns whether there is no such deployment, and nothing is left of it that anybody may hold.
   */
  boolean isOver() {
    return rows.isEmpty() && !declared;
  }

  /** Adds what may still be held of replicas that are not in service here any more. */
  void addLeftovers(Map<Replica, Integer> leftovers) {
    for (Row row : rows.values()) {
      if (!row.inService) {
        leftovers.merge(row.replica, row.held(), Integer::sum);
      }
    }
  }

  // ---- who holds it

  Map<Member, Holding> holdings() {
    return holdings;
  }

  /** Returns what is granted of all replicas to all routers. */
  int granted() {
    return rows.values().stream().mapToInt(row -> row.granted).sum();
  }

  /** Returns how many slots are in doubt. */
  int doubt() {
    return rows.values().stream().mapToInt(row -> row.doubt).sum();
  }

  boolean isInDoubt() {
    return inDoubt;
  }

  /** What becomes known from now on was unknown to whoever held slots before. */
  void trustNewcomers() {
    newcomersInDoubt = false;
  }

  /** Everybody who may hold something was heard, or holds nothing any more. */
  void endDoubt() {
    inDoubt = false;
    newcomersInDoubt = false;
    rows.values().forEach(row -> row.doubt = 0);
    tidy();
  }

  /** Notes what the coordinator before this one knew of a router. */
  void inherit(Member member, List<Slots> held) {
    Holding holding = holding(member);
    for (Slots slots : held) {
      Row row = rows.computeIfAbsent(slots.replica(), Row::new);
      holding.claim(row).set(slots.slots(), slots.share());
    }
  }

  /**
   * Takes over what a router says that it holds.
   *
   * @param unknown whether it is not known what it held before
   * @return how many slots it claims that it was not granted
   */
  int report(Member member, DeploymentReport report, boolean unknown, long nowNanos) {
    Holding holding = holding(member);
    int overclaimed = 0;
    int before = holding.granted();
    for (Claim claim : holding.claims.values()) {
      claim.usable = false;
    }
    Set<Replica> listed = new HashSet<>();
    for (Slots held : report.replicas()) {
      listed.add(held.replica());
      if (held.slots() == 0 && !rows.containsKey(held.replica())) {
        continue; // known there, and not yet here
      }
      Row row = rows.computeIfAbsent(held.replica(), Row::new);
      Claim claim = holding.claim(row);
      claim.usable = true;
      if (unknown) {
        doubt(row, held.slots() - claim.granted());
        claim.admit(held);
      }
      overclaimed += Math.max(0, held.slots() - claim.granted());
      claim.report(held.slots(), held.share(), member.seen);
    }
    for (Claim claim : holding.claims.values()) {
      if (!listed.contains(claim.row().replica)) {
        claim.report(0, 0, member.seen);
      }
    }
    isToBeDealt |= holding.isNews(report) || holding.granted() != before;
    holding.demand(report, nowNanos);
    tidy();
    return overclaimed;
  }

  private Holding holding(Member member) {
    return holdings.computeIfAbsent(member, m -> new Holding());
  }

  /** Of a replica that is not known here yet, so many may be held. */
  private void doubt(Row row, int slots) {
    if (inDoubt && !row.inService) {
      row.doubt = Math.max(row.doubt, slots);
    }
  }

  /** The leases of a router have ended, and whatever ran on them: its share is what it has left. */
  void expire(Member member) {
    Holding holding = holdings.get(member);
    if (holding == null) {
      return;
    }
    holding.inUse = 0;
    holding.queued = 0;
    for (Claim claim : holding.claims.values()) {
      claim.expire(isStrict() ? 0 : claim.shareMost());
    }
    tidy();
  }

  /** A router holds nothing any more, and will not be heard again. */
  void forget(Member member) {
    Holding holding = holdings.remove(member);
    if (holding != null) {
      holding.claims.values().forEach(Claim::drop);
      tidy();
    }
  }

  // ---- who gets more

  /** Returns how many slots there are, whoever may hold them. */
  long capacity() {
    return limit * rows.values().stream().filter(row -> row.inService).count();
  }

  /** Returns how many slots can be used at all. */
  int usable(Map<Replica, Integer> leftovers) {
    return rows.values().stream().mapToInt(row -> usable(row, leftovers)).sum();
  }

  private int usable(Row row, Map<Replica, Integer> leftovers) {
    return row.usable(limit, leftovers.getOrDefault(row.replica, 0));
  }

  /** Grants a router up to {@code wanted} more slots; returns how many. */
  int grant(Member member, int wanted, Map<Replica, Integer> leftovers, long version) {
    Holding holding = holdings.get(member);
    if (holding == null || wanted <= 0) {
      return 0;
    }
    ToIntFunction<Claim> free = claim -> usable(claim.row(), leftovers) - claim.row().granted;
    List<Claim> most = new ArrayList<>();
    for (Row row : rows.values()) {
      Claim claim = holding.claims.get(row.replica);
      if (claim != null && claim.usable && free.applyAsInt(claim) > 0) {
        most.add(claim);
      }
    }
    int left = wanted;
    while (left > 0 && !most.isEmpty()) {
      most.sort(Comparator.comparingInt(free).reversed());
      for (Claim claim : most.subList(0, Math.min(left, most.size()))) {
        claim.raise(version);
        left--;
      }
      most.removeIf(claim -> free.applyAsInt(claim) <= 0);
    }
    return wanted - left;
  }

  /** Sets how many of a router's slots are its share. */
  void share(Member member, int wanted, long version) {
    Holding holding = holdings.get(member);
    if (holding == null) {
      return;
    }
    int left = wanted;
    for (Claim claim : holding.claims.values()) { // what is its share already stays so
      claim.shareAtMost(left);
      left -= claim.share();
    }
    for (Claim claim : holding.claims.values()) {
      left -= claim.shareMore(left, version);
    }
  }

  /** Returns what to tell a router; null if it did not name this deployment. */
  @Nullable DeploymentGrant grantTo(Member member) {
    Holding holding = holdings.get(member);
    if (holding == null || !holding.heard) {
      return null;
    }
    List<Slots> replicas = new ArrayList<>();
    holding.claims.forEach(
        (replica, claim) -> {
          if (claim.allowed() > 0) {
            replicas.add(new Slots(replica, claim.allowed(), claim.share()));
          }
        });
    return new DeploymentGrant(key, replicas, holding.keep, holding.keepIdle, holding.queueBound);
  }

  /** Returns the most that each router may hold. */
  List<Slots> held(Member member) {
    List<Slots> held = new ArrayList<>();
    Holding holding = holdings.get(member);
    if (holding != null) {
      holding.claims.forEach(
          (replica, claim) -> {
            if (claim.granted() > 0) {
              held.add(new Slots(replica, claim.granted(), claim.shareMost()));
            }
          });
    }
    return held;
  }

  /** Returns the most that may be held of each replica, for checks. */
  Map<Replica, Integer> grantedByReplica() {
    Map<Replica, Integer> granted = new HashMap<>();
    rows.values().forEach(row -> granted.put(row.replica, row.held()));
    return granted;
  }
}
