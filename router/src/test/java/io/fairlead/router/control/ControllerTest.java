package io.fairlead.router.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import io.fairlead.router.auth.Gate;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Outcome;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.model.Access;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.RateLimit;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.model.TrafficSplit;
import io.fairlead.router.rate.RateLimiter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ControllerTest {
  private final FakeMeters meters = new FakeMeters();
  private final Controller controller =
      new Controller(meters, Limits.Upstream.DEFAULT, new SplittableRandom(7));

  private void apply(ClusterState state, long nowNanos) {
    controller.apply(state, endpoint -> Gate.of(endpoint.access().authentication()), nowNanos);
  }

  @Test
  void startsWithNothingToServe() {
    assertThat(controller.current().state()).isEqualTo(ClusterState.EMPTY);
    assertThat(controller.current().dispatchers()).isEmpty();
  }

  @Test
  void numbersEndpointsAndDeploymentsFromOne() {
    apply(state(1, "echo", "blue", "green"), 0);

    assertThat(meters.events)
        .containsExactly("register 1 echo ", "register 2 echo blue", "register 3 echo green");
    assertThat(controller.current().dispatchers().get(0)).isNull();
    assertThat(controller.current().dispatchers().get(1)).isNull();
    assertThat(dispatcher(2).deployment().name()).isEqualTo("blue");
    assertThat(dispatcher(3).deployment().name()).isEqualTo("green");
  }

  @Test
  void deploymentThatStaysKeepsNumberAndDispatcher() {
    apply(state(1, "echo", "blue"), 0);
    Dispatcher blue = dispatcher(2);

    apply(state(2, "echo", "green", "blue"), 1);

    assertThat(dispatcher(2)).isSameAs(blue);
    assertThat(dispatcher(3).deployment().name()).isEqualTo("green");
  }

  @Test
  void changedDeploymentIsUpdatedInPlace() {
    apply(state(1, "echo", "blue"), 0);
    Dispatcher blue = dispatcher(2);
    Deployment two = deployment("echo", "blue", 1, 2);

    apply(new ClusterState(2, controller.current().state().endpoints(), List.of(two)), 1);

    assertThat(dispatcher(2)).isSameAs(blue);
    assertThat(blue.load(1).readyReplicas()).isEqualTo(2);
  }

  @Test
  void numberOfWhatIsGoneIsRetiredAndNeverGivenAgain() {
    apply(state(1, "echo", "blue"), 0);
    apply(state(2, "echo"), 1);
    assertThat(meters.events).last().isEqualTo("retire 2");

    apply(state(3, "echo", "blue"), 2);

    assertThat(meters.events).last().isEqualTo("register 3 echo blue");
    assertThat(controller.current().dispatchers().get(2)).isNull();
  }

  @Test
  void whatComesBackKeepsItsLimitWhileOldRequestsRun() {
    apply(state(1, "echo", "blue"), 0);
    Permit running = Objects.requireNonNull(dispatcher(2).acquireFree(0));
    Dispatcher blue = dispatcher(2);

    apply(state(2, "echo"), 1);
    assertThat(controller.current().dispatchers()).containsOnlyNulls();
    assertThat(controller.dispatchers()).as("a request is with it").containsExactly(blue);
    apply(state(3, "echo", "blue"), 2);

    assertThat(dispatcher(3)).isSameAs(blue);
    assertThat(controller.dispatchers()).containsExactly(blue);
    assertThat(dispatcher(3).acquireFree(3)).as("its only slot is taken").isNull();
    running.release(Outcome.ANSWERED, 4);
    assertThat(dispatcher(3).acquireFree(5)).isNotNull();
  }

  @Test
  void whatComesBackChangedKeepsItsLimitAsWell() {
    apply(state(1, "echo", "blue"), 0);
    Objects.requireNonNull(dispatcher(2).acquireFree(0));
    Deployment two = deployment("echo", "blue", 5001, 5002);

    apply(state(2, "echo"), 1);
    apply(new ClusterState(3, controller.current().state().endpoints(), List.of(two)), 2);

    Permit second = Objects.requireNonNull(dispatcher(3).acquireFree(3));
    assertThat(second.replica().port()).isEqualTo(5002);
    assertThat(dispatcher(3).acquireFree(3)).isNull();
  }

  @Test
  void forgetsWhatIsGoneOnceNoRequestRefersToIt() {
    apply(state(1, "echo", "blue"), 0);
    apply(state(2, "echo"), 1);

    Soon.become(
        "forgotten",
        () -> {
          System.gc();
          return controller.dispatchers().isEmpty();
        });
  }

  @Test
  void olderSnapshotStaysAsItWas() {
    apply(state(1, "echo", "blue"), 0);
    Snapshot held = controller.current();

    apply(state(2, "echo"), 1);

    assertThat(held.state().version()).isEqualTo(1);
    assertThat(held.dispatchers().get(2)).isNotNull();
    assertThat(controller.current().state().version()).isEqualTo(2);
  }

  @Test
  void registersBeforeAndRetiresAfterTheSnapshotIsPublished() {
    apply(state(1, "echo", "blue"), 0);
    apply(state(2, "echo", "green"), 1);

    // The version that was current when the meters were told.
    assertThat(meters.versions).containsExactly(0L, 0L, 1L, 2L);
    assertThat(meters.events).endsWith("register 3 echo green", "retire 2");
  }

  @Test
  void limitThatStaysKeepsItsBuckets() {
    RateLimit limit = new RateLimit(1, 1, RateLimit.Per.ENDPOINT);
    apply(limited(1, limit), 0);
    RateLimiter limiter = controller.current().limiters().get(1);

    apply(limited(2, limit), 1);
    assertThat(controller.current().limiters().get(1)).isNotNull().isSameAs(limiter);

    apply(limited(3, new RateLimit(1, 2, RateLimit.Per.ENDPOINT)), 2);
    assertThat(controller.current().limiters().get(1)).isNotNull().isNotSameAs(limiter);

    apply(limited(4, null), 3);
    assertThat(controller.current().limiters().get(1)).isNull();
  }

  private static ClusterState limited(long version, @Nullable RateLimit limit) {
    ClusterState open = state(version, "echo", "blue");
    Access access = new Access(new Authentication.Anyone(), null, false, null, limit, 0);
    return new ClusterState(
        version, List.of(open.endpoints().getFirst().with(access)), open.deployments());
  }

  private Dispatcher dispatcher(int ordinal) {
    return Objects.requireNonNull(controller.current().dispatchers().get(ordinal));
  }

  private static ClusterState state(long version, String endpoint, String... deployments) {
    return new ClusterState(
        version,
        List.of(Endpoint.open("default", endpoint, TrafficSplit.EMPTY)),
        Arrays.stream(deployments).map(name -> deployment(endpoint, name, 5001)).toList());
  }

  private static Deployment deployment(String endpoint, String name, int... ports) {
    return new Deployment(
        new DeploymentKey("default", endpoint, name),
        Arrays.stream(ports).mapToObj(port -> new Replica("127.0.0.1", port)).toList(),
        Scoring.DEFAULT,
        RequestSettings.DEFAULT);
  }

  private final class FakeMeters implements RequestMeters {
    final List<String> events = new ArrayList<>();
    final List<Long> versions = new ArrayList<>();

    @Override
    public RequestRecorder newRecorder() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void register(int ordinal, String namespace, String endpoint, String deployment) {
      add("register " + ordinal + " " + endpoint + " " + deployment);
    }

    @Override
    public void retire(int ordinal) {
      add("retire " + ordinal);
    }

    @Override
    public void reloaded(String what, boolean accepted) {
      throw new UnsupportedOperationException();
    }

    private void add(String event) {
      events.add(event);
      versions.add(controller.current().state().version());
    }
  }
}
