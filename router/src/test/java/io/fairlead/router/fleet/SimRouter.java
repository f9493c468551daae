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
import io.fairlead.router.election.Action;
import io.fairlead.router.election.Elector;
import io.fairlead.router.election.LeaseTimes;
import io.fairlead.router.election.Reply;
import io.fairlead.router.election.Standing;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.routing.RouteTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
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

  private static final RouteTable NO_ROUTES = RouteTable.compile(ClusterState.EMPTY, key -> 0);
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

  final FleetWorld fleet;
  final World world;
  final String id;

  boolean alive;
  long incarnation;
  boolean leaving;
  int served;
  double rate;
  long serviceNanos = 20 * FleetWorld.MILLI;

  private long pausedUntil;
  private double speed = 1;
  private long offset;

  final List<Dispatcher> dispatchers = new ArrayList<>();
  final List<Deployment> seen = new ArrayList<>();
  private final Set<Replica> everSeen = new HashSet<>();
  final List<Request> requests = new ArrayList<>();
  Lessee lessee;
  @Nullable Coordinator coordinator;
  private @Nullable Handover inherited;

  /** Which life of which router is reported to. */
  private String followedLife = "";

  private Elector elector;
  private long elections;
  int slotsHeld;

  /** Whose grants this life of the router has followed in each epoch. */
  private final SortedMap<Long, String> followed = new TreeMap<>();

  SimRouter(FleetWorld fleet, String id) {
    this.fleet = fleet;
    this.world = fleet.world;
    this.id = id;
    this.lessee = lessee();
    this.elector = elector();
  }

  private Elector elector() {
    return new Elector(
        holder(),
        LeaseTimes.of(fleet.shape.pace().belief()),
        new SplittableRandom(world.random.nextLong()),
        local());
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
        ClusterState.EMPTY, NO_ROUTES, List.copyOf(dispatchers), List.of(), List.of());
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
    everSeen.clear();
    for (Deployment deployment : fleet.deployments) {
      seen.add(deployment);
      everSeen.addAll(deployment.replicas());
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
    followedLife = "";
    followed.clear();
    elector = elector();
    world.note(id + " starts");
    elect();
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
    String heir = coordinator != null && coordinator.isValid(local()) ? handOver(coordinator) : "";
    later(
        5 * FleetWorld.MILLI,
        () -> {
          elector.release(heir);
          elect();
        });
    urgent();
    later(2 * FleetWorld.SECOND, this::kill);
  }

  /** Sends the table to another router; returns which life of which. */
  private String handOver(Coordinator acting) {
    Handover handover = acting.handOver();
    List<SimRouter> others =
        fleet.routers.stream().filter(router -> router != this && router.alive).toList();
    if (others.isEmpty()) {
      return "";
    }
    SimRouter next = others.get(world.random.nextInt(others.size()));
    fleet.send(id, next.id, () -> next.run(() -> next.inherit(handover)));
    return world.chance(0.5) ? next.holder() : "";
  }

  private void inherit(Handover handover) {
    inherited = handover;
    Handover before =
        coordinator == null ? null : fleet.sabotage.table(coordinator.epoch(), handover);
    if (coordinator != null && before != null) {
      world.note(id + " takes over a table in epoch " + coordinator.epoch());
      coordinator.inherit(before, local());
      tell();
    }
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

  /** Returns the router of which {@code holder} is a life; empty if it is none. */
  static String router(String holder) {
    return holder.substring(0, Math.max(0, holder.indexOf('#')));
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

  /** Does what the elector wants until that is to wait. */
  private void elect() {
    long turn = ++elections;
    Action action = next();
    while (action instanceof Action.Read || action instanceof Action.Write) {
      elector.accept(reply(action), local());
      action = next();
    }
    look();
    if (action instanceof Action.WaitUntil wait) {
      again(wait.nanos() - local(), turn, this::elect);
    } else {
      watch(turn);
    }
  }

  private void again(long nanos, long turn, Runnable what) {
    later(
        Math.max(1_000, nanos),
        () -> {
          if (turn == elections) {
            what.run();
          }
        });
  }

  private Action next() {
    return elector.next(local(), NOON.plusNanos(world.now));
  }

  private Reply reply(Action action) {
    if (fleet.cutOff.contains(id)) {
      return new Reply.Failed("cut off");
    }
    return action instanceof Action.Write write
        ? fleet.role.write(write.record(), write.version())
        : fleet.role.read();
  }

  /** Who has left the election is told for a while who leads. */
  private void watch(long turn) {
    elector.watched(reply(new Action.Read()), local());
    look();
    again(fleet.shape.pace().belief().toNanos() / 5, turn, () -> watch(turn));
  }

  private void look() {
    switch (elector.standing(local())) {
      case Standing.Leader leader -> lead(leader.term(), leader.validUntilNanos());
      case Standing.Follower follower -> {
        resign();
        follow(follower.holder(), follower.term());
      }
      case Standing.Leaderless _ -> resign();
    }
  }

  private void resign() {
    if (coordinator != null) {
      world.note(id + " has lost the role");
      coordinator = null;
    }
  }

  private void follow(String holder, long epoch) {
    String router = router(holder);
    if (router.isEmpty() || epoch < lessee.epoch()) {
      return;
    }
    if (epoch > lessee.epoch() || !holder.equals(followedLife)) {
      followedLife = holder;
      lessee.follow(epoch);
      beatSoon();
    }
  }

  private void lead(long epoch, long validUntil) {
    if (coordinator != null && coordinator.epoch() == epoch) {
      coordinator.renewed(validUntil);
      return;
    }
    long now = local();
    Handover before =
        fleet.sabotage.table(
            epoch, inherited != null && inherited.epoch() == epoch - 1 ? inherited : null);
    world.note(id + " leads epoch " + epoch + (before == null ? "" : " with a table"));
    coordinator = new Coordinator(id, epoch, fleet.shape.pace(), before, validUntil, now);
    coordinator.served(everSeen);
    coordinator.peers(fleet.sabotage.peers(ids()), fleet.shape.peersAreAll());
    coordinator.deployments(seen, now);
    tell();
    Coordinator made = coordinator;
    follow(holder(), epoch);
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

  private void hear(Heartbeat beat, String life) {
    Coordinator acting = coordinator;
    if (acting == null
        || !life.equals(holder())) { // a connection ends with the life it was made to
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

  private void take(Answer answer, String from) {
    long ignored = lessee.ignored();
    lessee.answered(answer, local());
    if (answer instanceof Grants grants && lessee.ignored() == ignored) {
      String before = followed.putIfAbsent(grants.epoch(), from);
      if ((before != null && !before.equals(from)) || grants.epoch() < followed.lastKey()) {
        throw new AssertionError(
            id + " followed " + from + " in epoch " + grants.epoch() + " after " + followed);
      }
    }
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
      String from = holder();
      fleet.send(id, to, () -> router.run(() -> router.take(answer, from)));
    }
  }

  // ---- the leases

  private void urgent() {
    lessee.hurry();
    beatSoon();
  }

  private void beatSoon() {
    later(Math.max(0, lessee.nextHeartbeatNanos() - local()), this::beatOrWait);
  }

  /** By a clock that is slow it is not time yet. */
  private void beatOrWait() {
    long left = lessee.nextHeartbeatNanos() - local();
    if (left > 0 && left < FleetWorld.MILLI) {
      later(left + 1_000, this::beatOrWait);
    } else {
      beatIfDue();
    }
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
    fleet.heartbeats++;
    if (world.keepAll) {
      world.note(id + " says " + beat);
    }
    slotsHeld =
        beat.deployments().stream()
            .flatMap(report -> report.replicas().stream())
            .mapToInt(Slots::slots)
            .sum();
    String life = followedLife;
    SimRouter to = fleet.router(router(life));
    if (to != null) {
      fleet.send(id, to.id, () -> to.run(() -> to.hear(beat, life)));
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
            everSeen.addAll(changed.get(d).replicas());
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

  /** So many requests come, one soon after the other. */
  void burst(int size, long apartNanos) {
    for (int i = 0; i < size; i++) {
      later(i * apartNanos, () -> new Request(0).begin());
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
      assertThat(answered).as("%s has an answer already", this).isFalse();
      start(given);
    }

    @Override
    public void turnedAway(Ticket place) {
      assertThat(ticket).as("whose place it is").isSameAs(place);
      assertThat(permit).as("of %s, which is turned away", this).isNull();
      answer(false);
    }

    private void start(Permit given) {
      permit = given;
      fleet.waits.add(world.now - at);
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
        served += ok ? 1 : 0;
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
