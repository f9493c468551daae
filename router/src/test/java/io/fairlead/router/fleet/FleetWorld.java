package io.fairlead.router.fleet;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.Coordination;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.model.Scoring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Several routers in one process and in virtual time: the production {@link Coordinator}, {@link
 * Lessee} and dispatchers; a network, a role to be had and models that are scripted by a seed. What
 * must always hold is checked after each event.
 */
final class FleetWorld {
  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000 * MILLI;
  static final FleetSettings PACE =
      new FleetSettings(
          Duration.ofMillis(1_500),
          Duration.ofMillis(100),
          Duration.ofMillis(1),
          Duration.ofSeconds(1));

  final World world;
  final Role role = new Role();
  final Models models;
  final Shape shape;
  final List<SimRouter> routers = new ArrayList<>();
  final Set<String> cutOff = new HashSet<>();
  final Map<Long, String> actors = new HashMap<>();
  final List<Deployment> deployments = new ArrayList<>();
  double loss;
  double late;

  /** The longest that a message takes that is not late. */
  long way = 650_000;

  double twice;
  double hangs = 0.01;

  /** How likely it is to be known that a router that does not live has ended. */
  double evidence = 0.5;

  boolean calm;
  int accepted;
  int answered;
  int served;
  int lost;
  int heartbeats;

  /** How long each request that began had waited, in nanoseconds. */
  final List<Long> waits = new ArrayList<>();

  /** Whether a coordinator did something. */
  boolean changed;

  /** A rule to break, to see whether that is noticed. */
  Sabotage sabotage = new Sabotage() {};

  /** Breaks nothing, unless it is told what. */
  interface Sabotage {
    default LocalSlots slots(LocalSlots real) {
      return real;
    }

    default @Nullable Handover table(long epoch, @Nullable Handover real) {
      return real;
    }

    default Set<String> peers(Set<String> real) {
      return real;
    }
  }

  /** What a world is made of. */
  record Shape(
      int routers,
      int replicas,
      int limit,
      int deployments,
      Coordination coordination,
      Duration requestTimeout,
      long queueWaitMillis,
      FleetSettings pace,
      boolean peersAreAll) {}

  FleetWorld(long seed, Shape shape, boolean keepTrace) {
    world = new World(seed, keepTrace);
    this.shape = shape;
    models = new Models(shape.limit());
    for (int d = 0; d < shape.deployments(); d++) {
      Set<Replica> replicas = new LinkedHashSet<>();
      for (int i = d; i < shape.replicas(); i += shape.deployments()) {
        replicas.add(replica(i));
      }
      deployments.add(deployment(d, List.copyOf(replicas)));
    }
    for (int i = 0; i < shape.routers(); i++) {
      routers.add(new SimRouter(this, "router-" + i));
    }
  }

  static Replica replica(int i) {
    return new Replica("10.0.0." + (1 + i), 5001);
  }

  Deployment deployment(int d, List<Replica> replicas) {
    return new Deployment(
        new DeploymentKey("default", "echo", "blue" + d),
        replicas,
        Scoring.DEFAULT,
        new RequestSettings(
            shape.requestTimeout(),
            shape.limit(),
            Duration.ofMillis(shape.queueWaitMillis()),
            -1,
            65_536,
            OnClientGone.HOLD,
            false,
            false,
            shape.coordination()));
  }

  void start() {
    routers.forEach(SimRouter::start);
  }

  /** The replicas of all deployments change; each router learns of it at its own time. */
  void change(List<List<Replica>> replicas) {
    deployments.clear();
    for (int d = 0; d < replicas.size(); d++) {
      deployments.add(deployment(d, replicas.get(d)));
    }
    for (SimRouter router : routers) {
      world.after(world.upTo(300 * MILLI), () -> router.see());
    }
  }

  @Nullable SimRouter router(String id) {
    return routers.stream().filter(router -> router.id.equals(id)).findFirst().orElse(null);
  }

  boolean canTalk(String a, String b) {
    return a.equals(b) || (!cutOff.contains(a) && !cutOff.contains(b));
  }

  /** Carries a message, or loses it, or brings it late or twice. */
  void send(String from, String to, Runnable delivery) {
    if (!canTalk(from, to) || world.chance(loss)) {
      return;
    }
    for (int copies = world.chance(twice) ? 2 : 1; copies > 0; copies--) {
      long delay =
          world.chance(late)
              ? world.upTo(3 * SECOND)
              : 150_000 + world.upTo(from.equals(to) ? 10_000 : way - 150_000);
      world.after(
          delay,
          () -> {
            if (canTalk(from, to)) {
              delivery.run();
            }
          });
    }
  }

  void acts(long epoch, String who) {
    String before = actors.putIfAbsent(epoch, who);
    if (before != null && !before.equals(who) && !role.wasTamperedWith) {
      throw new AssertionError(
          "epoch " + epoch + " has the coordinators " + before + " and " + who);
    }
  }

  void check() {
    if (changed) { // the rest is checked where it happens
      changed = false;
      routers.forEach(SimRouter::check);
    }
  }

  void run(long nanos) {
    world.runUntil(world.now + nanos, this::check);
  }

  /** Everything can talk, everybody lives, nobody asks: nothing may remain. */
  void settle() {
    calm = true;
    cutOff.clear();
    loss = 0;
    late = 0;
    twice = 0;
    for (SimRouter router : routers) {
      router.rate = 0;
      router.resume();
    }
    run(2 * SECOND);
    routers.stream().filter(router -> router.leaving).forEach(SimRouter::kill);
    routers.forEach(SimRouter::revive);
    run(8 * SECOND);
    assertThat(models.inFlight()).as("in flight at the end").isZero();
    for (SimRouter router : routers) {
      assertThat(router.requests).as("requests of %s that wait for an answer", router.id).isEmpty();
    }
    assertThat(answered + lost).as("answers").isEqualTo(accepted);
    int granted = 0;
    for (SimRouter router : routers) {
      router.checkNothingRemains();
    }
    SimRouter coordinator = requireNonNull(router(role.router()), "nobody leads at the end");
    Coordinator acting = requireNonNull(coordinator.coordinator, "nobody leads at the end");
    assertThat(acting.inDoubt()).as("in doubt at the end").isZero();
    for (Deployment deployment : deployments) {
      Map<Replica, Integer> held = acting.granted(deployment.key());
      for (Replica replica : deployment.replicas()) {
        assertThat(held.get(replica)).as("granted of %s", replica).isEqualTo(shape.limit());
        granted++;
      }
    }
    assertThat(granted).isPositive();
  }
}
