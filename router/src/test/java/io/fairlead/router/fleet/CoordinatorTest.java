package io.fairlead.router.fleet;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.fleet.Refusal.Reason;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CoordinatorTest {
  private static final long SECOND = 1_000_000_000L;
  private static final DeploymentKey BLUE = new DeploymentKey("default", "echo", "blue");

  /** Time to live 5 s, twice 1 s of a request and 2 s to cut off, and a sixteenth. */
  private static final long LEASE_ENDS = 9 * SECOND + 9 * SECOND / 16;

  private long now = Long.MAX_VALUE - SECOND;
  private Coordinator coordinator = coordinator(1, nothing());
  private final Map<String, Peer> peers = new HashMap<>();

  private Coordinator coordinator(long epoch, @Nullable Handover before) {
    return new Coordinator("a", epoch, FleetSettings.DEFAULT, before, now + 1_000 * SECOND, now);
  }

  /** Before which nobody can have held anything. */
  private static Handover nothing() {
    return new Handover(1, "a", 0, true, List.of());
  }

  private static Deployment deployment(int replicas, int limit, Coordination coordination) {
    return deployment(BLUE, IntStream.range(0, replicas).toArray(), limit, coordination);
  }

  private static Deployment deployment(
      DeploymentKey key, int[] replicas, int limit, Coordination coordination) {
    return new Deployment(
        key,
        IntStream.of(replicas).mapToObj(CoordinatorTest::replica).toList(),
        Scoring.DEFAULT,
        new RequestSettings(
            Duration.ofSeconds(1),
            limit,
            Duration.ofMillis(500),
            -1,
            65_536,
            OnClientGone.HOLD,
            false,
            false,
            coordination));
  }

  private static Replica replica(int i) {
    return new Replica("10.0.0." + (i + 1), 5001);
  }

  private void serve(Deployment... deployments) {
    coordinator.deployments(List.of(deployments), now);
  }

  /** A router that holds what it is granted, and says so. */
  private final class Peer {
    final String id;
    long incarnation = 7;
    long sequence;
    long seen;
    int epoch = 1;
    int inUse;
    int queued;
    int staying;
    long waited;
    long arrivals;
    boolean leaving;
    Map<DeploymentKey, Map<Replica, Slots>> holds = new HashMap<>();
    List<Replica> knows = IntStream.range(0, 8).mapToObj(CoordinatorTest::replica).toList();
    Answer answer = new Refusal(Reason.MALFORMED, 0, "nothing yet");

    Peer(String id) {
      this.id = id;
      holds.put(BLUE, Map.of());
      peers.put(id, this);
    }

    Heartbeat beat() {
      List<DeploymentReport> reports = new ArrayList<>();
      holds.forEach(
          (key, held) -> {
            List<Slots> slots = new ArrayList<>();
            knows.forEach(
                replica -> slots.add(held.getOrDefault(replica, new Slots(replica, 0, 0))));
            reports.add(
                new DeploymentReport(
                    key, slots, inUse, queued, Math.min(staying, queued), waited, arrivals));
          });
      return new Heartbeat(1, id, incarnation, epoch, ++sequence, seen, false, leaving, reports);
    }

    Peer say() {
      answer = coordinator.heartbeat(beat(), now);
      return this;
    }

    /** Says what it holds and takes what it is granted, and so do those that are told. */
    Peer talk() {
      say();
      take(grants());
      for (Grants grants : coordinator.toTell(now)) {
        requireNonNull(peers.get(grants.router())).take(grants);
      }
      return this;
    }

    void take(Grants grants) {
      seen = grants.version();
      for (DeploymentGrant grant : grants.deployments()) {
        Map<Replica, Slots> held = new HashMap<>();
        grant.replicas().forEach(slots -> held.put(slots.replica(), slots));
        holds.put(grant.key(), held);
        staying = grant.queueBound();
      }
    }

    Grants grants() {
      assertThat(answer).isInstanceOf(Grants.class);
      return (Grants) answer;
    }

    DeploymentGrant grant() {
      return grants().deployments().getFirst();
    }

    Reason refusal() {
      assertThat(answer).isInstanceOf(Refusal.class);
      return ((Refusal) answer).reason();
    }

    int slots() {
      return holds.getOrDefault(BLUE, Map.of()).values().stream().mapToInt(Slots::slots).sum();
    }

    int share() {
      return holds.getOrDefault(BLUE, Map.of()).values().stream().mapToInt(Slots::share).sum();
    }

    void giveBack(int i) {
      Map<Replica, Slots> held = new HashMap<>(holds.getOrDefault(BLUE, Map.of()));
      held.remove(replica(i));
      holds.put(BLUE, held);
    }
  }

  @Test
  void theFirstRouterGetsEverything() {
    serve(deployment(3, 2, Coordination.AVAILABLE));

    assertThat(new Peer("a").talk().slots()).isEqualTo(6);
  }

  @Test
  void whoeverWaitsGetsWhatOthersGiveBack() {
    serve(deployment(2, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a").talk();
    Peer b = new Peer("b");
    b.queued = 1;

    b.talk();
    assertThat(b.slots()).isZero();
    assertThat(b.grant().queueBound()).isEqualTo(2);
    a.giveBack(1);
    a.talk();

    assertThat(b.slots()).isEqualTo(1);
  }

  @Test
  void asksForIdleSlotsWhileSomebodyWaits() {
    serve(deployment(2, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a").talk();
    Peer b = new Peer("b");
    b.queued = 1;

    b.say();

    List<Grants> told = coordinator.toTell(now);
    assertThat(told).extracting(Grants::router).containsExactly("a");
    DeploymentGrant asked = told.getFirst().deployments().getFirst();
    assertThat(asked.keepIdle()).isEqualTo(1);
    assertThat(asked.replicas()).as("they may be used until then").hasSize(2);
    assertThat(coordinator.toTell(now)).as("told once").isEmpty();
    assertThat(a.slots()).isEqualTo(2);
  }

  @Test
  void whatASilentRouterHoldsIsGrantedWhenBothEndsHavePassed() {
    serve(deployment(2, 1, Coordination.STRICT));
    new Peer("a").talk();
    Peer b = new Peer("b");
    b.queued = 2;

    pass(LEASE_ENDS - SECOND / 4, b);
    assertThat(b.slots()).isZero();
    pass(SECOND / 2, b);

    assertThat(b.slots()).isEqualTo(2);
  }

  @Test
  void theShareOfASilentRouterStaysItsOwnUntilItIsGone() {
    serve(deployment(4, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a").talk();
    Peer b = new Peer("b");
    b.queued = 4;
    b.talk();
    a.talk();
    assertThat(a.share()).isEqualTo(2);

    pass(3 * LEASE_ENDS, b);
    assertThat(b.slots()).isEqualTo(2);
    coordinator.peers(Set.of("b"), false);
    pass(SECOND, b);

    assertThat(b.slots()).isEqualTo(4);
  }

  private void pass(long nanos, Peer... heard) {
    for (long passed = 0; passed < nanos; passed += SECOND / 5) {
      now += SECOND / 5;
      coordinator.advance(now);
      for (Peer peer : heard) {
        peer.talk();
      }
    }
  }

  @Test
  void aPauseOfItsOwnIsNoSilenceOfOthers() {
    serve(deployment(2, 1, Coordination.STRICT));
    new Peer("a").talk();
    Peer b = new Peer("b");
    b.queued = 2;

    now += 100 * SECOND;
    b.talk();

    assertThat(b.slots()).isZero();
  }

  @Test
  void aRouterThatEndedHoldsNothing() {
    serve(deployment(2, 1, Coordination.AVAILABLE));
    new Peer("a").talk();
    Peer b = new Peer("b");
    b.queued = 2;
    b.talk();

    coordinator.ended("a", 8, now);
    assertThat(b.talk().slots()).as("another life of it ended").isZero();
    coordinator.ended("a", 7, now);

    assertThat(b.talk().slots()).isEqualTo(2);
  }

  @Test
  void theNextLifeOfARouterEndsTheOneBefore() {
    serve(deployment(2, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a").talk();
    a.sequence = 0;
    a.seen = 0;
    a.holds.put(BLUE, Map.of());
    a.incarnation = 8;

    assertThat(a.say().refusal()).isEqualTo(Reason.DUPLICATE);
    coordinator.disconnected("a", 7);
    assertThat(a.talk().slots()).isEqualTo(2);

    a.incarnation = 7;
    assertThat(a.say().refusal()).isEqualTo(Reason.OLD_INCARNATION);
  }

  @Test
  void refusesWhatIsNotForIt() {
    serve(deployment(2, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a");
    a.epoch = 2;
    assertThat(a.say().refusal()).isEqualTo(Reason.EPOCH);
    a.epoch = 1;
    a.say().grants();
    a.sequence--;
    assertThat(a.say().refusal()).isEqualTo(Reason.REPLAYED);
    coordinator.renewed(now);
    assertThat(a.say().refusal()).isEqualTo(Reason.NOT_COORDINATOR);
    assertThat(coordinator.refused(Reason.NOT_COORDINATOR)).isEqualTo(1);
  }

  @Test
  void refusesMoreRoutersThanThereMayBe() {
    for (int i = 0; i < Protocol.MOST_ROUTERS; i++) {
      new Peer("r" + i).say().grants();
    }

    assertThat(new Peer("one-more").say().refusal()).isEqualTo(Reason.TOO_MANY_ROUTERS);
  }

  @Test
  void refusesWhoHasSeenGrantsThatWereNeverMade() {
    serve(deployment(1, 1, Coordination.STRICT));
    Peer a = new Peer("a").talk();
    a.seen = 99;

    assertThat(a.say().refusal()).isEqualTo(Reason.MALFORMED);
    assertThat(coordinator.granted(BLUE)).containsEntry(replica(0), 1);
  }

  @Test
  void whoeverAsksForMoreThanThereIsGetsNoMoreThanThereIs() {
    serve(deployment(4, 1, Coordination.AVAILABLE));
    for (String id : List.of("a", "b", "c")) {
      Peer liar = new Peer(id);
      liar.inUse = Integer.MAX_VALUE;
      liar.queued = Integer.MAX_VALUE;
      liar.waited = Long.MAX_VALUE;
      liar.talk();
    }
    Peer honest = new Peer("d");
    honest.queued = 1;
    honest.waited = 10;

    pass(SECOND, honest);

    assertThat(coordinator.granted(BLUE).values()).allMatch(granted -> granted <= 1);
    assertThat(honest.grant().queueBound()).isPositive();
    FleetLoad load = requireNonNull(coordinator.load(BLUE));
    assertThat(load.inUse() + load.queued()).isLessThan(10_000_000);
  }

  @Test
  void noNumberOfFalseClaimsMakesRoom() {
    coordinator = coordinator(2, null);
    coordinator.peers(Set.of("a", "l0", "l1", "l2", "l3", "l4", "l5"), true);
    serve(deployment(1, 1, Coordination.STRICT));
    for (int i = 0; i < 6; i++) {
      Peer liar = new Peer("l" + i);
      liar.epoch = 2;
      liar.knows = List.of(replica(0));
      liar.holds.clear();
      for (int d = 0; d < Protocol.MOST_DEPLOYMENTS; d++) {
        liar.holds.put(
            new DeploymentKey("default", "echo", "d" + d),
            Map.of(replica(0), new Slots(replica(0), Protocol.MOST_SLOTS, 0)));
      }
      liar.say();
    }
    Peer a = new Peer("a");
    a.epoch = 2;
    a.queued = 3;

    assertThat(a.talk().slots()).isLessThanOrEqualTo(1);
  }

  @Test
  void aClaimOfWhatWasNotGrantedIsRefused() {
    serve(deployment(2, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a").talk();
    Peer b = new Peer("b");
    b.holds.put(BLUE, Map.of(replica(0), new Slots(replica(0), 1, 0)));

    b.say();

    assertThat(coordinator.refused(Reason.OVERCLAIMED)).isEqualTo(1);
    assertThat(b.grant().replicas()).isEmpty();
    assertThat(a.slots()).isEqualTo(2);
  }

  @Test
  void whatWasGivenBackIsNotTakenForGivenBackWhileMoreIsUnderWay() {
    serve(deployment(1, 1, Coordination.STRICT));
    Peer a = new Peer("a");
    Peer b = new Peer("b");
    b.queued = 1;
    a.say(); // its grants are still under way

    a.say();
    b.talk();

    assertThat(b.slots()).isZero();
    assertThat(coordinator.granted(BLUE)).containsEntry(replica(0), 1);
  }

  @Test
  void aTakeOverGrantsNothingThatSomebodyMayHold() {
    coordinator = coordinator(2, null);
    coordinator.peers(Set.of("a", "b"), false);
    serve(deployment(4, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a");
    a.epoch = 2;
    a.holds.put(BLUE, Map.of(replica(0), new Slots(replica(0), 1, 1)));

    assertThat(a.talk().slots()).isEqualTo(1);
    assertThat(coordinator.inDoubt()).isEqualTo(3);
    pass(2 * LEASE_ENDS, a);
    assertThat(a.slots()).as("b may have a share").isEqualTo(1);
    coordinator.peers(Set.of("a"), false);
    pass(SECOND, a);

    assertThat(a.slots()).isEqualTo(4);
  }

  @Test
  void theFirstEverGrantsOnceAllThatThereAreWereHeard() {
    coordinator = coordinator(1, null);
    coordinator.peers(Set.of("a", "b"), false);
    serve(deployment(4, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a");

    assertThat(a.talk().slots()).as("b may remember that there was another epoch").isZero();
    new Peer("b").talk();
    a.talk();

    assertThat(coordinator.inDoubt()).isZero();
    assertThat(a.slots()).isPositive();
  }

  @Test
  void theFirstEverWaitsForLeasesWhereNobodyKnowsWhoElseThereIs() {
    coordinator = coordinator(1, null);
    serve(deployment(4, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a");

    assertThat(a.talk().slots()).isZero();
    pass(2 * LEASE_ENDS, a);

    assertThat(a.slots()).isEqualTo(4);
  }

  @Test
  void aTakeOverEndsWhenAllWhoCanHoldSomethingWereHeard() {
    coordinator = coordinator(2, null);
    coordinator.peers(Set.of("a", "b"), true);
    serve(deployment(4, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a");
    Peer b = new Peer("b");
    a.epoch = 2;
    b.epoch = 2;
    b.holds.put(BLUE, Map.of(replica(3), new Slots(replica(3), 1, 1)));

    a.talk();
    assertThat(a.slots()).isZero();
    b.talk();
    a.talk();

    assertThat(coordinator.inDoubt()).isZero();
    assertThat(a.slots() + b.slots()).isEqualTo(4);
  }

  @Test
  void whatIsGivenBackDuringATakeOverIsGranted() {
    coordinator = coordinator(2, null);
    serve(deployment(2, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a");
    Peer b = new Peer("b");
    a.epoch = 2;
    b.epoch = 2;
    a.holds.put(BLUE, Map.of(replica(1), new Slots(replica(1), 1, 1)));
    b.queued = 1;
    a.talk();
    b.talk();

    a.giveBack(1);
    a.talk();

    assertThat(b.slots()).isEqualTo(1);
  }

  @Test
  void theNextCoordinatorKnowsTheTable() {
    serve(deployment(3, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a").talk();
    Handover table = coordinator.handOver();
    assertThat(a.say().refusal()).isEqualTo(Reason.NOT_COORDINATOR);

    coordinator = coordinator(2, table);
    serve(deployment(4, 1, Coordination.AVAILABLE));
    Peer b = new Peer("b");
    b.epoch = 2;
    b.queued = 4;
    b.talk();

    assertThat(b.slots()).as("what a does not hold").isEqualTo(1);
  }

  @Test
  void aTableThatComesAfterTheRoleEndsTheDoubt() {
    serve(deployment(3, 1, Coordination.AVAILABLE));
    new Peer("a").talk();
    Handover table = coordinator.handOver();
    coordinator = coordinator(2, null);
    coordinator.peers(Set.of("a", "b"), false);
    serve(deployment(4, 1, Coordination.AVAILABLE));
    Peer b = new Peer("b");
    b.epoch = 2;
    b.queued = 4;
    assertThat(b.talk().slots()).as("all may be held").isZero();

    coordinator.inherit(table, now);
    b.talk();

    assertThat(coordinator.inDoubt()).isZero();
    assertThat(b.slots()).as("what a does not hold").isEqualTo(1);
  }

  @Test
  void aTableThatComesLateSaysNothingOfWhoWasHeardSince() {
    serve(deployment(3, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a").talk();
    Handover table = coordinator.handOver();
    coordinator = coordinator(2, null);
    serve(deployment(3, 1, Coordination.AVAILABLE));
    a.epoch = 2;
    a.seen = 0;
    a.giveBack(0);
    a.giveBack(1);
    a.talk();
    Peer b = new Peer("b");
    b.epoch = 2;
    b.queued = 2;
    b.talk();

    coordinator.inherit(table, now);
    b.talk();

    assertThat(b.slots()).isEqualTo(2);
    assertThat(coordinator.granted(BLUE).values()).containsOnly(1);
  }

  @Test
  void aTableThatComesLateHasNoSlotsOfARouterThatIsOver() {
    serve(deployment(2, 1, Coordination.AVAILABLE));
    new Peer("a").talk();
    Handover table = coordinator.handOver();
    coordinator = coordinator(2, null);
    coordinator.peers(Set.of("a", "b", "c"), false);
    serve(deployment(2, 1, Coordination.AVAILABLE));
    coordinator.ended("a", 7, now);

    coordinator.inherit(table, now);
    Peer b = new Peer("b");
    b.epoch = 2;
    b.talk();

    assertThat(b.slots()).isEqualTo(2);
  }

  @Test
  void whatBecomesKnownInATakeOverIsGrantedSoon() {
    coordinator = coordinator(2, null);
    coordinator.peers(Set.of("a", "b"), false);
    serve(deployment(1, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a");
    a.epoch = 2;
    a.talk();
    pass(5 * SECOND, a);
    serve(deployment(2, 1, Coordination.AVAILABLE));
    pass(5 * SECOND, a);
    assertThat(a.slots()).as("who had the role before may have known it").isZero();

    serve(deployment(3, 1, Coordination.AVAILABLE));
    pass(SECOND, a);

    assertThat(a.slots()).as("the third").isEqualTo(1);
  }

  @Test
  void whatWasServedBeforeIsNoNewcomerWhenItIsThereAgain() {
    coordinator = coordinator(2, null);
    coordinator.served(Set.of(replica(1)));
    coordinator.peers(Set.of("a", "b"), false);
    serve(deployment(1, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a");
    a.epoch = 2;
    pass(11 * SECOND, a);

    serve(deployment(3, 1, Coordination.AVAILABLE));
    pass(SECOND, a);

    assertThat(a.slots()).as("b may have a share of the second").isEqualTo(1);
    assertThat(coordinator.inDoubt()).isEqualTo(2);
  }

  @Test
  void aTableFromBeforeALowerLimitIsCutToIt() {
    serve(deployment(1, 2, Coordination.STRICT));
    new Peer("a").talk();
    Handover table = coordinator.handOver();
    coordinator = coordinator(2, null);
    serve(deployment(1, 1, Coordination.STRICT));

    coordinator.inherit(table, now);
    Peer a = requireNonNull(peers.get("a"));
    a.epoch = 2;
    a.seen = 0;
    a.talk();

    assertThat(a.slots()).isEqualTo(1);
  }

  @Test
  void whoDoesNotNameADeploymentIsToldWhatItMayHoldOfIt() {
    serve(deployment(2, 1, Coordination.STRICT));
    Peer a = new Peer("a").say(); // what it is granted is still on its way
    a.holds.clear();

    assertThat(a.say().grants().deployments()).hasSize(1);
  }

  @Test
  void aTableOfAnotherEpochIsOfNoUse() {
    serve(deployment(3, 1, Coordination.AVAILABLE));
    Handover table = coordinator.handOver();

    coordinator = coordinator(3, table);
    serve(deployment(3, 1, Coordination.AVAILABLE));

    assertThat(coordinator.inDoubt()).isEqualTo(3);
  }

  @Test
  void aRouterThatLeavesGetsNothingMoreAndIsForgotten() {
    serve(deployment(2, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a").talk();
    Peer b = new Peer("b").talk();
    a.leaving = true;
    a.holds.put(BLUE, Map.of());
    a.talk();

    b.talk();

    assertThat(b.slots()).isEqualTo(2);
  }

  @Test
  void whoWaitsAtARouterThatLeavesIsServedFirst() {
    serve(deployment(2, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a").talk();
    Peer b = new Peer("b");
    b.leaving = true; // and has given back all it had
    b.queued = 1;
    b.talk();
    a.giveBack(1);
    a.talk();
    assertThat(b.slots()).isEqualTo(1);

    b.queued = 0;
    b.holds.put(BLUE, Map.of());
    b.talk();

    assertThat(a.talk().slots()).isEqualTo(2);
  }

  @Test
  void aReplicaThatIsGoneIsTakenBack() {
    serve(deployment(2, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a").talk();

    serve(deployment(1, 1, Coordination.AVAILABLE));

    assertThat(a.talk().slots()).isEqualTo(1);
    a.talk();
    assertThat(coordinator.granted(BLUE)).containsOnlyKeys(replica(0));
  }

  @Test
  void anAddressIsNotGrantedTwiceWhenItGoesToAnotherDeployment() {
    DeploymentKey green = new DeploymentKey("default", "echo", "green");
    serve(deployment(1, 1, Coordination.AVAILABLE));
    Peer a = new Peer("a").talk();
    serve(deployment(green, new int[] {0}, 1, Coordination.AVAILABLE));
    Peer b = new Peer("b");
    b.holds.put(green, Map.of());
    b.queued = 1;

    assertThat(b.talk().holds.get(green)).isEmpty();
    a.holds.put(BLUE, Map.of());
    a.say();

    assertThat(b.talk().holds.get(green)).hasSize(1);
  }

  @Test
  void strictDeploymentsHaveNoShare() {
    serve(deployment(2, 1, Coordination.STRICT));

    Peer a = new Peer("a").talk();

    assertThat(a.slots()).isEqualTo(2);
    assertThat(a.share()).isZero();
  }

  @Test
  void queuesTogetherAreAsLongAsTheBound() {
    serve(deployment(6, 2, Coordination.AVAILABLE));
    Peer a = new Peer("a").talk();
    Peer b = new Peer("b").talk();
    Peer c = new Peer("c").talk();
    List.of(a, b, c).forEach(peer -> peer.inUse = peer.slots());
    a.queued = 5;
    a.talk();
    b.talk();
    c.talk();
    a.say();

    int together =
        a.grant().queueBound() + b.say().grant().queueBound() + c.say().grant().queueBound();

    assertThat(together).isBetween(10, 12);
    assertThat(a.grant().queueBound()).isGreaterThan(5);
  }

  /** Six slots, so six may wait, and each router has two of the slots. */
  private List<Peer> threeIdle() {
    serve(deployment(6, 1, Coordination.AVAILABLE));
    List<Peer> all = List.of(new Peer("a"), new Peer("b"), new Peer("c"));
    all.forEach(Peer::talk); // the first gets everything
    for (int i = 2; i < 6; i++) {
      all.getFirst().giveBack(i);
    }
    all.forEach(Peer::talk);
    assertThat(all).extracting(Peer::slots).containsExactly(2, 2, 2);
    return all;
  }

  @Test
  void asManyMayComeToOneRouterAsThereIsRoomForInAll() {
    List<Peer> all = threeIdle();

    assertThat(all)
        .allSatisfy(
            peer -> {
              assertThat(peer.say().grant().queueBound()).as("without asking").isEqualTo(1);
              assertThat(peer.grant().queueMost()).as("12 with its slots").isEqualTo(10);
            });
  }

  @Test
  void whoMayGetAnIdleSlotIsLeftUndecided() {
    List<Peer> all = threeIdle();
    Peer a = all.getFirst();
    a.inUse = 2;
    a.queued = 10;
    a.arrivals = 99;

    assertThat(a.say().grant().queueBound()).as("six are promised a place").isEqualTo(6);
    assertThat(a.grant().queueMost()).as("four slots are idle").isEqualTo(10);
    assertThat(a.grant().arrivals()).as("of those that it had told of").isEqualTo(99);

    Peer b = all.getLast();
    b.inUse = 2;
    b.say();

    assertThat(coordinator.toTell(now))
        .filteredOn(grants -> grants.router().equals("a"))
        .singleElement()
        .satisfies(
            grants -> {
              assertThat(grants.deployments().getFirst().queueBound()).isEqualTo(6);
              assertThat(grants.deployments().getFirst().queueMost())
                  .as("two are idle still")
                  .isEqualTo(8);
            });
  }

  @Test
  void whoWasToldThatItMayWaitMayDoSoWhoeverComes() {
    List<Peer> all = threeIdle();
    for (Peer peer : all) {
      peer.inUse = 2;
      peer.queued = 10;
      peer.say();
    }

    assertThat(all)
        .extracting(peer -> peer.say().grant().queueBound())
        .as("one of each can always say that it needs a slot")
        .containsExactly(6, 1, 1);
    assertThat(all).extracting(peer -> peer.grant().queueMost()).containsExactly(6, 1, 1);
  }

  @Test
  void nobodyWaitsForADecisionWhereNoSlotIsIdle() {
    List<Peer> all = threeIdle();
    for (Peer peer : all) {
      peer.inUse = 2;
      peer.say();
    }

    assertThat(all)
        .allSatisfy(
            peer ->
                assertThat(peer.say().grant().queueMost()).isEqualTo(peer.grant().queueBound()));
  }

  @Test
  void knowsTheLoadOfTheFleet() {
    serve(deployment(6, 2, Coordination.AVAILABLE));
    Peer a = new Peer("a");
    Peer b = new Peer("b");
    a.inUse = 2;
    b.queued = 3;
    a.say();
    b.say();

    assertThat(coordinator.load(BLUE)).isEqualTo(new FleetLoad(2, 3, 0, 2, 0));
  }
}
