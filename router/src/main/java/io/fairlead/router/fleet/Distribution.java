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

  /** Something for each router, in requests per second, so that it need not ask for its first. */
  private static final double LEAST_RATE = 0.1;

  private final SlotLedger ledger;
  private final Map<Replica, Integer> leftovers;
  private final long version;
  private final List<Part> parts = new ArrayList<>();

  /** One router's part. */
  private static final class Part {
    final Member member;
    final Holding holding;
    int aim;
    int has;

    /** How many slots it is asked for, once they are free, and whoever waits. */
    int less;

    int lessNow;

    Part(Member member, Holding holding) {
      this.member = member;
      this.holding = holding;
      this.has = holding.allowed();
    }

    int missing() {
      return Math.max(0, aim - has);
    }

    int surplus() {
      return Math.max(0, has - aim);
    }

    boolean waits() {
      return holding.queued > 0;
    }

    long waited() {
      return waits() ? holding.oldestWaitMillis : -1;
    }
  }

  /**
   * Prepares to deal.
   *
   * @param leftovers slots of replicas that other deployments have not given back yet
   * @param version of the grants that will be the first to tell of it
   */
  Distribution(SlotLedger ledger, Map<Replica, Integer> leftovers, long version) {
    this.ledger = ledger;
    this.leftovers = leftovers;
    this.version = version;
  }

  /** Deals to {@code active}, of all {@code routers}, and notes who is to be told at once. */
  void deal(List<Member> active, int routers) {
    for (Member member : active) {
      Holding holding = ledger.holdings().get(member);
      if (holding != null && holding.heard) {
        parts.add(new Part(member, holding));
      }
    }
    if (parts.isEmpty()) {
      return;
    }
    int slots = Math.max(0, ledger.usable(leftovers) - heldByOthers());
    aim(slots);
    giveFree();
    callBack();
    boundQueues(slots);
    shareOut(slots, routers);
  }

  /** Returns what routers may hold that were not heard lately. */
  private int heldByOthers() {
    int held = ledger.granted();
    for (Part part : parts) {
      held -= part.holding.granted();
    }
    return held;
  }

  private void aim(int slots) {
    int[] aims =
        Aims.of(
            slots,
            parts.stream().mapToInt(part -> part.holding.demand()).toArray(),
            parts.stream().mapToLong(part -> part.holding.oldestWaitMillis).toArray(),
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
    turns.forEach(part -> give(part, part.missing()));
    // what is free still is of replicas that those who should have it do not know, or have ejected
    for (Part part : turns) {
      give(part, parts.stream().mapToInt(Part::missing).sum());
    }
  }

  private void give(Part part, int wanted) {
    int given = ledger.grant(part.member, wanted, leftovers, version);
    part.has += given;
    if (given > 0 && part.waits()) {
      part.member.toBeTold = true;
    }
  }

  private void callBack() {
    List<Part> shorts = new ArrayList<>();
    int wanted = 0;
    for (Part part : parts) {
      int missing = part.waits() ? Math.min(part.missing(), part.holding.queued) : bare(part);
      if (missing > 0) {
        shorts.add(part);
        wanted += missing;
      }
    }
    shorts.sort(Comparator.comparingLong(Part::waited).reversed());
    if (wanted > 0) {
      askForIdle(wanted);
      for (Part part : shorts) {
        askForBusy(part);
      }
    }
    for (Part part : parts) {
      tell(part);
    }
  }

  /** Nobody waits there, but the first who comes would have to. */
  private static int bare(Part part) {
    return 2 * part.has < part.aim ? part.missing() : 0;
  }

  private void askForIdle(int wanted) {
    int left = wanted;
    for (Part part : parts) {
      part.less = Math.min(part.surplus(), left);
      left -= part.less;
    }
    // whoever has one free first will do
    for (Part part : parts) {
      if (part.surplus() > 0 && anybodyWaits()) {
        part.less = part.surplus();
      }
    }
  }

  private boolean anybodyWaits() {
    return parts.stream().anyMatch(part -> part.waits() && part.missing() > 0);
  }

  /** Asks those who have waited least for busy slots, if that is worth it. */
  private void askForBusy(Part part) {
    if (!part.waits()) {
      return;
    }
    int left = Math.min(part.missing(), part.holding.queued);
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
    int before = holding.keepIdle;
    int beforeBusy = holding.keep;
    int less = Math.max(part.less, part.lessNow);
    holding.keepIdle = less > 0 ? part.has - less : Integer.MAX_VALUE;
    holding.keep = part.lessNow > 0 ? part.has - part.lessNow : Integer.MAX_VALUE;
    if (part.member.leaving) {
      holding.keepIdle = 0;
    }
    if (holding.keepIdle < before || holding.keep < beforeBusy) {
      part.member.toBeTold = true;
    }
  }

  private void boundQueues(int slots) {
    int set = ledger.settings().maxQueueLength();
    long bound = set >= 0 ? set : Math.min(slots, 1_000_000);
    long queued = parts.stream().mapToLong(part -> part.holding.queued).sum();
    double weights = parts.stream().mapToDouble(Distribution::weight).sum();
    for (Part part : parts) {
      double rest = weights > 0 ? weight(part) / weights : 1.0 / parts.size();
      long most =
          queued >= bound
              ? bound * part.holding.queued / Math.max(1, queued)
              : part.holding.queued + (long) ((bound - queued) * rest);
      part.holding.queueBound = (int) Math.max(Math.min(1, bound), most);
    }
  }

  /** Of each router's slots, as many are its share as it would have if all had equally many. */
  private void shareOut(int slots, int routers) {
    int fair = ledger.isStrict() ? 0 : slots / Math.max(1, routers);
    for (Part part : parts) {
      ledger.share(part.member, part.member.leaving ? 0 : fair, version);
    }
  }
}
