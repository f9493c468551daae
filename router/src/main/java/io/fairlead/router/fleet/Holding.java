package io.fairlead.router.fleet;

import io.fairlead.router.model.Replica;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a coordinator knows of one router in one deployment. Plain fields of its ledger. */
final class Holding {
  /** How much of a rate the newest measurement makes up. */
  private static final double NEWEST = 0.3;

  final Map<Replica, Claim> claims = new LinkedHashMap<>();

  /** Whether the router has said in this epoch what it holds. */
  boolean heard;

  int inUse;
  int queued;
  long oldestWaitMillis;

  /** Requests per second, of late. */
  double rate;

  private long heardNanos;
  private long arrivals;
  private long atNanos;

  // what it is told
  int keep = Integer.MAX_VALUE;
  int keepIdle = Integer.MAX_VALUE;
  int queueBound;

  /** How many slots it is asked for once they are idle, and how many whoever waits. */
  int less;

  int lessNow;

  /** Returns what the router has of a replica. */
  Claim claim(Row row) {
    return claims.computeIfAbsent(row.replica, replica -> new Claim(row));
  }

  /** Returns whether somebody might get another number of slots because of {@code report}. */
  boolean isNews(DeploymentReport report) {
    return !heard || report.inUse() != inUse || report.queued() != queued;
  }

  void demand(DeploymentReport report, long nowNanos) {
    inUse = report.inUse();
    queued = report.queued();
    oldestWaitMillis = report.oldestWaitMillis();
    heardNanos = nowNanos;
    if (!heard) {
      arrivals = report.arrivals();
      atNanos = nowNanos;
    } else if (nowNanos - atNanos >= 50_000_000) { // less says little
      double newest = (report.arrivals() - arrivals) * 1e9 / (nowNanos - atNanos);
      rate += (Math.max(0, newest) - rate) * NEWEST;
      arrivals = report.arrivals();
      atNanos = nowNanos;
    }
    heard = true;
  }

  /** Slots were found for so many of those who wait. */
  void serve(int requests) {
    queued -= requests;
    inUse += requests;
  }

  /** Returns how long the first of those who wait has waited; -1 if nobody does. */
  long waitedMillis(long nowNanos) {
    return queued > 0 ? oldestWaitMillis + Math.max(0, nowNanos - heardNanos) / 1_000_000 : -1;
  }

  int demand() {
    return (int) Math.min((long) inUse + queued, 1_000_000_000);
  }

  /** Returns how many slots it may hold. */
  int granted() {
    return claims.values().stream().mapToInt(Claim::granted).sum();
  }

  /** Returns how many slots it may use. */
  int allowed() {
    return claims.values().stream().mapToInt(Claim::allowed).sum();
  }
}
