package io.fairlead.router.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.control.FleetSlots;
import io.fairlead.router.control.Snapshot;
import io.fairlead.router.dispatch.DispatchResult;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Outcome;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.dispatch.Rejected;
import io.fairlead.router.dispatch.Ticket;
import io.fairlead.router.dispatch.Waiter;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Limits;
import io.fairlead.router.routing.RouteTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One router of a {@link FleetWorld}: the production classes, and a loop and callers around them.
 */
final class SimRouter {
  private static final Limits.Upstream NO_EJECTION =
      new Limits.Upstream(
          Limits.Upstream.DEFAULT.connect(),
          Limits.Upstream.DEFAULT.idle(),
          1_000,
          512,
          100,
          20,
          10,
          Integer.MAX_VALUE,
          Limits.Upstream.DEFAULT.ejectBase(),
          Limits.Upstream.DEFAULT.ejectMax(),
          Limits.Upstream.DEFAULT.slowStart(),
          Limits.Upstream.DEFAULT.probeEvery(),
          Limits.Upstream.DEFAULT.probeTimeout(),
          Limits.Upstream.DEFAULT.probeFailures());

  final FleetWorld fleet;
  final World world;
  final String id;

  boolean alive;
  long incarnation;
  boolean leaving;
  double rate;
  long serviceNanos = 20 * FleetWorld.MILLI;

  private long pausedUntil;
  private double speed = 1;
  private long offset;

  final List<Dispatcher> dispatchers = new ArrayList<>();
  final List<Deployment> seen = new ArrayList<>();
  final List<Request> requests = new ArrayList<>();
  Lessee lessee;
  @Nullable Coordinator coordinator;
  private @Nullable Handover inherited;
  private String coordinatorId = "";
  private long roleRenewals = -1;
  private long roleChangedAt;
  int slotsHeld;

  SimRouter(FleetWorld fleet, String id) {
    this.fleet = fleet;
    this.world = fleet.world;
    this.id = id;
    this.lessee = lessee();
  }

  private Lessee lessee() {
    return new Lessee(
        id,
        incarnation,
        fleet.shape.pace(),
        fleet.sabotage.slots(new FleetSlots(this::snapshot)),
        local());
  }

  private Snapshot snapshot() {
    return new Snapshot(
        ClusterState.EMPTY,
        RouteTable.compile(ClusterState.EMPTY, key -> 0),
        List.copyOf(dispatchers),
        List.of(),
        List.of());
  }

  // ---- life

  void start() {
    alive = true;
    leaving = false;
    incarnation = world.random.nextLong();
    speed = 1 + (world.random.nextDouble() - 0.5) * 0.04;
    offset = world.random.nextLong();
    dispatchers.clear();
    seen.clear();
    for (Deployment deployment : fleet.deployments) {
      seen.add(deployment);
      dispatchers.add(
          new Dispatcher(
              deployment,
              NO_EJECTION,
              new SplittableRandom(world.random.nextLong()),
              this::urgent,
              local()));
    }
    lessee = lessee();
    coordinator = null;
    inherited = null;
    coordinatorId = "";
    roleRenewals = -1;
    world.note(id + " starts");
    pollAndAgain();
    beatAndAgain();
    advanceAndAgain();
  }

  /** The process is gone, and its connections with it. */
  void kill() {
    if (!alive) {
      return;
    }
    world.note(id + " is killed");
    alive = false;
    pausedUntil = 0;
    for (Request request : List.copyOf(requests)) {
      request.die();
    }
    requests.clear();
    long life = incarnation;
    for (SimRouter other : fleet.routers) {
      // who is connected sees it at once, and is refused when it connects again
      if (other != this) {
        fleet.send(id, other.id, () -> other.run(() -> other.peerDied(id, life)));
      }
    }
  }

  private void peerDied(String peer, long life) {
    if (coordinator != null) {
      coordinator.disconnected(peer, life);
      if (world.chance(fleet.evidence)) {
        world.note(id + " knows that " + peer + " is over");
        coordinator.ended(peer, life, local());
        tell();
      }
    }
  }

  /** SIGTERM: the role is handed over, what runs is finished. */
  void terminate() {
    if (!alive || leaving) {
      return;
    }
    world.note(id + " terminates");
    leaving = true;
    rate = 0;
    lessee.leave();
    if (coordinator != null && coordinator.isValid(local())) {
      Handover handover = coordinator.handOver();
      List<SimRouter> others =
          fleet.routers.stream().filter(router -> router != this && router.alive).toList();
      if (!others.isEmpty()) {
        SimRouter next = others.get(world.random.nextInt(others.size()));
        fleet.send(id, next.id, () -> next.run(() -> next.inherit(handover)));
      }
      world.after(
          5 * FleetWorld.MILLI,
          () ->
              run(
                  () -> {
                    if (!fleet.cutOff.contains(id)) {
                      fleet.role.release(holder());
                    }
                  }));
    }
    urgent();
    later(2 * FleetWorld.SECOND, this::kill);
  }

  private void inherit(Handover handover) {
    inherited = handover;
    poll();
  }

