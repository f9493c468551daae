package io.fairlead.router.peer;

import io.fairlead.router.fleet.DeploymentReport;
import io.fairlead.router.fleet.Heartbeat;

/**
 * How much one peer may say: a bucket of messages that fills at a steady pace. A router that is
 * asked for much has up to 800 urgent reports a second to say, by its own clock. A large report
 * counts as several: it is the work that they make which is bounded.
 */
final class Pace {
  static final int PER_SECOND = 1_000;
  static final int BURST = 2_000;

  /** So many replicas more in a message are one message more. */
  private static final int REPLICAS = 1_000;

  private static final long NANOS_EACH = 1_000_000_000L / PER_SECOND;

  private long emptyAtNanos;

  Pace(long nowNanos) {
    emptyAtNanos = nowNanos;
  }

  /** Returns how many messages a report counts as. */
  static int cost(Heartbeat report) {
    int replicas = 0;
    for (DeploymentReport deployment : report.deployments()) {
      replicas += deployment.replicas().size();
    }
    return 1 + replicas / REPLICAS;
  }

  /** Returns whether so many more are in order. */
  boolean allows(int messages, long nowNanos) {
    if (emptyAtNanos - nowNanos < 0) {
      emptyAtNanos = nowNanos;
    }
    emptyAtNanos += messages * NANOS_EACH;
    return emptyAtNanos - nowNanos <= BURST * NANOS_EACH;
  }
}
