package io.fairlead.router.peer;

import io.fairlead.router.fleet.Answer;
import io.fairlead.router.fleet.Handover;

/**
 * A router that reports to this one, for as long as their connection lasts. For the loop's thread.
 */
public interface Peer {
  /** Its address, by which routers call each other. */
  String router();

  /** Who it is in the election. */
  PeerName name();

  /** Answers it. Of grants that it cannot take yet, only the last are kept. */
  void send(Answer answer);

  /** Tells it what it needs to know to be the next coordinator. */
  void send(Handover handover);
}
