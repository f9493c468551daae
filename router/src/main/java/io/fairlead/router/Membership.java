package io.fairlead.router;

import io.fairlead.router.config.LeaseSettings;
import io.fairlead.router.config.PeerSettings;
import io.fairlead.router.config.Settings;
import io.fairlead.router.control.Controller;
import io.fairlead.router.control.Leadership;
import io.fairlead.router.control.LeaseStore;
import io.fairlead.router.election.LeaseTimes;
import io.fairlead.router.lease.LeaseFile;
import io.fairlead.router.proxy.Transport;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this router takes part in with others: the election of the one that leads, and the sharing
 * of slots. On its own it leads and keeps all slots.
 */
final class Membership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  /** What a slow store may add to a drain. */
  private static final Duration PATIENCE_TO_RELEASE = Duration.ofSeconds(2);

  private final @Nullable Fleet fleet;
  private final @Nullable LeaderElection election;
  private final Leadership leadership;
  private final LongSupplier nanos;

  private Membership(
      @Nullable Fleet fleet,
      @Nullable LeaderElection election,
      Leadership leadership,
      LongSupplier nanos) {
    this.fleet = fleet;
    this.election = election;
    this.leadership = leadership;
    this.nanos = nanos;
  }

  /**
   * Opens the port for peers, if there are any; nothing is taken part in yet.
   *
   * @throws StartFailure if it is taken, or its certificate cannot be used
   */
  static Membership open(
      Settings settings,
      @Nullable ClusterSource cluster,
      Transport transport,
      Clock clock,
      LongSupplier nanos)
      throws StartFailure {
    var random = new SecureRandom();
    PeerSettings peer = settings.peer();
    LeaseSettings lease = settings.lease();
    Fleet fleet = peer == null ? null : Fleet.open(peer, lease, transport, nanos, random);
    String self = fleet == null ? RouterName.make(random) : fleet.name();
    LeaseStore store = store(lease, cluster);
    if (store == null) {
      return new Membership(fleet, null, Leadership.alone(self), nanos);
    }
    LeaseTimes times = LeaseTimes.of(lease.duration());
    var chance = new SplittableRandom(random.nextLong());
    var election = new LeaderElection(self, store, times, clock, nanos, chance);
    return new Membership(fleet, election, election, nanos);
  }

  private static @Nullable LeaseStore store(LeaseSettings lease, @Nullable ClusterSource cluster) {
    if (cluster != null) {
      return cluster.lease(lease.name());
    }
    return lease.file() == null ? null : new LeaseFile(lease.file());
  }

  /** Returns with whom this router shares slots; null if with nobody. */
  @Nullable Fleet fleet() {
    return fleet;
  }

  /** Returns who leads: for whoever acts for all routers. */
  Leadership leadership() {
    return leadership;
  }

  boolean leads() {
    return leadership.leads(nanos.getAsLong());
  }

  /** Looks once at a store that should answer: else nobody would be elected. */
  void checkStore() throws StartFailure {
    if (election != null) {
      election.checkStore();
    }
  }

  /** Begins to take part, in both: whoever leads knows what slots there are. */
  void join(Controller controller) throws StartFailure {
    if (election != null) {
      election.start();
    }
    if (fleet == null) {
      return;
    }
    try {
      fleet.start(controller, leadership, election == null ? holder -> {} : election::isOver);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted while waiting for the first slots");
    }
  }

  /** Looks after what it shows its peers. Called by the control thread. */
  void turn(ReloadLog reloads) {
    if (fleet != null) {
      fleet.turn(reloads);
    }
  }

  /** Ceases to lead, and to coordinate. */
  void handOver() throws InterruptedException {
    String heir = fleet == null ? "" : fleet.handOver();
    if (election != null && !election.release(heir, PATIENCE_TO_RELEASE)) {
      LOG.warn("the lease could not be given back: it runs out");
    }
  }

  /** Gives slots back from now on. */
  void leave() {
    if (fleet != null) {
      fleet.leave();
    }
  }

  /** Ends the election; peers may ask until {@link #close}. */
  void endElection() {
    if (election != null) {
      election.close();
    }
  }

  /** Closes the port for peers: whoever is refused there may take it that nothing runs any more. */
  @Override
  public void close() {
    if (fleet != null) {
      fleet.close();
    }
  }
}
