package io.fairlead.router.peer;

import io.fairlead.router.fleet.Answer;
import io.fairlead.router.fleet.Coordinator;
import io.fairlead.router.fleet.FleetLoad;
import io.fairlead.router.fleet.FleetSettings;
import io.fairlead.router.fleet.Grants;
import io.fairlead.router.fleet.Handover;
import io.fairlead.router.fleet.Heartbeat;
import io.fairlead.router.fleet.Protocol;
import io.fairlead.router.fleet.Refusal;
import io.fairlead.router.fleet.Refusal.Reason;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this router does for all of them while it is the coordinator: hears them, grants, looks for
 * those that are gone. Runs on the loop.
 */
final class Coordination implements PeerListener {
  private static final Logger LOG = LoggerFactory.getLogger(Coordination.class);

  private static final int MOST_REMEMBERED = 2 * Protocol.MOST_REPLICAS;

  private final PeerName self;
  private final FleetSettings settings;
  private final LongSupplier nanos;
  private final Consumer<Answer> own;
  private final PeerProbe probe;

  private final Map<String, Peer> present = new LinkedHashMap<>();
  private final Set<String> leaving = new HashSet<>();

  /** Who was told something since the last report came; it says all that an answer would. */
  private final Set<String> told = new HashSet<>();

  /** Who was connected once: which life. */
  private final Map<String, Long> lives = new HashMap<>();

  private final Set<String> over = new HashSet<>();
  private Set<String> listed = Set.of();
  private boolean complete;
  private ClusterState served = ClusterState.EMPTY;

  /** Those that were served once; beyond so many only those of now. */
  private final Set<Replica> everServed = new HashSet<>();

  private String known = "";
  private @Nullable Coordinator acting;
  private @Nullable Handover inherited;

  /** In epochs that are over. */
  private final Map<Reason, Long> refused = new EnumMap<>(Reason.class);

  /**
   * Is not the coordinator yet.
   *
   * @param own takes what this router is granted by itself
   */
  Coordination(
      PeerName self,
      FleetSettings settings,
      PeerNetwork network,
      LongSupplier nanos,
      Consumer<Answer> own) {
    this.self = self;
    this.settings = settings;
    this.nanos = nanos;
    this.own = own;
    this.probe = new PeerProbe(network, this::isOver);
  }

  // ---- the role

  /** This router is the coordinator of {@code epoch} until then. */
  void lead(long epoch, long validUntilNanos) {
    Coordinator now = acting;
    if (now != null && now.epoch() == epoch) {
      now.renewed(validUntilNanos);
      return;
    }
    Handover before = inherited != null && inherited.epoch() == epoch - 1 ? inherited : null;
    LOG.info(
        "coordinator of epoch {}{}", epoch, before == null ? "" : ", with the table of the last");
    resign();
    over.clear();
    acting =
        new Coordinator(
            self.address().toString(), epoch, settings, before, validUntilNanos, nanos.getAsLong());
    acting.served(everServed);
    if (!listed.isEmpty()) {
      acting.peers(listed, complete);
    }
    acting.deployments(served.deployments(), nanos.getAsLong());
    tell();
  }

  /** It is not, as far as is known. */
  void resign() {
    Coordinator last = acting;
    acting = null;
    if (last != null) {
      for (Reason reason : Reason.values()) {
        refused.merge(reason, last.refused(reason), Long::sum);
      }
    }
  }

  /** Another one is. */
  void follow(String coordinator) {
    known = coordinator;
    resign();
  }

  /** The coordinator before has told who holds what; the role may be here sooner than that. */
  void inherit(Handover handover) {
    inherited = handover;
    if (acting != null) {
      acting.inherit(handover, nanos.getAsLong());
      tell();
    }
  }

  /**
   * Grants nothing any more and sends its table to a router that is connected.
   *
   * @return who that is; null if there is nobody, or this router is not the coordinator
   */
  @Nullable PeerName handOver() {
    Coordinator now = acting;
    if (now == null || !now.isValid(nanos.getAsLong())) {
      return null;
    }
    Handover table = now.handOver();
    for (Peer peer : present.values()) {
      PeerName heir = peer.name();
      if (!leaving.contains(peer.router())) {
        peer.send(table);
        LOG.info("the role goes to {}", heir);
        return heir;
      }
    }
    return null;
  }

