package io.fairlead.router.metrics;

import io.fairlead.router.control.BuildInfo;
import io.fairlead.router.control.ClusterContact;
import io.fairlead.router.control.DeploymentLoad;
import io.fairlead.router.control.FleetState;
import io.fairlead.router.control.LeaderState;
import io.fairlead.router.control.Reload;
import io.fairlead.router.control.RouterStatus;
import io.fairlead.router.dispatch.HedgeCounts;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.election.Standing.Leader;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.overload.OverloadStage;
import io.fairlead.router.overload.OverloadState;
import io.fairlead.router.overload.Reading;
import io.fairlead.router.overload.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A router that never changes by itself. */
final class SampleStatus implements RouterStatus {
  static final Instant STARTED = Instant.parse("2026-11-01T08:00:00Z");

  private final List<DeploymentLoad> loads = new ArrayList<>();

  void serve(String namespace, String endpoint, String deployment, Load load) {
    DeploymentKey key = new DeploymentKey(namespace, endpoint, deployment);
    serve(key, load, HedgeCounts.NONE);
  }

  void serve(DeploymentKey key, Load load, HedgeCounts hedges) {
    Deployment deployment =
        new Deployment(key, List.of(), Scoring.DEFAULT, RequestSettings.DEFAULT);
    loads.add(new DeploymentLoad(deployment, load, List.of(), hedges, 0));
  }

  @Override
  public BuildInfo build() {
    return new BuildInfo("0.1.0", "abc1234", "25", "epoll", "boringssl");
  }

  @Override
  public ClusterContact cluster() {
    return new ClusterContact(
        "https://10.0.0.1/",
        2_500_000_000L,
        "",
        List.of(new ClusterContact.ConditionCount("OnlineEndpoint", "NoReplicas", 3)));
  }

  @Override
  public Instant startedAt() {
    return STARTED;
  }

  @Override
  public Instant certificateNotAfter() {
    return Instant.ofEpochSecond(1_800_000_000);
  }

  @Override
  public List<Reload> lastReloads() {
    return List.of();
  }

  @Override
  public LeaderState leader() {
    return new LeaderState("me", new Leader(3, 0), 5);
  }

  @Override
  public FleetState fleet() {
    return new FleetState(
        "10.0.0.1:9001",
        2,
        "10.0.0.2:9001",
        false,
        1_500_000_000,
        true,
        4,
        3,
        17,
        16,
        Map.of("epoch", 1L),
        Map.of("flood", 2L));
  }

  @Override
  public OverloadState overload() {
    return new OverloadState(OverloadStage.NO_KEEP_ALIVE, List.of(new Reading(Resource.HEAP, 930)));
  }

  @Override
  public List<DeploymentLoad> loads() {
    return loads;
  }
}
