package io.fairlead.router.election;

/** Who leads, as far as one router knows at one moment. */
public sealed interface Standing {
  /**
   * This router does.
   *
   * @param term greater than that of every leader before
   * @param validUntilNanos it ends then by itself, unless it is renewed
   */
  record Leader(long term, long validUntilNanos) implements Standing {}

  /** Another one does, or did a moment ago. */
  record Follower(String holder, long term) implements Standing {}

  /** Nobody is known to lead. */
  record Leaderless() implements Standing {}
}
