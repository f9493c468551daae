package io.fairlead.router.dispatch;

/** How many hedges of one deployment ended in which way. */
public record HedgeCounts(long won, long lost, long failed, long abandoned) {
  /** None yet. */
  public static final HedgeCounts NONE = new HedgeCounts(0, 0, 0, 0);

  /** Returns these and one more. */
  HedgeCounts plus(HedgeResult result) {
    return switch (result) {
      case WON -> new HedgeCounts(won + 1, lost, failed, abandoned);
      case LOST -> new HedgeCounts(won, lost + 1, failed, abandoned);
      case FAILED -> new HedgeCounts(won, lost, failed + 1, abandoned);
      case ABANDONED -> new HedgeCounts(won, lost, failed, abandoned + 1);
    };
  }
}
