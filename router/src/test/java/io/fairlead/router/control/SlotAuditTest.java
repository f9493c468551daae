package io.fairlead.router.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Lease;
import io.fairlead.router.dispatch.LeasedSlots;
import io.fairlead.router.dispatch.Outcome;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.dispatch.SlotHolder;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.routing.RouteTable;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlotAuditTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Replica REPLICA = new Replica("10.0.0.1", 5001);

  private final Deployment deployment =
      new Deployment(
          new DeploymentKey("default", "echo", "blue"),
          List.of(REPLICA),
          Scoring.DEFAULT,
          RequestSettings.DEFAULT);

  private static SlotAudit audit(Dispatcher dispatcher) {
    Snapshot snapshot =
        new Snapshot(
            ClusterState.EMPTY,
            RouteTable.compile(ClusterState.EMPTY, key -> 0),
            List.of(dispatcher),
            List.of(),
            List.of());
    return new SlotAudit(() -> snapshot);
  }

  /** Works with one permit at a time. */
  private static final class Connection implements SlotHolder {
    @Nullable Permit permit;
    long now;

    void take(Permit taken) {
      permit = taken;
      taken.heldBy(this);
    }

    @Override
    public void check(Permit asked) {
      if (asked != permit) {
        asked.missed(now);
      }
    }

    @Override
    public void cutOff(Permit asked) {
      if (asked == permit) {
        permit = null;
        asked.release(Outcome.CANCELLED, now);
      }
    }

    @Override
    public String condition() {
      return "busy";
    }
  }

  private Dispatcher alone() {
    return new Dispatcher(deployment, Limits.Upstream.DEFAULT, new SplittableRandom(1), 0);
  }

  @Test
  void aSlotThatIsUsedIsLeftAlone() {
    Dispatcher dispatcher = alone();
    Connection connection = new Connection();
    connection.take(Objects.requireNonNull(dispatcher.acquireFree(0)));

    turns(audit(dispatcher), 3_600);

    assertThat(dispatcher.leaks()).isZero();
    assertThat(dispatcher.load(0).inFlight()).isEqualTo(1);
  }

  @Test
  void aSlotThatItsConnectionHasForgottenIsTakenBack() {
    Dispatcher dispatcher = alone();
    Connection connection = new Connection();
    connection.take(Objects.requireNonNull(dispatcher.acquireFree(0)));
    connection.permit = null;

    turns(audit(dispatcher), 5);

    assertThat(dispatcher.leaks()).isEqualTo(1);
    assertThat(dispatcher.load(0).inFlight()).isZero();
  }

  @Test
  void aSlotThatNeverCameToAConnectionIsTakenBack() {
    Dispatcher dispatcher = alone();
    dispatcher.acquireFree(0);
    SlotAudit audit = audit(dispatcher);

    turns(audit, 29);
    assertThat(dispatcher.leaks()).isZero();
    turns(audit, 33);

    assertThat(dispatcher.leaks()).isEqualTo(1);
  }

  @Test
  void whatGoesOnLongAfterItsLeaseIsCutOff() {
    Dispatcher dispatcher =
        new Dispatcher(deployment, Limits.Upstream.DEFAULT, new SplittableRandom(1), () -> {}, 0);
    dispatcher.lease(new Lease(List.of(new LeasedSlots(REPLICA, 1, 0)), 9, 9, 9), SECOND, 0);
    Connection connection = new Connection();
    connection.take(Objects.requireNonNull(dispatcher.acquireFree(0)));

    SlotAudit audit = audit(dispatcher);
    turns(audit, 10);
    assertThat(connection.permit).isNotNull();
    turns(audit, 12);

    assertThat(connection.permit).isNull();
    assertThat(dispatcher.leaks()).isZero();
  }

  private static void turns(SlotAudit audit, int seconds) {
    for (int second = 1; second <= seconds; second++) {
      audit.turn(second * SECOND);
    }
  }
}
