package io.fairlead.router.fleet;

import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.Collection;
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
 * What there is of one deployment, a row for each replica: how many slots, and how many of them are
 * in doubt or free. A replica that is not in service any more has a row while somebody may hold it.
 */
final class Rows {
  private final Map<Replica, Row> rows = new LinkedHashMap<>();
  private int limit;

  /** Whether somebody may hold slots who was not heard. */
  private boolean inDoubt;

  /** Whether that may concern replicas that become known only now. */
  private boolean newcomersInDoubt;

  /** Who tells of a replica whether it was served before this coordinator had the role. */
  private final Predicate<Replica> wasServed;

  Rows(boolean inDoubt, Predicate<Replica> wasServed) {
    this.wasServed = wasServed;
    this.inDoubt = inDoubt;
    this.newcomersInDoubt = inDoubt;
  }

  /** Takes on how many slots a replica has; in doubt, those that it has more are so as well. */
  void limit(int newLimit) {
    if (inDoubt && newLimit > limit) {
      int more = newLimit - limit;
      rows.values().forEach(row -> row.doubt += row.inService ? more : 0);
    }
    limit = newLimit;
  }

  /** Takes on which replicas are in service. */
  void serve(List<Replica> replicas) {
    replicas.forEach(this::enterService);
    Set<Replica> wanted = new HashSet<>(replicas);
    rows.values().forEach(row -> row.inService = wanted.contains(row.replica));
  }

  private void enterService(Replica replica) {
    Row row = add(replica);
    boolean mayBeHeld = newcomersInDoubt || (inDoubt && wasServed.test(replica));
    if (!row.inService && mayBeHeld && row.doubt == 0) {
      row.doubt = Math.max(0, limit - row.granted());
    }
    row.inService = true;
  }

  /** Returns the row of a replica, a new one if there is none. */
  Row add(Replica replica) {
    return rows.computeIfAbsent(replica, Row::new);
  }

  @Nullable Row find(Replica replica) {
    return rows.get(replica);
  }

  /** Returns the row of a replica that somebody has a claim on. */
  Row get(Replica replica) {
    return Objects.requireNonNull(rows.get(replica));
  }

  /** Tells routers to use less of replicas that have more in use than they may. */
  void trim(Collection<Holding> holdings) {
    for (Row row : rows.values()) {
      int left = row.inService ? limit : 0;
      for (Holding holding : holdings) {
        Claim claim = holding.claims.get(row.replica);
        if (claim != null) {
          claim.allowed = Math.min(claim.allowed, left);
          claim.share = Math.min(claim.share, claim.allowed);
          left -= claim.allowed;
        }
      }
    }
  }

  /** Drops claims, and then rows, of replicas that are not in service and nobody holds. */
  void tidy(Collection<Holding> holdings) {
    for (Holding holding : holdings) {
      holding
          .claims
          .entrySet()
          .removeIf(entry -> entry.getValue().granted == 0 && !get(entry.getKey()).inService);
    }
    rows.values().removeIf(Row::isOver);
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  // ---- what is in doubt

  boolean isInDoubt() {
    return inDoubt;
  }

  /** What becomes known from now on was unknown to whoever held slots before. */
  void trustNewcomers() {
    newcomersInDoubt = false;
  }

  void endDoubt() {
    inDoubt = false;
    newcomersInDoubt = false;
    rows.values().forEach(row -> row.doubt = 0);
  }

  /** Returns how many slots are in doubt. */
  int doubt() {
    return rows.values().stream().mapToInt(row -> row.doubt).sum();
  }

  // ---- what is free

  /** Returns how many slots there are, whoever may hold them; of no replica, those of one. */
  long capacity() {
    return limit * Math.max(1, rows.values().stream().filter(row -> row.inService).count());
  }

  /** Returns what is granted of all replicas to all routers. */
  int granted() {
    return rows.values().stream().mapToInt(Row::granted).reduce(0, Rows::together);
  }

  /** Adds what may still be held of replicas that are not in service here any more. */
  void addLeftovers(Map<Replica, Integer> leftovers) {
    for (Row row : rows.values()) {
      if (!row.inService) {
        leftovers.merge(row.replica, row.granted() + row.doubt, Rows::together);
      }
    }
  }

  /** Of a replica that many deployments claim, or claim to, there is no end of leftovers. */
  private static int together(int some, int more) {
    return (int) Math.min((long) some + more, Integer.MAX_VALUE);
  }

  /** Returns how many slots can be used at all. */
  int usable(Map<Replica, Integer> leftovers) {
    return rows.values().stream().mapToInt(row -> inUseOrFree(row, leftovers)).sum();
  }

  private int inUseOrFree(Row row, Map<Replica, Integer> leftovers) {
    return row.inService
        ? Math.max(0, limit - row.doubt - leftovers.getOrDefault(row.replica, 0))
        : 0;
  }

  /** Grants a router up to {@code wanted} more slots; returns how many. */
  int grant(Holding holding, int wanted, Map<Replica, Integer> leftovers, long version) {
    if (wanted <= 0) {
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

  /** Returns the most that may be held of each replica, for checks. */
  Map<Replica, Integer> grantedByReplica() {
    Map<Replica, Integer> granted = new HashMap<>();
    rows.values().forEach(row -> granted.put(row.replica, row.granted() + row.doubt));
    return granted;
  }
}
