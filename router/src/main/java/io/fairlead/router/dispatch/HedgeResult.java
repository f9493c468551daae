package io.fairlead.router.dispatch;

/** What became of a hedge: a second attempt beside one that is slow. */
public enum HedgeResult {
  /** Its response began first. */
  WON,
  /** The other one's did. */
  LOST,
  /** It ended without a response. */
  FAILED,
  /** The caller left, or the time ran out, before either response began. */
  ABANDONED
}