  void revive() {
    if (!alive) {
      start();
    }
  }

  void pause(long nanos) {
    world.note(id + " stops for " + nanos / FleetWorld.MILLI + " ms");
    pausedUntil = world.now + nanos;
  }

  void resume() {
    pausedUntil = 0;
  }

  void jump(long nanos) {
    world.note(id + "'s clock jumps " + nanos / FleetWorld.MILLI + " ms");
    offset += nanos;
  }

  long local() {
    return offset + (long) (world.now * speed);
  }

  String holder() {
    return id + "#" + incarnation;
  }

  /** Does something in this life of the router, once it is not stopped. */
  void run(Runnable what) {
    long life = incarnation;
    if (!alive) {
      return;
    }
    if (pausedUntil > world.now) {
      world.after(
          pausedUntil - world.now,
          () -> {
            if (incarnation == life) {
              run(what);
            }
          });
    } else {
      what.run();
    }
  }

  private void later(long localNanos, Runnable what) {
    long life = incarnation;
    world.after(
        (long) (localNanos / speed),
        () -> {
          if (incarnation == life) {
            run(what);
          }
        });
  }

  // ---- the role

  private void pollAndAgain() {
    poll();
    later(belief() / 5, this::pollAndAgain);
  }

  private long belief() {
    return fleet.shape.pace().belief().toNanos();
  }

  private void poll() {
    if (fleet.cutOff.contains(id)) {
      return;
    }
    Role role = fleet.role;
    long now = local();
    if (role.renewals != roleRenewals) {
      roleRenewals = role.renewals;
      roleChangedAt = now;
    }
    if (role.holder.equals(holder())) {
      if (coordinator != null && !leaving) {
        role.renewals++;
        coordinator.renewed(now + belief() * 3 / 4);
      }
    } else {
      if (coordinator != null) {
        world.note(id + " has lost the role");
        coordinator = null;
      }
      boolean free = role.holder.isEmpty() || now - roleChangedAt >= belief();
      if (free && !leaving && role.take(role.renewals, holder(), id)) {
        roleRenewals = role.renewals;
        lead(role.epoch, now);
      }
    }
    if (!role.holder.isEmpty() && role.epoch > lessee.epoch()) {
      coordinatorId = role.router;
      lessee.follow(role.epoch);
      beatSoon();
    }
  }

  private void lead(long epoch, long now) {
    Handover before =
        fleet.sabotage.table(
            epoch, inherited != null && inherited.epoch() == epoch - 1 ? inherited : null);
    world.note(id + " leads epoch " + epoch + (before == null ? "" : " with a table"));
    coordinator =
        new Coordinator(id, epoch, fleet.shape.pace(), before, now + belief() * 3 / 4, now);
    coordinator.peers(ids(), fleet.shape.peersAreAll());
    coordinator.deployments(seen, now);
    tell();
    Coordinator made = coordinator;
    later(50 * FleetWorld.MILLI, () -> lookAfter(made));
  }

  private Set<String> ids() {
    return fleet.routers.stream().map(router -> router.id).collect(Collectors.toSet());
  }

  private void lookAfter(Coordinator made) {
    if (coordinator == made) {
      coordinator.advance(local());
      tell();
      later(50 * FleetWorld.MILLI, () -> lookAfter(made));
    }
  }

  private void hear(Heartbeat beat) {
    Coordinator acting = coordinator;
    if (acting == null) {
      return;
    }
    Answer answer = acting.heartbeat(beat, local());
    send(beat.router(), answer);
    tell();
  }

  private void tell() {
    fleet.changed = true;
    Coordinator acting = coordinator;
    if (acting != null) {
      for (Grants grants : acting.toTell(local())) {
        send(grants.router(), grants);
      }
    }
  }

  private void take(Answer answer) {
    lessee.answered(answer, local());
    beatSoon(); // an urgent one may have waited for it
  }

  private void send(String to, Answer answer) {
    if (world.keepAll) {
      world.note(id + " to " + to + ": " + answer);
    }
    if (answer instanceof Grants grants) {
      fleet.acts(grants.epoch(), holder());
    }
    SimRouter router = fleet.router(to);
    if (router != null) {
      fleet.send(id, to, () -> router.run(() -> router.take(answer)));
    }
  }

  // ---- the leases

  private void urgent() {
    lessee.hurry();
    beatSoon();
  }

  private void beatSoon() {
    later(Math.max(0, lessee.nextHeartbeatNanos() - local()), this::beatIfDue);
  }

  private void beatIfDue() {
    if (lessee.nextHeartbeatNanos() - local() <= 0) {
      beat();
    }
  }

  private void beatAndAgain() {
    beatIfDue();
    later(20 * FleetWorld.MILLI, this::beatAndAgain);
  }