  // ---- the world

  void peers(Set<String> routers, boolean areAll) {
    Set<String> all = new HashSet<>(routers);
    all.add(self.address().toString());
    listed = Set.copyOf(all);
    complete = areAll;
    lives.keySet().removeIf(router -> !all.contains(router) && !present.containsKey(router));
    if (acting != null) {
      acting.peers(listed, complete);
    }
  }

  /** Returns whether that is news. */
  boolean serve(ClusterState state) {
    if (state.version() == served.version()) {
      return false;
    }
    served = state;
    remember(state);
    if (acting != null) {
      acting.deployments(state.deployments(), nanos.getAsLong());
      tell();
    }
    return true;
  }

  private void remember(ClusterState state) {
    if (everServed.size() > MOST_REMEMBERED) {
      everServed.clear();
    }
    state.deployments().forEach(deployment -> everServed.addAll(deployment.replicas()));
  }

  /** Lets time pass. */
  void advance() {
    Coordinator now = acting;
    if (now == null) {
      return;
    }
    now.advance(nanos.getAsLong());
    tell();
    Set<String> absent = new HashSet<>(listed);
    absent.addAll(lives.keySet());
    absent.removeAll(present.keySet());
    absent.removeAll(over);
    absent.remove(self.address().toString());
    probe.ask(absent, nanos.getAsLong());
  }

  private void isOver(String router) {
    Coordinator now = acting;
    if (now != null && !present.containsKey(router) && over.add(router)) {
      LOG.info("router {} is over", router);
      Long life = lives.remove(router);
      now.ended(router, life == null ? 0 : life, nanos.getAsLong());
      tell();
    }
  }

  // ---- the routers

  @Override
  public void arrived(Peer peer) {
    present.put(peer.router(), peer);
    lives.put(peer.router(), peer.name().incarnation());
    over.remove(peer.router());
    leaving.remove(peer.router());
  }

  @Override
  public void heard(Peer peer, Heartbeat heartbeat) {
    if (heartbeat.leaving()) {
      leaving.add(peer.router());
    }
    told.clear();
    Answer answer = answer(heartbeat);
    tell(); // first who is asked for slots: somebody waits for them
    if (!told.contains(peer.router())) {
      peer.send(answer);
    }
  }

  /** Answers a report; grants for others that follow from it are told later, by {@link #tell}. */
  Answer answer(Heartbeat heartbeat) {
    Coordinator now = acting;
    return now != null
        ? now.heartbeat(heartbeat, nanos.getAsLong())
        : new Refusal(
            Reason.NOT_COORDINATOR,
            0,
            self.address()
                + " is not the coordinator; "
                + (known.isEmpty() ? "nobody" : known)
                + " is");
  }

  /**
   * Tells those who should not wait until they report again. Itself first: what this router gives
   * back, it does at once, and it is granted with the same message.
   */
  void tell() {
    Coordinator now = acting;
    if (now == null) {
      return;
    }
    Grants first = now.toTell(self.address().toString(), nanos.getAsLong());
    if (first != null) {
      own.accept(first);
    }
    for (Grants grants : now.toTell(nanos.getAsLong())) {
      Peer peer = present.get(grants.router());
      if (peer != null) {
        peer.send(grants);
        told.add(grants.router());
      }
    }
  }

  @Override
  public void left(Peer peer) {
    present.remove(peer.router(), peer);
    if (acting != null) {
      acting.disconnected(peer.router(), peer.name().incarnation());
    }
  }

  // ---- what is shown

  long refused(Reason reason) {
    long before = refused.getOrDefault(reason, 0L);
    return before + (acting == null ? 0 : acting.refused(reason));
  }

  int inDoubt() {
    return acting == null ? 0 : acting.inDoubt();
  }

  /** Returns what is asked of each deployment; empty if this router is not the coordinator. */
  Map<DeploymentKey, FleetLoad> loads() {
    Map<DeploymentKey, FleetLoad> loads = new HashMap<>();
    if (acting != null) {
      for (Deployment deployment : served.deployments()) {
        FleetLoad load = acting.load(deployment.key());
        if (load != null) {
          loads.put(deployment.key(), load);
        }
      }
    }
    return loads;
  }
}
