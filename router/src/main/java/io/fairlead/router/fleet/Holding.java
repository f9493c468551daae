package io.fairlead.router.fleet;

import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a coordinator knows of one router in one deployment: its claims, and what it has said of its
 * load. A router that says nonsense is taken to have said the most that makes sense.
 */
final class Holding {
  private static final int MOST_REQUESTS = 1_000_000;
  private static final long MOST_WAIT_MILLIS = 86_400_000;
  private static final double MOST_RATE = 1_000_000;

  /** Over so long a rate is a mean: what was before counts for a third of itself then. */
  private static final double RATE_NANOS = 1e9;

  final Map<Replica, Claim> claims = new LinkedHashMap<>();

  /** Whether the router has said in this epoch what it holds. */
  boolean heard;

  int inUse;
  int queued;

  /** How many of those wait for good. */
  long staying;

  long oldestWaitMillis;

  /** How many requests had come to the router when it said that. */
  private long known;

  /** Requests per second, of late. */
  double rate;

  private long heardNanos;
  private long arrivals;
  private long atNanos;

  // what it is told
  int keep = Integer.MAX_VALUE;
  int keepIdle = Integer.MAX_VALUE;
  private int queueBound;
  private int queueMost;

  /** The first of them as it was told last. */
  int toldBound;

  /** How many may stay of those who wait, and since which grants. */
  private long promised;

  private long promisedAt;

  /** How many slots it is asked for once they are idle, and how many whoever waits. */
  int less;

  int lessNow;

  /** Returns whether somebody might get another number of slots because of {@code report}. */
  boolean isNews(DeploymentReport report) {
    return !heard
        || requests(report.inUse()) != inUse
        || requests(report.queued()) != queued
        || staying(report) != staying;
  }

  /**
   * Takes over what a router says of its load.
   *
   * @param seen the newest grants that it follows
   */
  void demand(DeploymentReport report, long seen, long nowNanos) {
    inUse = requests(report.inUse());
    queued = requests(report.queued());
    staying = staying(report);
    if (seen < promisedAt) { // it could not know
      staying = Math.max(staying, Math.min(promised, queued));
    }
    oldestWaitMillis = Math.min(report.oldestWaitMillis(), MOST_WAIT_MILLIS);
    known = report.arrivals();
    heardNanos = nowNanos;
    if (!heard) {
      arrivals = report.arrivals();
      atNanos = nowNanos;
    } else if (nowNanos - atNanos >= 50_000_000) { // less says little
      double passed = nowNanos - atNanos;
      double newest = (report.arrivals() - arrivals) * 1e9 / passed;
      rate += (Math.clamp(newest, 0, MOST_RATE) - rate) * -Math.expm1(-passed / RATE_NANOS);
      arrivals = report.arrivals();
      atNanos = nowNanos;
    }
    heard = true;
  }

  private int staying(DeploymentReport report) {
    int said = report.staying() < 0 ? toldBound : report.staying();
    return Math.min(said, requests(report.queued()));
  }

  /** Slots were found for so many of those who wait, and who may stay came first. */
  void serve(int requests) {
    queued -= requests;
    staying = Math.max(0, staying - requests);
    inUse += requests;
  }

  /** Returns how long ago the router said that. */
  long silentMillis(long nowNanos) {
    return (nowNanos - heardNanos) / 1_000_000;
  }

  /** Returns how long the first of those who wait has waited; -1 if nobody does. */
  long waitedMillis(long nowNanos) {
    return queued > 0 ? oldestWaitMillis + Math.max(0, nowNanos - heardNanos) / 1_000_000 : -1;
  }

  private static int requests(int said) {
    return Math.min(said, MOST_REQUESTS);
  }

  int demand() {
    return inUse + queued;
  }

  /** Returns how many slots it may hold. */
  int granted() {
    long granted = 0;
    for (Claim claim : claims.values()) {
      granted += claim.granted;
    }
    return (int) Math.min(granted, Integer.MAX_VALUE);
  }

  /** Returns how many slots it may use. */
  int allowed() {
    long allowed = 0;
    for (Claim claim : claims.values()) {
      allowed += claim.allowed;
    }
    return (int) Math.min(allowed, Integer.MAX_VALUE);
  }

  /** Sets how many of its slots are its share. */
  void share(int wanted, long version) {
    int left = wanted;
    for (Claim claim : claims.values()) { // what is its share already stays so
      claim.share = Math.min(Math.min(claim.share, claim.allowed), left);
      left -= claim.share;
    }
    for (Claim claim : claims.values()) {
      int more = Math.min(claim.allowed - claim.share, left);
      if (more > 0) {
        claim.share += more;
        claim.shareMost = Math.max(claim.shareMost, claim.share);
        claim.raisedAt = version;
        left -= more;
      }
    }
  }

  /** Sets how many may stay of those who wait, and how many more may come. */
  void queue(long newStaying, int bound, int most, long version) {
    if (newStaying > staying) {
      promised = newStaying;
      promisedAt = version;
    }
    staying = newStaying;
    queueBound = bound;
    queueMost = most;
  }

  /** Returns what to tell the router of {@code deployment}; it turns away who may not wait then. */
  DeploymentGrant grant(DeploymentKey deployment) {
    toldBound = queueBound;
    queued = (int) Math.max(staying, Math.min(queued, queueMost));
    List<Slots> replicas = new ArrayList<>(claims.size());
    claims.forEach(
        (replica, claim) -> {
          if (claim.allowed > 0) {
            replicas.add(new Slots(replica, claim.allowed, claim.share, claim.raisedAt));
          }
        });
    return new DeploymentGrant(deployment, replicas, keep, keepIdle, queueBound, queueMost, known);
  }

  /** Returns the most that it may hold. */
  List<Slots> held() {
    List<Slots> held = new ArrayList<>(claims.size());
    claims.forEach(
        (replica, claim) -> {
          if (claim.granted > 0) {
            held.add(new Slots(replica, claim.granted, claim.shareMost));
          }
        });
    return held;
  }

  /** Returns whether there is a slot that it may hold. */
  boolean holdsAny() {
    for (Claim claim : claims.values()) {
      if (claim.granted > 0) {
        return true;
      }
    }
    return false;
  }
}
