package io.fairlead.router.peer;

import io.fairlead.router.fleet.Heartbeat;

/** Hears what routers report. Called on the loop. */
public interface PeerListener {
  /** A router has connected and said who it is. */
  void arrived(Peer peer);

  /** It reports. */
  void heard(Peer peer, Heartbeat heartbeat);

  /** Its connection is gone. */
  void left(Peer peer);
}
