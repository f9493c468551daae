package io.fairlead.router.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.fleet.Answer;
import io.fairlead.router.fleet.DeploymentGrant;
import io.fairlead.router.fleet.DeploymentReport;
import io.fairlead.router.fleet.FleetSettings;
import io.fairlead.router.fleet.Grants;
import io.fairlead.router.fleet.Handover;
import io.fairlead.router.fleet.Heartbeat;
import io.fairlead.router.fleet.Lessee;
import io.fairlead.router.fleet.LocalSlots;
import io.fairlead.router.fleet.Slots;
import io.fairlead.router.model.Address;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The coordinator's own router and two others, in one thread. */
class CoordinationTest {
  private static final long MILLI = 1_000_000;
  private static final DeploymentKey BLUE = new DeploymentKey("default", "echo", "blue");
  private static final PeerName SELF = new PeerName(new Address("10.0.0.1", 9001), 1);
  private static final List<Replica> REPLICAS =
      List.of(
          new Replica("10.0.1.1", 5001),
          new Replica("10.0.1.2", 5001),
          new Replica("10.0.1.3", 5001));

  private long now = 1_000 * MILLI;
  private final EmbeddedChannel clock = new EmbeddedChannel();
  private final PeerNetwork network =
      new PeerNetwork(clock.eventLoop(), NioServerSocketChannel::new, NioSocketChannel::new);
  private final Idle idle = new Idle();
  private final Lessee lessee =
      new Lessee(SELF.address().toString(), SELF.incarnation(), FleetSettings.DEFAULT, idle, now);
  private final Coordination coordination =
      new Coordination(SELF, FleetSettings.DEFAULT, network, () -> now, this::granted);
  private final Reporting reporting =
      new Reporting(lessee, network, () -> now, coordination, handover -> {}, () -> {});
  private final List<Peer> order = new ArrayList<>();
  private final Other first = new Other("10.0.0.2");
  private final Other second = new Other("10.0.0.3");

  private void granted(Answer answer) {
    reporting.answered(answer);
  }

  /** Nobody asks here: what is wanted elsewhere is given back at once, and that is urgent. */
  private final class Idle implements LocalSlots {
    final Map<Replica, Slots> holds = new LinkedHashMap<>();

    /** Each report finds something else that is urgent. */
    boolean isBusy;

    @Override
    public List<DeploymentReport> report(long nowNanos) {
      if (isBusy) {
        lessee.hurry();
      }
      return List.of(said(holds, 0));
    }

    @Override
    public void allow(List<DeploymentGrant> grants, long untilNanos, long nowNanos) {
      for (DeploymentGrant grant : grants) {
        hold(holds, grant);
        while (holds.size() > grant.keepIdle()) {
          holds.remove(holds.keySet().iterator().next());
          lessee.hurry();
        }
      }
    }
  }

  private static void hold(Map<Replica, Slots> holds, DeploymentGrant grant) {
    holds.clear();
    grant.replicas().forEach(slots -> holds.put(slots.replica(), slots));
  }

  private static DeploymentReport said(Map<Replica, Slots> holds, int queued) {
    List<Slots> slots =
        REPLICAS.stream()
            .map(replica -> holds.getOrDefault(replica, new Slots(replica, 0, 0)))
            .toList();
    return new DeploymentReport(BLUE, slots, 0, queued, queued, 0, 0);
  }

  /** Takes what it is granted, and says only what it is told to. */
  private final class Other implements Peer {
    final Map<Replica, Slots> holds = new LinkedHashMap<>();
    final List<Long> versions = new ArrayList<>();
    int keepIdle;
    private final PeerName name;
    private long sequence;
    private long seen;

    Other(String host) {
      name = new PeerName(new Address(host, 9001), 2);
    }

    Heartbeat beat(int queued) {
      return new Heartbeat(
          1,
          router(),
          name.incarnation(),
          1,
          ++sequence,
          seen,
          true,
          false,
          List.of(said(holds, queued)));
    }

    @Override
    public void send(Answer answer) {
      assertThat(answer).isInstanceOf(Grants.class);
      Grants grants = (Grants) answer;
      order.add(this);
      seen = grants.version();
      versions.add(seen);
      keepIdle = grants.deployments().getFirst().keepIdle();
      hold(holds, grants.deployments().getFirst());
    }

    @Override
    public void send(Handover handover) {}

    @Override
    public String router() {
      return name.address().toString();
    }

    @Override
    public PeerName name() {
      return name;
    }
  }

  /** All have one slot. */
  private void begin() {
    clock.freezeTime();
    var blue = new Deployment(BLUE, REPLICAS, Scoring.DEFAULT, RequestSettings.DEFAULT);
    coordination.serve(new ClusterState(1, List.of(), List.of(blue)));
    coordination.peers(Set.of(first.router(), second.router()), true);
    coordination.lead(1, now + 60_000 * MILLI);
    for (Other other : List.of(first, second)) {
      coordination.arrived(other);
      coordination.heard(other, other.beat(0));
    }
    reporting.followItself(SELF, 1);
    for (int i = 0; i < 3; i++) {
      pass(200);
      coordination.heard(first, first.beat(0));
      coordination.heard(second, second.beat(0));
    }
    assertThat(List.of(idle.holds.size(), first.holds.size(), second.holds.size()))
        .containsExactly(1, 1, 1);
  }

  private void pass(long millis) {
    now += millis * MILLI;
    clock.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    clock.runScheduledPendingTasks();
    coordination.advance();
  }

  @Test
  void grantsWhatItsOwnRouterHasIdleBeforeItAsksAnybodyElse() {
    begin();
    order.clear();

    coordination.heard(second, second.beat(1));

    assertThat(second.holds).as("with the same flush").hasSize(2);
    assertThat(idle.holds).isEmpty();
    assertThat(first.keepIdle).as("nothing is wanted of it any more").isGreaterThan(1);
    assertThat(order).as("each is told once").doesNotHaveDuplicates();
    assertThat(second.versions).isSorted();
  }

  @Test
  void asksWhoHasWhatIsMissingBeforeItAnswers() {
    begin();
    coordination.heard(second, second.beat(1));
    order.clear();

    coordination.heard(second, second.beat(1));

    assertThat(first.keepIdle).as("wanted of it").isZero();
    assertThat(order).containsExactly(first, second);
    assertThat(second.versions).isSorted();
  }

  @Test
  void goesOnReportingWhereEachReportFindsSomethingUrgent() {
    begin();
    idle.isBusy = true;
    reporting.hurry();

    for (int i = 0; i < 20; i++) {
      long before = reporting.heartbeats();
      pass(10);
      assertThat(reporting.heartbeats() - before).as("a few, each time").isEqualTo(4);
    }
  }
}
