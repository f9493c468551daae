package io.fairlead.router.control;

import io.fairlead.router.election.Standing;

/**
 * Who leads at one moment.
 *
 * @param self who this router is
 * @param changes how often it began or ceased to lead
 */
public record LeaderState(String self, Standing standing, long changes) {
  /** Returns what {@code leadership} says at {@code nowNanos}. */
  public static LeaderState of(Leadership leadership, long nowNanos) {
    return new LeaderState(leadership.self(), leadership.standing(nowNanos), leadership.changes());
  }

  /** Returns whether this router leads. */
  public boolean leads() {
    return standing instanceof Standing.Leader;
  }

  /** Returns the sentence of the status page. */
  public String text() {
    return switch (standing) {
      case Standing.Leader leader when leader.term() == 0 -> "this router, there is no other";
      case Standing.Leader leader -> "this router, " + self + ", in term " + leader.term();
      case Standing.Follower follower -> follower.holder() + ", in term " + follower.term();
      case Standing.Leaderless _ -> "nobody that is known";
    };
  }
}
