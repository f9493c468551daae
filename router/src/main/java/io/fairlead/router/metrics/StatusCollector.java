package io.fairlead.router.metrics;

import io.fairlead.router.control.BuildInfo;
import io.fairlead.router.control.ClusterContact;
import io.fairlead.router.control.DeploymentLoad;
import io.fairlead.router.control.LeaderState;
import io.fairlead.router.control.RouterStatus;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.overload.OverloadStage;
import io.fairlead.router.overload.OverloadState;
import io.fairlead.router.overload.Reading;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.Stream;

/** Reads what the router knows of itself and of its deployments. */
final class StatusCollector implements MultiCollector {
  private final RouterStatus status;
  private final InstantSource clock;

  StatusCollector(RouterStatus status, InstantSource clock) {
    this.status = status;
    this.clock = clock;
  }

  @Override
  public MetricSnapshots collect() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    collectLoads(all);
    BuildInfo build = status.build();
    Points info = new Points(Meter.BUILD);
    info.add(
        1, build.version(), build.commit(), build.java(), build.transport(), build.tlsEngine());
    all.metricSnapshot(info.snapshot());
    Duration uptime = Duration.between(status.startedAt(), clock.instant());
    all.metricSnapshot(Points.single(Meter.UPTIME, uptime.toMillis() / 1e3));
    Instant notAfter = status.certificateNotAfter();
    if (notAfter != null) {
      all.metricSnapshot(Points.single(Meter.CERTIFICATE_NOT_AFTER, notAfter.getEpochSecond()));
    }
    LeaderState leader = status.leader();
    all.metricSnapshot(Points.single(Meter.LEADER, leader.leads() ? 1 : 0));
    all.metricSnapshot(Points.single(Meter.LEADER_TRANSITIONS, leader.changes()));
    collectOverload(all);
    ClusterContact cluster = status.cluster();
    if (cluster != null) {
      collectCluster(cluster, all);
    }
    return all.build();
  }

  private static void collectCluster(ClusterContact cluster, MetricSnapshots.Builder all) {
    all.metricSnapshot(Points.single(Meter.KUBERNETES_LAST_EVENT_AGE, cluster.silentNanos() / 1e9));
    Points conditions = new Points(Meter.KUBERNETES_CONDITIONS);
    for (ClusterContact.ConditionCount each : cluster.conditions()) {
      conditions.add(each.resources(), each.kind(), each.condition());
    }
    all.metricSnapshot(conditions.snapshot());
  }

  private void collectOverload(MetricSnapshots.Builder all) {
    OverloadState overload = status.overload();
    all.metricSnapshot(Points.single(Meter.OVERLOAD_STAGE, stageNumber(overload.stage())));
    Points ratios = new Points(Meter.OVERLOAD_RATIO);
    for (Reading reading : overload.readings()) {
      ratios.add(reading.permille() / 1e3, reading.resource().text());
    }
    all.metricSnapshot(ratios.snapshot());
  }

  private static long stageNumber(OverloadStage stage) {
    return switch (stage) {
      case NORMAL -> 0;
      case NO_KEEP_ALIVE -> 1;
      case REFUSE_REQUESTS -> 2;
      case STOP_ACCEPTING -> 3;
    };
  }

  private void collectLoads(MetricSnapshots.Builder all) {
    Points inFlight = new Points(Meter.IN_FLIGHT);
    Points queued = new Points(Meter.QUEUED);
    Points replicas = new Points(Meter.REPLICAS);
    Points hedges = new Points(Meter.HEDGES);
    Points leaked = new Points(Meter.SLOTS_LEAKED);
    for (DeploymentLoad deployment : status.loads()) {
      String endpoint = deployment.deployment().key().endpoint();
      String name = deployment.deployment().name();
      Load load = deployment.load();
      inFlight.add(load.inFlight(), endpoint, name);
      queued.add(load.queued(), endpoint, name);
      replicas.add(load.readyReplicas(), endpoint, name, "ready");
      replicas.add(load.ejectedReplicas(), endpoint, name, "ejected");
      replicas.add(load.drainingReplicas(), endpoint, name, "draining");
      hedges.add(deployment.hedges().won(), endpoint, name, "won");
      hedges.add(deployment.hedges().lost(), endpoint, name, "lost");
      hedges.add(deployment.hedges().failed(), endpoint, name, "failed");
      hedges.add(deployment.hedges().abandoned(), endpoint, name, "abandoned");
      leaked.add(deployment.leaked(), endpoint, name);
    }
    Stream.of(inFlight, queued, replicas, hedges, leaked)
        .forEach(points -> all.metricSnapshot(points.snapshot()));
  }
}
