package io.fairlead.router.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.auth.Gate;
import io.fairlead.router.autoscale.LoadReading;
import io.fairlead.router.autoscale.LoadReport;
import io.fairlead.router.autoscale.LoadWindow;
import io.fairlead.router.fleet.FleetLoad;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharedLoadTest {
  private static final long SECOND = 1_000_000_000L;
  private static final DeploymentKey BLUE = new DeploymentKey("default", "echo", "blue");

  private final Controller controller =
      new Controller(new NoMeters(), Limits.Upstream.DEFAULT, new SplittableRandom(1));
  private @Nullable FleetLoad load = new FleetLoad(7, 3, 20, 3, 0);
  private final SharedLoad shared =
      new SharedLoad(key -> load, new OwnLoad("router-1", controller, () -> true));

  @BeforeEach
  void serve() {
    Deployment blue =
        new Deployment(
            BLUE,
            List.of(new Replica("127.0.0.1", 5001)),
            Scoring.DEFAULT,
            RequestSettings.DEFAULT);
    controller.apply(
        new ClusterState(1, List.of(), List.of(blue)),
        endpoint -> Gate.of(endpoint.access().authentication()),
        0);
  }

  @Test
  void isWhatTheCoordinatorAddedUp() {
    assertThat(shared.of(BLUE, 0))
        .containsExactly(new LoadReport("every router", 0, 7, 3, 0, 0, 0, 1, 0));
  }

  @Test
  void countsArrivalsByTheirRate() {
    shared.of(BLUE, 0);
    shared.of(BLUE, SECOND);

    assertThat(shared.of(BLUE, 3 * SECOND).getFirst().arrived()).isEqualTo(60);
  }

  @Test
  void aSilentRouterMakesTheLoadUnknown() {
    load = new FleetLoad(7, 3, 20, 2, 1);

    assertThat(new LoadWindow().read(shared.routers(), shared.of(BLUE, 0), 0))
        .isEqualTo(new LoadReading.Stale("no load report of every router"));
  }

  @Test
  void aRouterThatIsNotTheCoordinatorKnowsNoLoad() {
    load = null;
    assertThat(shared.of(BLUE, 0)).isEmpty();

    load = new FleetLoad(0, 0, 0, 0, 0);
    assertThat(shared.of(BLUE, 0)).isEmpty();
  }
}
