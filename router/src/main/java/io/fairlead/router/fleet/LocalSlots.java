package io.fairlead.router.fleet;

import java.util.List;

/** The slots of one router, as its {@link Lessee} steers them. */
public interface LocalSlots {
  /**
   * Gives back what is to be given back, then says how each limited deployment stands. What is
   * reported as held does not grow before the next {@link #allow}.
   */
  List<DeploymentReport> report(long nowNanos);

  /**
   * Lets each deployment use what is granted, and nothing where nothing is, until {@code
   * untilNanos}; from then on the share.
   */
  void allow(List<DeploymentGrant> grants, long untilNanos, long nowNanos);
}
