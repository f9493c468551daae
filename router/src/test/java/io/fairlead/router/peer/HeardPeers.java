package io.fairlead.router.peer;

import io.fairlead.router.fleet.Heartbeat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A coordinator that notes what it hears, and grants nothing to everybody. */
final class HeardPeers implements PeerListener {
  final List<String> events = new CopyOnWriteArrayList<>();
  final List<Heartbeat> heartbeats = new CopyOnWriteArrayList<>();
  final Map<String, Peer> present = new ConcurrentHashMap<>();
  private volatile String self = "nobody";

  void answerAs(String router) {
    self = router;
  }

  @Override
  public void arrived(Peer peer) {
    events.add("arrived " + peer.router());
    present.put(peer.router(), peer);
  }

  @Override
  public void heard(Peer peer, Heartbeat heartbeat) {
    heartbeats.add(heartbeat);
    peer.send(Samples.grants(self, heartbeat));
  }

  @Override
  public void left(Peer peer) {
    events.add("left " + peer.router());
    present.remove(peer.router(), peer);
  }
}
