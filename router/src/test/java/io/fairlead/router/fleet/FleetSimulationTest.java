package io.fairlead.router.fleet;

import static io.fairlead.router.fleet.FleetWorld.MILLI;
import static io.fairlead.router.fleet.FleetWorld.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.fleet.FleetWorld.Sabotage;
import io.fairlead.router.fleet.FleetWorld.Shape;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings.Coordination;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Hundreds of seeded histories of several routers, in which everything fails that can. {@code
 * -Dfairlead.seeds=10000} runs more, {@code -Dfairlead.seeds.from=N} others; {@code
 * -Dfairlead.seed=N} runs one, with all of its trace.
 */
class FleetSimulationTest {
  private static final int SEEDS = Integer.getInteger("fairlead.seeds", 300);
  private static final long FROM = Long.getLong("fairlead.seeds.from", 1);

  @Test
  void keepsItsPromisesThroughRandomHistories() {
    long one = Long.getLong("fairlead.seed", 0);
    int served = 0;
    int accepted = 0;
    int epochs = 0;
    for (long seed = one > 0 ? one : FROM; seed <= (one > 0 ? one : FROM + SEEDS - 1); seed++) {
      FleetWorld fleet = world(seed, one > 0);
      try {
        chaos(fleet);
        fleet.settle();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "seed "
                + seed
                + " (-Dfairlead.seed="
                + seed
                + "), the last events:\n"
                + fleet.world.trace(),
            e);
      }
      if (one > 0) {
        System.out.println(fleet.world.trace());
      }
      served += fleet.served;
      accepted += fleet.accepted;
      epochs += fleet.actors.size();
    }
    // a simulation that never gets anywhere proves nothing
    if (one == 0) {
      assertThat(accepted).isGreaterThan(SEEDS * 500);
      assertThat(served).isGreaterThan(accepted / 3);
      assertThat(epochs).isGreaterThan(SEEDS * 2);
    }
  }

  // ---- a checker that never complains proves nothing either

  @Test
  void noticesARouterThatUsesALeaseForTooLong() {
    assertNoticed(
        new Sabotage() {
          @Override
          public LocalSlots slots(LocalSlots real) {
            return new LocalSlots() {
              @Override
              public List<DeploymentReport> report(long nowNanos) {
                return real.report(nowNanos);
              }

              @Override
              public void allow(List<DeploymentGrant> grants, long untilNanos, long nowNanos) {
                real.allow(grants, untilNanos + 10 * SECOND, nowNanos);
              }
            };
          }
        });
  }

  @Test
  void noticesARouterThatGivesBackWhatItUses() {
    assertNoticed(
        new Sabotage() {
          @Override
          public LocalSlots slots(LocalSlots real) {
            return new LocalSlots() {
              @Override
              public List<DeploymentReport> report(long nowNanos) {
                return real.report(nowNanos).stream()
                    .map(FleetSimulationTest::withOneLess)
                    .toList();
              }

              @Override
              public void allow(List<DeploymentGrant> grants, long untilNanos, long nowNanos) {
                real.allow(grants, untilNanos, nowNanos);
              }
            };
          }
        });
  }

  private static DeploymentReport withOneLess(DeploymentReport report) {
    List<Slots> held = new ArrayList<>();
    for (Slots slots : report.replicas()) {
      int less = Math.max(0, slots.slots() - 1);
      held.add(new Slots(slots.replica(), less, Math.min(less, slots.share())));
    }
    return new DeploymentReport(
        report.key(),
        held,
        report.inUse(),
        report.queued(),
        report.staying(),
        report.oldestWaitMillis(),
        report.arrivals());
  }

  @Test
  void noticesACoordinatorThatThinksNobodyHoldsAnything() {
    assertNoticed(
        new Sabotage() {
          @Override
          public Handover table(long epoch, @Nullable Handover real) {
            return new Handover(1, "nobody", epoch - 1, true, List.of());
          }
        });
  }

  @Test
  void noticesTwoCoordinatorsOfOneEpoch() {
    FleetWorld fleet = world(1, false);
    fleet.acts(7, "a#1");
    fleet.acts(7, "a#1");

    assertThatThrownBy(() -> fleet.acts(7, "b#1"))
        .hasMessageContaining("epoch 7 has the coordinators a#1 and b#1");
  }

  /**
   * Two routers that want everything by turns, of which one cannot be reached, first the lessee,
   * then the leader.
   */
  private static void assertNoticed(Sabotage sabotage) {
    FleetWorld fleet =
        new FleetWorld(
            1,
            new Shape(
                2,
                12,
                1,
                1,
                Coordination.STRICT,
                Duration.ofMillis(300),
                200,
                FleetWorld.PACE,
                false),
            false);
    fleet.sabotage = sabotage;
    fleet.start();
    for (SimRouter router : fleet.routers) {
      router.rate = 2_000;
      router.ask();
    }
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 8; i++) {
                fleet.routers.get(i % 2).rate = 50;
                fleet.run(SECOND / 2);
                fleet.routers.get(i % 2).rate = 2_000;
              }
              fleet.run(SECOND);
              fleet.cutOff.add("router-1");
              fleet.run(8 * SECOND);
              fleet.cutOff.clear();
              fleet.routers.getFirst().kill();
              fleet.run(3 * SECOND);
              fleet.routers.getFirst().start();
              fleet.routers.getFirst().ask();
              fleet.run(3 * SECOND);
              fleet.cutOff.add(fleet.role.router());
              fleet.run(3 * SECOND);
            })
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("requests (expected: at most");
  }

  @Test
  void noticesAFirstCoordinatorThatDoesNotAskWhoElseThereIs() {
    assertThatThrownBy(
            () ->
                deleteTheLease(
                    new Sabotage() {
                      @Override
                      public Set<String> peers(Set<String> real) {
                        return Set.of();
                      }
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("requests (expected: at most");
  }

  @Test
  void noSlotIsGrantedTwiceByARouterThatFindsNoLease() {
    FleetWorld fleet = deleteTheLease(new Sabotage() {});

    fleet.settle();
    for (SimRouter router : fleet.routers) {
      assertThat(router.lessee.epoch()).isEqualTo(fleet.role.epoch());
    }
  }

  /**
   * The lease of a few epochs is deleted while one router, which is cut off, goes on with its
   * share, and another is started that has never seen a lease.
   */
  private static FleetWorld deleteTheLease(Sabotage sabotage) {
    FleetWorld fleet =
        new FleetWorld(
            1,
            new Shape(
                2,
                12,
                1,
                1,
                Coordination.AVAILABLE,
                Duration.ofMillis(300),
                200,
                FleetWorld.PACE,
                true),
            false);
    fleet.sabotage = sabotage;
    fleet.evidence = 0;
    fleet.start();
    for (SimRouter router : fleet.routers) {
      router.rate = 2_000;
      router.ask();
    }
    fleet.run(3 * SECOND);
    fleet.role.editTerm(7);
    fleet.run(9 * SECOND);
    SimRouter fresh = fleet.routers.getFirst();
    fleet.cutOff.add("router-1");
    fresh.kill();
    fleet.role.tamper(null);
    fresh.start();
    fresh.ask();
    fleet.run(4 * SECOND);
    assertThat(fleet.role.router()).isEqualTo("router-0");
    assertThat(fleet.role.epoch()).isLessThan(7);
    fleet.cutOff.clear();
    fleet.run(4 * SECOND);
    return fleet;
  }

  private static FleetWorld world(long seed, boolean keepTrace) {
    SplittableRandom random = new SplittableRandom(seed * 31);
    return new FleetWorld(
        seed,
        new Shape(
            2 + random.nextInt(3),
            2 + random.nextInt(7),
            1 + random.nextInt(3),
            1 + random.nextInt(2),
            random.nextBoolean() ? Coordination.AVAILABLE : Coordination.STRICT,
            Duration.ofMillis(300),
            200,
            FleetWorld.PACE,
            random.nextBoolean()),
        keepTrace);
  }

  private static void chaos(FleetWorld fleet) {
    if (fleet.world.chance(0.5)) {
      fleet.way = MILLI + fleet.world.upTo(50 * MILLI); // several are under way at once
    }
    fleet.start();
    for (SimRouter router : fleet.routers) {
      router.rate = fleet.world.upTo(120);
      router.ask();
    }
    long end = fleet.world.now + 8 * SECOND;
    while (fleet.world.now < end) {
      fleet.run(50 * MILLI + fleet.world.upTo(1_500 * MILLI));
      trouble(fleet);
    }
  }

  private static void trouble(FleetWorld fleet) {
    World world = fleet.world;
    SimRouter router = fleet.routers.get(world.random.nextInt(fleet.routers.size()));
    switch (world.random.nextInt(14)) {
      case 0 -> {
        router.kill();
        world.after(world.upTo(3 * SECOND), () -> revive(router));
      }
      case 1 -> {
        router.terminate();
        world.after(SECOND + world.upTo(3 * SECOND), () -> revive(router));
      }
      case 2 -> router.pause(world.upTo(4 * SECOND));
      case 3 -> {
        world.note(router.id + " is cut off");
        fleet.cutOff.add(router.id);
        world.after(
            world.upTo(5 * SECOND),
            () -> {
              world.note(router.id + " is back");
              fleet.cutOff.remove(router.id);
            });
      }
      case 4 -> {
        fleet.loss = world.random.nextDouble() * 0.3;
        fleet.late = world.random.nextDouble() * 0.1;
        fleet.twice = world.random.nextDouble() * 0.2;
      }
      case 5 -> {
        fleet.loss = 0;
        fleet.late = 0;
        fleet.twice = 0;
      }
      case 6 -> router.jump(world.upTo(2 * SECOND));
      case 7, 8 -> changeReplicas(fleet);
      case 9 -> {
        SimRouter coordinator = fleet.router(fleet.role.router());
        if (coordinator != null) {
          coordinator.kill();
          world.after(world.upTo(4 * SECOND), () -> revive(coordinator));
        }
      }
      case 10 -> {
        SimRouter coordinator = fleet.router(fleet.role.router());
        if (coordinator != null) {
          coordinator.terminate();
          world.after(SECOND + world.upTo(4 * SECOND), () -> revive(coordinator));
        }
      }
      case 11 -> {
        world.note("the lease is deleted");
        fleet.role.tamper(null);
      }
      case 12 -> {
        fleet.role.editTerm(world.upTo(fleet.role.epoch() + 1));
        world.note("the lease is edited: term " + fleet.role.epoch());
      }
      default -> router.rate = world.upTo(300);
    }
  }

  private static void revive(SimRouter router) {
    if (!router.alive) {
      router.start();
      router.rate = router.world.upTo(120);
      router.ask();
    }
  }

  private static void changeReplicas(FleetWorld fleet) {
    List<List<Replica>> of = new ArrayList<>();
    for (int d = 0; d < fleet.deployments.size(); d++) {
      of.add(new ArrayList<>());
    }
    for (int i = 0; i < fleet.shape.replicas(); i++) {
      if (i < of.size() || fleet.world.chance(0.8)) {
        // each deployment keeps one; the others may go to another deployment
        int d = i < of.size() ? i : fleet.world.random.nextInt(of.size());
        of.get(d).add(FleetWorld.replica(i));
      }
    }
    fleet.change(of);
    fleet.world.note("replicas: " + of);
  }
}
