package io.fairlead.router.peer;

import io.fairlead.router.fleet.Refusal.Reason;

/** Why this router ended a conversation that another one had begun, or wanted to begin. */
public enum Cut {
  /** It said something else than hello first, or nothing in time. */
  NO_HELLO(Reason.MALFORMED),
  /** The two have no version of the protocol in common. */
  VERSION(Reason.VERSION),
  /** Its certificate is for another address than the one it says it has. */
  CERTIFICATE(Reason.MALFORMED),
  /** Another one of that address is there, with another certificate. */
  DUPLICATE(Reason.DUPLICATE),
  /** There are as many routers as there may be. */
  TOO_MANY(Reason.TOO_MANY_ROUTERS),
  /** It said something that is not of the protocol. */
  MALFORMED(Reason.MALFORMED),
  /** It reported for another router, or another life, than it had said it was. */
  IMPOSTOR(Reason.MALFORMED),
  /** It said more than a router has to say, or did so a moment ago. */
  FLOOD(Reason.MALFORMED),
  /** It was not heard any more. */
  SILENT(Reason.MALFORMED),
  /** It has begun a new conversation. */
  REPLACED(Reason.DUPLICATE),
  /** This router ends. */
  CLOSING(Reason.NOT_COORDINATOR);

  private final Reason reason;

  Cut(Reason reason) {
    this.reason = reason;
  }

  /** Returns what the other side is told. */
  Reason reason() {
    return reason;
  }
}
