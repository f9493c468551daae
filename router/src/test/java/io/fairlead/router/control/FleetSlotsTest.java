package io.fairlead.router.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.auth.Gate;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Outcome;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.dispatch.Ticket;
import io.fairlead.router.fleet.DeploymentGrant;
import io.fairlead.router.fleet.DeploymentReport;
import io.fairlead.router.fleet.Slots;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.model.TrafficSplit;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a router says of a deployment that goes away, and uses of one that is back. */
class FleetSlotsTest {
  private static final long TTL = 5_000_000_000L;
  private static final Replica ONE = new Replica("10.0.0.1", 5001);
  private static final Replica TWO = new Replica("10.0.0.2", 5001);
  private static final DeploymentKey BLUE = new DeploymentKey("default", "echo", "blue");

  private final Controller controller =
      new Controller(new NoMeters(), Limits.Upstream.DEFAULT, new SplittableRandom(7), () -> {});
  private final FleetSlots slots = new FleetSlots(controller);
  private long version;

  private void serve(Deployment... deployments) {
    controller.apply(
        new ClusterState(
            ++version,
            List.of(Endpoint.open("default", "echo", TrafficSplit.EMPTY)),
            List.of(deployments)),
        endpoint -> Gate.of(endpoint.access().authentication()),
        0);
  }

  private static Deployment blue() {
    return new Deployment(BLUE, List.of(ONE, TWO), Scoring.DEFAULT, RequestSettings.DEFAULT);
  }

  private void grantBoth(long nowNanos) {
    List<Slots> both = List.of(new Slots(ONE, 1, 0), new Slots(TWO, 1, 0));
    slots.allow(List.of(new DeploymentGrant(BLUE, both, 9, 9, 9, 9, 0)), nowNanos + TTL, nowNanos);
  }

  private Dispatcher dispatcher() {
    return controller.current().dispatchers().stream()
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow();
  }

  private int held() {
    return slots.report(0).stream()
        .map(DeploymentReport::replicas)
        .flatMap(List::stream)
        .mapToInt(Slots::slots)
        .sum();
  }

  @Test
  void reportsWhatRunsOnADeploymentThatIsGoneAndNoMore() {
    serve(blue());
    grantBoth(0);
    assertThat(held()).isEqualTo(2);
    Permit running = Objects.requireNonNull(dispatcher().acquireFree(0));

    serve();
    assertThat(held()).as("the slot that is taken").isEqualTo(1);
    running.release(Outcome.ANSWERED, 0);
    assertThat(slots.report(0)).isEmpty();
  }

  /** Takes the deployment away, and brings it back, while a request runs. */
  private Permit takeAwayAndBringBack() {
    serve(blue());
    grantBoth(0);
    Permit running = Objects.requireNonNull(dispatcher().acquireFree(0));
    serve();
    slots.report(0);
    serve(blue());
    return running;
  }

  @Test
  void neverExceedsWhatIsGrantedWhenADeploymentIsBack() {
    Permit running = takeAwayAndBringBack();
    assertThat(held()).as("nothing more before it is granted").isEqualTo(1);
    assertThat(dispatcher().acquireFree(0)).isNull();
    grantBoth(0);
    assertThat(held()).isEqualTo(2);
    Permit other = Objects.requireNonNull(dispatcher().acquireFree(0));
    assertThat(other.replica()).isNotEqualTo(running.replica());
    assertThat(dispatcher().acquireFree(0)).isNull();
  }

  @Test
  void requestsWaitForTheFirstGrantsWhenADeploymentIsBack() {
    Permit running = takeAwayAndBringBack();

    assertThat(dispatcher().acquire(permit -> {}, TTL, 0)).isInstanceOf(Ticket.class);
    assertThat(dispatcher().acquire(permit -> {}, TTL, 0)).isInstanceOf(Ticket.class);
    running.release(Outcome.ANSWERED, 0);
  }

  @Test
  void usesNothingOfWhatIsNotGrantedAndSaysNothingOfWhatHasNoLimit() {
    RequestSettings old = RequestSettings.DEFAULT;
    var unlimited =
        new RequestSettings(
            old.requestTimeout(),
            0,
            old.maxQueueWait(),
            old.maxQueueLength(),
            old.bodyPrefixBytes(),
            old.onClientGone(),
            old.idempotent(),
            false);
    serve(new Deployment(BLUE, List.of(ONE), Scoring.DEFAULT, unlimited));
    assertThat(slots.report(0)).isEmpty();

    serve(blue());
    grantBoth(0);
    slots.allow(List.of(), TTL, 0);
    assertThat(dispatcher().acquireFree(0)).isNull();
  }
}
