package io.fairlead.router.control;

import io.fairlead.router.election.Standing;

/**
 * Who leads the routers, told to whoever acts for all of them: the coordinator of slots, the
 * autoscaler, whoever writes status. Thread-safe.
 *
 * <p>Ask again before each act: that this router leads is true until {@link
 * Standing.Leader#validUntilNanos} and not a moment longer. What is written elsewhere carries the
 * {@link Standing.Leader#term}, so that a late act of an old leader can be told.
 */
public interface Leadership {
  /** Returns who leads, as far as is known at {@code nowNanos}, in the router's own time. */
  Standing standing(long nowNanos);

  /** Returns who this router is in {@link Standing.Follower#holder} of the others. */
  String self();

  /** Returns how often this router began or ceased to lead. */
  long changes();

  /** Returns whether there are other routers than the one that leads, as far as it was told. */
  boolean hasOthers();

  /** Returns whether this router leads. */
  default boolean leads(long nowNanos) {
    return standing(nowNanos) instanceof Standing.Leader;
  }

  /** Returns that of a router which has no others: it leads for good, in term 0. */
  static Leadership alone(String self) {
    return new Leadership() {
      @Override
      public Standing standing(long nowNanos) {
        return new Standing.Leader(0, nowNanos + Long.MAX_VALUE / 2);
      }

      @Override
      public String self() {
        return self;
      }

      @Override
      public long changes() {
        return 0;
      }

      @Override
      public boolean hasOthers() {
        return false;
      }
    };
  }
}
