package io.fairlead.router.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.auth.Gate;
import io.fairlead.router.autoscale.LoadReport;
import io.fairlead.router.autoscale.ScaleRefusal;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.ScaleOptions;
import io.fairlead.router.model.ScaleSettings;
import io.fairlead.router.model.Scoring;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ScalingTest {
  private static final DeploymentKey BLUE = new DeploymentKey("default", "echo", "blue");

  private final FakeScales scales = new FakeScales();
  private final FakeReports reports = new FakeReports();
  private final List<Runnable> pending = new ArrayList<>();
  private final Controller controller =
      new Controller(new NoMeters(), Limits.Upstream.DEFAULT, new SplittableRandom(1));
  private boolean leads = true;
  private boolean slow;
  private long nanos;
  private final Scaling scaling =
      new Scaling(
          controller,
          reports,
          scales,
          () -> leads,
          task -> {
            if (slow) {
              pending.add(task);
            } else {
              task.run();
            }
          },
          () -> Instant.ofEpochSecond(1_700_000_000).plusNanos(nanos));

  private static ScaleSettings settings(ScaleSettings.Type type, ScaleSettings.Mode mode) {
    return new ScaleSettings(type, 1, 100, 70, Duration.ofSeconds(1), mode, 0, ScaleOptions.NONE);
  }

  private void serve(ScaleSettings... each) {
    List<Deployment> deployments = new ArrayList<>();
    for (int i = 0; i < each.length; i++) {
      deployments.add(
          new Deployment(
              i == 0 ? BLUE : new DeploymentKey("default", "echo", "green" + i),
              List.of(new Replica("127.0.0.1", 5001)),
              Scoring.DEFAULT,
              RequestSettings.DEFAULT,
              each[i],
              1,
              null));
    }
    controller.apply(
        new ClusterState(controller.current().state().version() + 1, List.of(), deployments),
        endpoint -> Gate.of(endpoint.access().authentication()),
        nanos);
  }

  private void serveActive() {
    serve(settings(ScaleSettings.Type.TARGET_UTILIZATION, ScaleSettings.Mode.ACTIVE));
  }

  private void turns(int seconds) {
    for (int i = 0; i < seconds; i++) {
      nanos += 1_000_000_000L;
      scaling.turn(nanos);
    }
  }

  private ScaleState blue() {
    return scaling.states().getFirst();
  }

  @Test
  void writesWhatTheLoadNeeds() {
    serveActive();
    scales.replicas = 10;
    reports.inFlight = 10;

    turns(1);

    assertThat(scales.written).containsExactly("10 to 15 at v1");
    assertThat(blue().ups()).isEqualTo(1);
    assertThat(blue().records().getFirst().reason())
        .startsWith("10 in flight + 0 queued at 70 % of 1 per replica; 15 desired");
  }

  @Test
  void scalesOnlyWhatAsksForIt() {
    serve(settings(ScaleSettings.Type.DEFAULT, ScaleSettings.Mode.ACTIVE));
    reports.inFlight = 10;

    turns(3);

    assertThat(scales.reads).isZero();
    assertThat(scaling.states()).isEmpty();
  }

  @Test
  void onlyTheLeaderScales() {
    serveActive();
    reports.inFlight = 10;
    leads = false;

    turns(3);

    assertThat(scales.reads).isZero();
    assertThat(scaling.leads()).isFalse();
  }

  @Test
  void writesNothingOnceTheRoleHasGone() {
    serveActive();
    reports.inFlight = 10;
    scales.onRead = () -> leads = false;

    turns(1);

    assertThat(scales.reads).isEqualTo(1);
    assertThat(scales.written).isEmpty();
    assertThat(blue().records()).isEmpty();
  }

  @Test
  void advisoryTellsAndWritesNothing() {
    serve(settings(ScaleSettings.Type.TARGET_UTILIZATION, ScaleSettings.Mode.ADVISORY));
    reports.inFlight = 10;

    turns(5);

    assertThat(scales.written).isEmpty();
    assertThat(blue().records())
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.applied()).isEqualTo(ScaleRecord.Applied.ADVISED);
              assertThat(record.times()).isEqualTo(5);
              assertThat(record.desired()).isEqualTo(15);
            });
  }

  @Test
  void looksOncePerPollingInterval() {
    serve(
        new ScaleSettings(
            ScaleSettings.Type.TARGET_UTILIZATION,
            1,
            100,
            70,
            Duration.ofSeconds(5),
            ScaleSettings.Mode.ACTIVE,
            0,
            ScaleOptions.NONE));

    turns(11);

    assertThat(scales.reads).isEqualTo(3);
  }

  @Test
  void aMissingReportStopsItAndIsCounted() {
    serveActive();
    reports.routers = Set.of("router-1", "router-2");
    reports.inFlight = 10;

    turns(3);

    assertThat(scales.written).isEmpty();
    assertThat(blue().refused()).containsEntry(ScaleRefusal.STALE_LOAD, 3L);
    assertThat(blue().records().getFirst().reason()).isEqualTo("no load report of router-2");
  }

  @Test
  void aPartOfTheLoadIsNothingToScaleBy() {
    serveActive();
    reports.othersAreSilent = true;
    reports.inFlight = 10;

    turns(3);

    assertThat(scales.written).isEmpty();
    assertThat(blue().refused()).containsEntry(ScaleRefusal.UNSHARED_LOAD, 3L);
    assertThat(blue().records().getFirst().reason())
        .startsWith("there are other routers whose load is not known (expected: peer and peers");
    assertThat(scales.told).as("a condition, once").hasSize(1);

    reports.othersAreSilent = false;
    turns(1);

    assertThat(scales.written).as("it scales when there is no other").hasSize(1);
  }

  @Test
  void aTargetThatCannotBeReadIsARefusal() {
    serveActive();
    scales.refusal =
        new ScaleReading.Refused(ScaleRefusal.FOREIGN_AUTOSCALER, "hpa/echo scales it as well");

    turns(2);

    assertThat(blue().refused()).containsEntry(ScaleRefusal.FOREIGN_AUTOSCALER, 2L);
    assertThat(blue().records().getFirst().rule()).isEqualTo("foreign_autoscaler");
    assertThat(blue().records().getFirst().reason()).isEqualTo("hpa/echo scales it as well");
  }

  @Test
  void aConflictIsTriedAgainWithWhatWasReadThen() {
    serveActive();
    reports.inFlight = 10;
    scales.replicas = 10;
    scales.conflict = true;
    turns(1);
    assertThat(blue().refused()).containsEntry(ScaleRefusal.CONFLICT, 1L);
    assertThat(blue().records().getFirst().reason()).endsWith("; but it was changed meanwhile");

    scales.conflict = false;
    turns(1);

    assertThat(scales.written).containsExactly("10 to 15 at v2");
    assertThat(scales.told).containsExactly("up", "up"); // the first one, and what was written
  }

  @Test
  void tellsWhatIsNewAndNotWhatGoesOn() {
    serveActive();
    reports.inFlight = 0;
    turns(3);
    scales.refusal = new ScaleReading.Refused(ScaleRefusal.FORBIDDEN, "may not");
    turns(3);
    scales.refusal = null;
    turns(3);
    reports.inFlight = 7;
    turns(3); // 2, 4, 8

    assertThat(scales.told).containsExactly("steady", "forbidden", "steady", "up", "up", "up");
  }

  @Test
  void aSlowTargetHoldsUpNobody() {
    ScaleSettings active =
        settings(ScaleSettings.Type.TARGET_UTILIZATION, ScaleSettings.Mode.ACTIVE);
    serve(active, active);
    slow = true;

    turns(5);

    assertThat(pending).hasSize(2); // one of each deployment, however long they take
    pending.forEach(Runnable::run);
    turns(1);
    assertThat(pending).hasSize(4);
  }

  @Test
  void anEvaluationThatBreaksIsNotTheLast() {
    serveActive();
    scales.onRead =
        () -> {
          throw new IllegalStateException("bug");
        };
    turns(1);
    scales.onRead = () -> {};

    turns(1);

    assertThat(blue().records()).hasSize(1);
  }

  @Test
  void whatIsNotServedAnyMoreIsForgotten() {
    serveActive();
    turns(1);

    serve();
    turns(1);

    assertThat(scaling.states()).isEmpty();
  }

  @Test
  void remembersABoundedNumberOfDecisions() {
    serveActive();
    for (int i = 0; i < 1000; i++) {
      scales.replicas = 50;
      reports.inFlight = 40 + i % 2;
      turns(1);
    }

    assertThat(blue().records()).hasSize(256);
    assertThat(blue().ups()).isEqualTo(1000);
  }

  @Test
  void remembersWhatArrived() {
    serveActive();
    turns(1);
    for (int i = 0; i < 4000; i++) {
      reports.arrived += 20;
      reports.finished += 10;
      turns(1);
    }

    List<LoadLine> lines = scaling.trace(BLUE);
    assertThat(lines).hasSize(3600).endsWith(new LoadLine(3599, 20, 500));
    assertThat(lines.getFirst().second()).isZero();
    assertThat(scaling.trace(new DeploymentKey("default", "echo", "gone"))).isEmpty();
  }

  @Test
  void fixedAddressesAreNeverWritten() {
    var fixed = new FixedAddresses();
    serveActive();
    Deployment deployment = controller.current().state().deployments().getFirst();

    var scale = (ScaleReading.Scale) fixed.read(deployment);

    assertThat(scale.replicas()).isEqualTo(1);
    assertThat(fixed.write(deployment, scale, 2))
        .isEqualTo(
            new ScaleReading.Refused(
                ScaleRefusal.FIXED_ADDRESSES,
                "replicas are given by address (expected: scaleSettings.mode: advisory)"));
  }

  @Test
  void ownLoadIsThatOfTheDispatcher() {
    serveActive();
    var own = new OwnLoad("router-1", controller, () -> true);

    assertThat(own.of(BLUE, nanos))
        .containsExactly(new LoadReport("router-1", 0, 0, 0, 0, 0, 0, 1, 0));
    assertThat(own.of(new DeploymentKey("default", "echo", "gone"), nanos)).isEmpty();
    assertThat(own.othersAreSilent()).isTrue();
  }

  private static final class FakeScales implements ScaleTargets {
    int replicas = 1;
    int version = 1;
    int reads;
    boolean conflict;
    Runnable onRead = () -> {};
    ScaleReading.@Nullable Refused refusal;
    final List<String> written = new ArrayList<>();
    final List<String> told = new ArrayList<>();

    @Override
    public ScaleReading read(Deployment deployment) {
      reads++;
      onRead.run();
      return refusal == null ? new ScaleReading.Scale(replicas, "v" + version) : refusal;
    }

    @Override
    public ScaleReading write(Deployment deployment, ScaleReading.Scale seen, int wanted) {
      if (conflict) {
        version++;
        return new ScaleReading.Refused(ScaleRefusal.CONFLICT, "it was changed meanwhile");
      }
      written.add(seen.replicas() + " to " + wanted + " at " + seen.version());
      replicas = wanted;
      version++;
      return new ScaleReading.Scale(wanted, "v" + version);
    }

    @Override
    public void tell(Deployment deployment, ScaleRecord news) {
      told.add(news.rule());
    }
  }

  private final class FakeReports implements LoadReports {
    boolean othersAreSilent;
    Set<String> routers = Set.of("router-1");
    int inFlight;
    long arrived;
    long finished;

    @Override
    public Set<String> routers() {
      return routers;
    }

    @Override
    public boolean othersAreSilent() {
      return othersAreSilent;
    }

    @Override
    public List<LoadReport> of(DeploymentKey deployment, long nowNanos) {
      return List.of(
          new LoadReport(
              "router-1",
              0,
              inFlight,
              0,
              arrived,
              finished,
              finished * 500_000_000L,
              scales.replicas,
              0));
    }
  }
}
