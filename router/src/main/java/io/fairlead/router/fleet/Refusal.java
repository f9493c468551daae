package io.fairlead.router.fleet;

/**
 * Why a heartbeat or a handover is not followed.
 *
 * @param epoch of who refuses, as far as it knows
 * @param detail one sentence, what was wrong and what was expected
 */
public record Refusal(Reason reason, long epoch, String detail) implements Answer {
  /** What was wrong. */
  public enum Reason {
    /** The two have no version of the protocol in common. */
    VERSION,
    /** Who was asked is not the coordinator, or not sure any more that it is. */
    NOT_COORDINATOR,
    /** Meant for the coordinator of another epoch. */
    EPOCH,
    /** A sequence number that was there before. */
    REPLAYED,
    /** A life of a router that was followed by another. */
    OLD_INCARNATION,
    /** Another router of that name is alive. */
    DUPLICATE,
    /** There are as many routers as there may be. */
    TOO_MANY_ROUTERS,
    /** It claims slots that were not granted; the rest of what it says is followed. */
    OVERCLAIMED,
    /** What came is not a message of this protocol. */
    MALFORMED
  }

  public Refusal {
    Protocol.range("epoch", epoch, 0, Long.MAX_VALUE);
    detail = detail.length() > 500 ? detail.substring(0, 500) : detail;
  }
}