  private void beat() {
    Heartbeat beat = lessee.heartbeat(local());
    if (beat == null) {
      return;
    }
    if (world.keepAll) {
      world.note(id + " says " + beat);
    }
    slotsHeld =
        beat.deployments().stream()
            .flatMap(report -> report.replicas().stream())
            .mapToInt(Slots::slots)
            .sum();
    SimRouter to = fleet.router(coordinatorId);
    if (to != null) {
      fleet.send(id, to.id, () -> to.run(() -> to.hear(beat)));
    }
    if (leaving && slotsHeld == 0 && requests.isEmpty()) {
      later(20 * FleetWorld.MILLI, this::exit);
    }
  }

  private void exit() {
    if (alive && requests.isEmpty()) {
      world.note(id + " exits");
      alive = false;
      long life = incarnation;
      for (SimRouter other : fleet.routers) {
        if (other != this) {
          fleet.send(id, other.id, () -> other.run(() -> other.peerDied(id, life)));
        }
      }
    }
  }

  private void advanceAndAgain() {
    for (Dispatcher dispatcher : dispatchers) {
      dispatcher.advance(local());
    }
    later(500 * FleetWorld.MILLI, this::advanceAndAgain);
  }

  void see() {
    run(
        () -> {
          List<Deployment> changed = fleet.deployments;
          for (int d = 0; d < changed.size(); d++) {
            seen.set(d, changed.get(d));
            dispatchers.get(d).update(changed.get(d), local());
          }
          if (coordinator != null) {
            coordinator.deployments(seen, local());
            tell();
          }
          urgent();
        });
  }

  // ---- callers

  /** Asks at {@link #rate} per second from now on. */
  void ask() {
    later((long) (-Math.log(1 - world.random.nextDouble()) * 1e9 / Math.max(rate, 1)), this::ask);
    if (rate > 0 && !leaving && !fleet.calm) {
      new Request(world.random.nextInt(dispatchers.size())).begin();
    }
  }

  /** One request of a caller. */
  final class Request implements Waiter {
    private final Dispatcher dispatcher;
    private @Nullable Ticket ticket;
    private @Nullable Permit permit;
    private boolean answered;
    private long at;
    @Nullable Runnable then;

    Request(int d) {
      dispatcher = dispatchers.get(d);
    }

    void begin() {
      at = world.now;
      fleet.accepted++;
      requests.add(this);
      DispatchResult result = dispatcher.acquire(this, local() + 60 * FleetWorld.SECOND, local());
      switch (result) {
        case Permit given -> start(given);
        case Rejected _ -> answer(false);
        case Ticket place -> {
          ticket = place;
          later(place.deadlineNanos() - local(), this::timeOut);
        }
      }
    }

    private void timeOut() {
      if (permit == null && ticket != null && ticket.cancel(local())) {
        answer(false);
      }
    }

    @Override
    public void granted(Permit given) {
      start(given);
    }

    private void start(Permit given) {
      permit = given;
      if (world.keepAll) {
        world.note(id + " begins on " + given.replica());
      }
      fleet.models.begin(given.replica(), this);
      long timeout = fleet.shape.requestTimeout().toNanos();
      boolean hangs = world.chance(fleet.hangs);
      long service =
          hangs
              ? timeout * 19 / 10
              : Math.min(
                  timeout * 19 / 10,
                  (long) (-Math.log(1 - world.random.nextDouble()) * serviceNanos));
      // the model ends by itself, whether or not the router looks
      world.after(
          service,
          () -> {
            fleet.models.end(given.replica(), this);
            run(() -> end(given, Outcome.ANSWERED));
          });
      later(timeout, this::tooLate);
    }

    private void tooLate() {
      answer(false); // the slot stays taken until the model's connection ends
    }

    private void end(Permit given, Outcome outcome) {
      if (requests.contains(this) && permit == given) {
        permit = null;
        given.release(outcome, local());
        answer(true);
        requests.remove(this);
      }
    }

    private void answer(boolean ok) {
      if (!answered) {
        assertThat(alive).as("%s answers after its end", id).isTrue();
        answered = true;
        fleet.answered++;
        fleet.served += ok ? 1 : 0;
        if (then != null) {
          then.run();
        }
      }
      if (permit == null) {
        requests.remove(this);
      }
    }

    @Override
    public String toString() {
      return "since %.3f ms".formatted(at / 1e6);
    }

    private void die() {
      if (permit != null) {
        fleet.models.end(permit.replica(), this);
      }
      if (!answered) {
        answered = true;
        fleet.lost++;
      }
    }
  }

  // ---- checks

  void check() {
    Coordinator acting = coordinator;
    if (!alive || acting == null || !acting.isValid(local())) {
      return;
    }
    for (Deployment deployment : seen) {
      acting
          .granted(deployment.key())
          .forEach(
              (replica, granted) -> {
                if (granted > fleet.shape.limit()) {
                  throw new AssertionError(
                      id + " grants " + granted + " of " + replica + " in " + deployment.key());
                }
              });
    }
  }

  void checkNothingRemains() {
    for (Dispatcher dispatcher : dispatchers) {
      assertThat(dispatcher.load(local()).inFlight()).as("in flight in %s", id).isZero();
      assertThat(dispatcher.load(local()).queued()).as("waiting in %s", id).isZero();
      assertThat(dispatcher.doubleReleases()).as("double releases in %s", id).isZero();
    }
  }
}
