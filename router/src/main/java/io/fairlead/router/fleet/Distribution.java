package io.fairlead.router.fleet;

import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Deals the slots of one deployment out to its routers: free ones to those who have fewer than they
 * should, and a call for some back from those who have more while somebody waits. Who waits longest
 * comes first.
 */
final class Distribution {
  /** Busy slots are asked for where somebody has waited so much longer than those who use them. */
  private static final long LONGER_MILLIS = 20;

  /** What a router said so long ago may have changed since. */
  private static final long NEWS_MILLIS = 2;

  /** Something for each router, in requests per second, so that it need not ask for its first. */
  private static final double LEAST_RATE = 0.1;

  private final SlotLedger ledger;
  private final Map<Replica, Integer> leftovers;
  private final long version;
  private final long nowNanos;
  private final List<Part> parts = new ArrayList<>();

  /** One router's part. */
  private static final class Part {
    final Member member;
    final Holding holding;
    int aim;
    int has;

    /** Requests that wait and for which nothing was found. */
    int unmet;

    /** How many slots it is asked for once they are idle. */
    int less;

    /** How many of them once they are free, whoever waits. */
    int lessNow;

    private final long nowNanos;

    Part(Member member, Holding holding, long nowNanos) {
      this.nowNanos = nowNanos;
      this.member = member;
      this.holding = holding;
      this.has = holding.allowed();
      this.unmet = holding.queued;
    }

    int missing() {
      return Math.max(0, aim - has);
    }

    /** Slots that nobody here has a use for, as far as is known. */
    int idle() {
      return Math.max(0, has - holding.demand());
    }

    /** The same, and those that may have come free since. */
    int mayBeIdle() {
      return holding.silentMillis(nowNanos) < NEWS_MILLIS ? idle() : has;
    }

    int surplus() {
      return Math.max(0, has - aim);
    }

    long waited() {
      return holding.waitedMillis(nowNanos);
    }
  }

  /**
   * Prepares to deal.
   *
   * @param leftovers slots of replicas that other deployments have not given back yet
   * @param version of the grants that will be the first to tell of it
   */
  Distribution(SlotLedger ledger, Map<Replica, Integer> leftovers, long version, long nowNanos) {
    this.nowNanos = nowNanos;
    this.ledger = ledger;
    this.leftovers = leftovers;
    this.version = version;
  }

  /** Deals to {@code active}, of all {@code routers}, and notes who is to be told at once. */
  void deal(List<Member> active, int routers) {
    for (Member member : active) {
      Holding holding = ledger.holdings().get(member);
      if (holding != null && holding.heard) {
        parts.add(new Part(member, holding, nowNanos));
      }
    }
    if (parts.isEmpty()) {
      return;
    }
    int slots = Math.max(0, ledger.rows.usable(leftovers) - heldByOthers());
    aim(slots);
    giveFree();
    callBack();
    boundQueues();
    shareOut(slots, routers);
  }

  /** Returns what routers may hold that were not heard lately. */
  private int heldByOthers() {
    int held = ledger.rows.granted();
    for (Part part : parts) {
      held = Math.max(0, held - part.holding.granted());
    }
    return held;
  }

  private void aim(int slots) {
    int[] aims =
        Aims.of(
            slots,
            parts.stream().mapToInt(part -> part.holding.demand()).toArray(),
            parts.stream().mapToLong(Part::waited).toArray(),
            parts.stream().mapToDouble(Distribution::weight).toArray());
    for (int i = 0; i < aims.length; i++) {
      parts.get(i).aim = aims[i];
    }
  }

  private static double weight(Part part) {
    return part.member.leaving ? 0 : part.holding.rate + LEAST_RATE;
  }

  private void giveFree() {
    List<Part> turns = new ArrayList<>(parts);
    turns.sort(Comparator.comparingLong(Part::waited).reversed());
    turns.forEach(part -> give(part, Math.min(part.missing(), part.unmet)));
    turns.forEach(part -> give(part, part.unmet)); // also beyond what it should have: it waits
    turns.forEach(part -> give(part, part.missing()));
    // what is free still is of replicas that those who should have it do not know, or have ejected
    turns.forEach(part -> give(part, parts.stream().mapToInt(Part::missing).sum()));
  }

  private void give(Part part, int wanted) {
    int given = ledger.rows.grant(part.holding, wanted, leftovers, version);
    part.has += given;
    part.holding.serve(Math.min(part.unmet, given));
    part.unmet = Math.max(0, part.unmet - given);
    part.member.toBeTold |= given > 0; // untold, a slot is of use to nobody
  }

  private void callBack() {
    List<Part> waiting = new ArrayList<>();
    int unmet = 0;
    for (Part part : parts) {
      unmet += part.unmet;
      if (part.unmet > 0) {
        waiting.add(part);
      }
    }
    for (Part part : parts) {
      part.less = unmet > 0 ? Math.min(part.has, unmet - part.unmet) : idleElsewhere(part);
    }
    waiting.sort(Comparator.comparingLong(Part::waited).reversed());
    waiting.forEach(this::askForBusy);
    parts.forEach(Distribution::tell);
  }

  /** Nobody waits anywhere: returns what others should have, lest the first who comes must wait. */
  private int idleElsewhere(Part part) {
    int bare = 0;
    for (Part other : parts) {
      bare += 2 * other.has < other.aim ? other.missing() : 0;
    }
    return Math.min(part.surplus(), bare);
  }

  /** Asks those who have waited least for busy slots, if that is worth it. */
  private void askForBusy(Part part) {
    int left = Math.min(part.missing(), part.unmet);
    List<Part> others = new ArrayList<>(parts);
    others.sort(Comparator.comparingLong(Part::waited));
    for (Part other : others) {
      int surplus = other.surplus() - other.lessNow;
      if (surplus > 0 && left > 0 && isWorthIt(part, other)) {
        int some = Math.min(surplus, left);
        other.lessNow += some;
        left -= some;
      }
    }
  }

  private static boolean isWorthIt(Part waiting, Part using) {
    return waiting.has == 0
        || using.surplus() >= Math.max(2, using.aim / 8)
        || waiting.waited() > 2 * Math.max(0, using.waited()) + LONGER_MILLIS;
  }

  private static void tell(Part part) {
    Holding holding = part.holding;
    int idle = Math.max(part.less, part.lessNow);
    // who is asked already need not be told of each one more
    boolean isNews = idle >= holding.less + Math.max(1, holding.less / 2);
    if (isNews || part.lessNow > holding.lessNow) {
      part.member.toBeTold = true;
    }
    holding.less = isNews ? idle : Math.min(holding.less, idle);
    holding.lessNow = part.lessNow;
    holding.keepIdle = idle > 0 ? part.has - idle : Integer.MAX_VALUE;
    holding.keep = part.lessNow > 0 ? part.has - part.lessNow : Integer.MAX_VALUE;
    if (part.member.leaving) {
      holding.keepIdle = 0;
    }
  }

  private void boundQueues() {
    int set = ledger.settings().maxQueueLength();
    long bound = set >= 0 ? set : Math.min(ledger.rows.capacity(), 1_000_000);
    Queues queues = new Queues(bound);
    for (Part part : parts) {
      queues.add(
          part.member, part.holding, part.idle(), part.mayBeIdle(), part.waited(), weight(part));
    }
    queues.settle(version);
  }

  /** Of each router's slots, as many are its share as it would have if all had equally many. */
  private void shareOut(int slots, int routers) {
    int fair = ledger.isStrict() ? 0 : slots / Math.max(1, routers);
    for (Part part : parts) {
      part.holding.share(part.member.leaving ? 0 : fair, version);
    }
  }
}
