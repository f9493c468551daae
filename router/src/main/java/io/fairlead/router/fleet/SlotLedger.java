package io.fairlead.router.fleet;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.Coordination;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
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

  /** Who tells of a replica whether it was served before this coordinator had the role. */
  private final Predicate<Replica> wasServed;

  SlotLedger(DeploymentKey key, boolean inDoubt, Predicate<Replica> wasServed) {
    this.key = key;
    this.wasServed = wasServed;
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
    boolean mayBeHeld = newcomersInDoubt || (inDoubt && wasServed.test(replica));
    if (!row.inService && mayBeHeld && row.doubt == 0) {
      row.doubt = Math.max(0, limit - row.granted());
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
        claim.allowed = Math.min(claim.allowed, Math.max(0, most - allowed));
        claim.share = Math.min(claim.share, claim.allowed);
        allowed += claim.allowed;
      }
    }
  }

  private void tidy() {
    for (Holding holding : holdings.values()) {
      holding
          .claims
          .entrySet()
          .removeIf(entry -> entry.getValue().granted == 0 && !isInService(entry.getKey()));
    }
    rows.values().removeIf(Row::isOver);
  }

  private boolean isInService(Replica replica) {
    Row row = rows.get(replica);
    return row != null && row.inService;
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
        leftovers.merge(row.replica, row.granted() + row.doubt, SlotLedger::together);
      }
    }
  }

  /** Of a replica that many deployments claim, or claim to, there is no end of leftovers. */
  private static int together(int some, int more) {
    return (int) Math.min((long) some + more, Integer.MAX_VALUE);
  }

  // ---- who holds it

  Map<Member, Holding> holdings() {
    return holdings;
  }

  /** Returns what is granted of all replicas to all routers. */
  int granted() {
    int granted = 0;
    for (Row row : rows.values()) {
      granted = together(granted, row.granted());
    }
    return granted;
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
    rows.values().forEach(this::trim); // what was inherited may be of a time with a higher limit
    tidy();
  }

  /** Notes what the coordinator before this one knew of a router. */
  void inherit(Member member, List<Slots> held) {
    Holding holding = holdings.computeIfAbsent(member, m -> new Holding());
    for (Slots slots : held) {
      Row row = rows.computeIfAbsent(slots.replica(), Row::new);
      Claim claim = holding.claims.computeIfAbsent(slots.replica(), replica -> new Claim());
      row.set(claim, slots.slots(), slots.share());
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
      Row row = rows.get(held.replica());
      if (row == null) {
        if (held.slots() == 0) {
          continue; // known there, and not yet here
        }
        row = new Row(held.replica());
        rows.put(held.replica(), row);
      }
      Claim claim = holding.claims.computeIfAbsent(held.replica(), replica -> new Claim());
      claim.usable = true;
      if (unknown) {
        row.admit(claim, held, inDoubt);
      }
      overclaimed += Math.max(0, held.slots() - claim.granted);
      row.lower(claim, member.seen, held.slots(), held.share());
    }
    for (Map.Entry<Replica, Claim> entry : holding.claims.entrySet()) {
      Row row = rows.get(entry.getKey());
      if (row != null && !listed.contains(entry.getKey())) {
        row.lower(entry.getValue(), member.seen, 0, 0);
      }
    }
    isToBeDealt |= holding.isNews(report) || holding.granted() != before;
    holding.demand(report, nowNanos);
    tidy();
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
    holding.claims.forEach((replica, claim) -> row(replica).expire(claim, !isStrict()));
    tidy();
  }

  /** A router holds nothing any more, and will not be heard again. */
  void forget(Member member) {
    Holding holding = holdings.remove(member);
    if (holding != null) {
      holding.claims.forEach((replica, claim) -> row(replica).drop(claim));
      tidy();
    }
  }

  /** Returns the row of a replica that somebody has a claim on. */
  private Row row(Replica replica) {
    return Objects.requireNonNull(rows.get(replica));
  }

  // ---- who gets more

  /** Returns how many slots there are, whoever may hold them. */
  long capacity() {
    return limit * rows.values().stream().filter(row -> row.inService).count();
  }

  /** Returns how many slots can be used at all. */
  int usable(Map<Replica, Integer> leftovers) {
    int usable = 0;
    for (Row row : rows.values()) {
      usable += inUseOrFree(row, leftovers);
    }
    return usable;
  }

  private int inUseOrFree(Row row, Map<Replica, Integer> leftovers) {
    return row.inService
        ? Math.max(0, limit - row.doubt - leftovers.getOrDefault(row.replica, 0))
        : 0;
  }

  /** Grants a router up to {@code wanted} more slots; returns how many. */
  int grant(Member member, int wanted, Map<Replica, Integer> leftovers, long version) {
    Holding holding = holdings.get(member);
    if (holding == null || wanted <= 0) {
      return 0;
    }
    ToIntFunction<Row> free = row -> inUseOrFree(row, leftovers) - row.granted();
    List<Row> most = new ArrayList<>();
    for (Row row : rows.values()) {
      Claim claim = holding.claims.get(row.replica);
      if (claim != null && claim.usable && free.applyAsInt(row) > 0) {
        most.add(row);
      }
    }
    int left = wanted;
    while (left > 0 && !most.isEmpty()) {
      most.sort((a, b) -> Integer.compare(free.applyAsInt(b), free.applyAsInt(a)));
      for (Row row : most) {
        Claim claim = holding.claims.get(row.replica);
        if (left > 0 && claim != null) {
          row.raise(claim, version);
          left--;
        }
      }
      most.removeIf(row -> free.applyAsInt(row) <= 0);
    }
    return wanted - left;
  }

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

  /** Returns the most that may be held of each replica, for checks. */
  Map<Replica, Integer> grantedByReplica() {
    Map<Replica, Integer> granted = new HashMap<>();
    rows.values().forEach(row -> granted.put(row.replica, row.granted() + row.doubt));
    return granted;
  }
}
