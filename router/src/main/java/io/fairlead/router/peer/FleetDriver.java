package io.fairlead.router.peer;

import io.fairlead.router.control.FleetState;
import io.fairlead.router.control.Leadership;
import io.fairlead.router.control.Snapshots;
import io.fairlead.router.dispatch.LeaseWatch;
import io.fairlead.router.election.Standing;
import io.fairlead.router.fleet.Answer;
import io.fairlead.router.fleet.FleetLoad;
import io.fairlead.router.fleet.FleetSettings;
import io.fairlead.router.fleet.Handover;
import io.fairlead.router.fleet.Lessee;
import io.fairlead.router.fleet.LocalSlots;
import io.fairlead.router.fleet.Refusal.Reason;
import io.fairlead.router.model.DeploymentKey;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the two halves of a router that shares its slots, {@link Lessee} and, while it leads, {@link
 * io.fairlead.router.fleet.Coordinator}: gives them time, carries their messages and tells them who
 * leads. All of that happens on one loop; its methods are for any thread.
 */
public final class FleetDriver implements LeaseWatch, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FleetDriver.class);
  private static final long TICK_MILLIS = 20;
  private static final long ADVANCE_NANOS = 50_000_000;
  private static final long SHOW_NANOS = 200_000_000;
  private static final long PATIENCE_MILLIS = 1_000;

  private final PeerName self;
  private final PeerNetwork network;
  private final PeerServer server;
  private final Leadership leadership;
  private final Snapshots snapshots;
  private final LongSupplier nanos;
  private final PeerProbe probe;
  private final Lessee lessee;
  private final Coordination coordination;
  private final Reporting reporting;
  private final CoordinatorLink link;
  private final CountDownLatch firstGrants = new CountDownLatch(1);
  private final AtomicBoolean hurries = new AtomicBoolean();

  private String holderText = "";
  private @Nullable PeerName holderName;
  private long advancedNanos;
  private long shownNanos;
  private volatile FleetState state;
  private volatile Map<DeploymentKey, FleetLoad> loads = Map.of();

  /**
   * Makes one that does nothing yet.
   *
   * @param server the open port of this router
   * @param client proves who this router is
   * @param leaderIsOver is told who leads no more because its process is gone
   * @param slots those of this router's dispatchers
   */
  public FleetDriver(
      PeerName self,
      FleetSettings settings,
      PeerNetwork network,
      PeerServer server,
      SslContext client,
      Leadership leadership,
      Consumer<String> leaderIsOver,
      Snapshots snapshots,
      LocalSlots slots,
      LongSupplier nanos,
      SplittableRandom random) {
    this.self = self;
    this.network = network;
    this.server = server;
    this.leadership = leadership;
    this.snapshots = snapshots;
    this.nanos = nanos;
    this.probe = new PeerProbe(network, router -> leaderIsOver(router, leaderIsOver));
    this.lessee =
        new Lessee(
            self.address().toString(), self.incarnation(), settings, slots, nanos.getAsLong());
    this.coordination = new Coordination(self, settings, network, nanos, this::granted);
    this.reporting =
        new Reporting(lessee, network, nanos, coordination, this::inherit, firstGrants::countDown);
    this.link =
        new CoordinatorLink(
            self.address(), self.incarnation(), network, client, nanos, random, reporting);
    this.state = show();
  }

  /** Begins. */
  public void start() {
    server.serve(self.incarnation(), coordination);
    network.loop().execute(() -> reporting.begin(link));
    var _ =
        network
            .loop()
            .scheduleWithFixedDelay(
                () -> attempt(this::tick), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Waits until there were slots to use; returns whether there were in time. */
  public boolean awaitGrants(Duration patience) throws InterruptedException {
    return firstGrants.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** A loop would quietly drop a task that throws. */
  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      LOG.error("a bug: what is shared with other routers may be late", e);
    }
  }

  private void tick() {
    long now = nanos.getAsLong();
    look(now);
    if (coordination.serve(snapshots.current().state())) {
      reporting.hurry();
    }
    if (now - advancedNanos >= ADVANCE_NANOS) {
      advancedNanos = now;
      coordination.advance();
    }
    reporting.beatSoon();
    if (now - shownNanos >= SHOW_NANOS) {
      shownNanos = now;
      state = show();
      loads = Map.copyOf(coordination.loads());
    }
  }

  /** Looks who leads. */
  private void look(long now) {
    switch (leadership.standing(now)) {
      case Standing.Leader leader -> {
        coordination.lead(leader.term(), leader.validUntilNanos());
        reporting.followItself(self, leader.term());
      }
      case Standing.Follower follower -> {
        PeerName holder = named(follower.holder());
        coordination.follow(follower.holder());
        if (holder != null && !holder.equals(self)) {
          reporting.follow(holder, follower.term());
          if (!reporting.isConnected()) {
            probe.ask(Set.of(holder.address().toString()), now);
          }
        } else {
          reporting.followNobody();
        }
      }
      case Standing.Leaderless _ -> {
        coordination.resign();
        reporting.followNobody();
      }
    }
  }

  /** Nearly always the one of the last look. */
  private @Nullable PeerName named(String holder) {
    if (!holder.equals(holderText)) {
      holderText = holder;
      holderName = PeerName.parse(holder);
    }
    return holderName;
  }

  private void leaderIsOver(String router, Consumer<String> told) {
    if (leadership.standing(nanos.getAsLong()) instanceof Standing.Follower follower
        && follower.holder().startsWith(router + "_")) {
      told.accept(follower.holder());
    }
  }

  private void granted(Answer answer) {
    reporting.answered(answer);
  }

  private void inherit(Handover handover) {
    LOG.info("coordinator of epoch {} ends, and leaves its table here", handover.epoch());
    coordination.inherit(handover);
  }

  @Override
  public void urgent() {
    if (network.loop().inEventLoop()) {
      lessee.hurry(); // what is going on there looks for it when it is done
    } else if (hurries.compareAndSet(false, true)) {
      network
          .loop()
          .execute(
              () -> {
                hurries.set(false);
                attempt(reporting::hurry);
              });
    }
  }

  /**
   * Takes on which routers there are.
   *
   * @param complete whether no other can hold a slot
   */
  public void peers(Set<String> routers, boolean complete) {
    network.loop().execute(() -> coordination.peers(routers, complete));
  }

  /**
   * Grants nothing any more, if this router is the coordinator, and tells another who holds what.
   *
   * @return who should lead next; empty if there is nobody
   */
  public String handOver() throws InterruptedException {
    return onLoop(
        () -> {
          PeerName heir = coordination.handOver();
          if (heir != null) {
            reporting.follow(heir, lessee.epoch() + 1);
          }
          return heir == null ? "" : heir.toString();
        },
        "");
  }

  /** The router is about to end: what comes free is given back. */
  public void leave() {
    network.loop().execute(reporting::leave);
  }

  private <T> T onLoop(Callable<T> task, T otherwise) throws InterruptedException {
    try {
      return network.loop().submit(task).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("nobody to hand over to", e);
      return otherwise;
    }
  }

  private FleetState show() {
    Map<String, Long> refusals = new TreeMap<>();
    for (Reason reason : Reason.values()) {
      refusals.put(
          reason.name().toLowerCase(Locale.ROOT),
          lessee.refused(reason) + coordination.refused(reason));
    }
    Map<String, Long> cuts = new TreeMap<>();
    for (Cut cut : Cut.values()) {
      cuts.put(cut.name().toLowerCase(Locale.ROOT), server.cuts(cut));
    }
    return new FleetState(
        self.address().toString(),
        server.connected(),
        reporting.coordinator(),
        reporting.isConnected(),
        nanos.getAsLong() - reporting.sinceNanos(),
        lessee.isLeased(nanos.getAsLong()),
        reporting.slots(),
        coordination.inDoubt(),
        reporting.heartbeats(),
        reporting.grants(),
        refusals,
        cuts);
  }

  /** Returns how this router shares its slots, as it was a moment ago. */
  public FleetState state() {
    return state;
  }

  /**
   * Returns what is asked of a deployment over all routers, as it was a moment ago; null if this
   * router is not the coordinator.
   */
  public @Nullable FleetLoad load(DeploymentKey key) {
    return loads.get(key);
  }

  /** Says nothing any more. */
  @Override
  public void close() {
    if (!network.loop().isShuttingDown()) {
      network.loop().submit(link::close).awaitUninterruptibly(PATIENCE_MILLIS);
    }
  }
}
