package io.fairlead.router.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Limits;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a decision notes of the replicas it saw. */
class CandidatesTest {
  private final Candidates seen = new Candidates();

  private DispatchResult acquire(Scene scene, boolean always) {
    return scene.dispatcher.acquire(
        permit -> {}, scene.now + Scene.SECOND, scene.now, seen, always);
  }

  private List<Standing> standings() {
    return seen.list().stream().map(Candidate::standing).toList();
  }

  @Test
  void sampledDecisionNotesTheReplicasAsTheyWereBeforeIt() {
    Scene scene = new Scene(Scene.deployment(2, 1));
    scene.call();
    assertThat(acquire(scene, true)).isInstanceOf(Permit.class);
    assertThat(seen.list())
        .containsExactly(
            new Candidate(Scene.replica(0), 1, 0, Standing.BUSY),
            new Candidate(Scene.replica(1), 0, 1, Standing.FREE));
  }

  @Test
  void otherDecisionsNoteNothingUnlessTheyRefuse() {
    Scene scene = new Scene(Scene.deployment(1, 1, 500, 0));
    assertThat(acquire(scene, false)).isInstanceOf(Permit.class);
    assertThat(seen.list()).isEmpty();
    assertThat(acquire(scene, false)).isInstanceOf(Rejected.class);
    assertThat(seen.list()).containsExactly(new Candidate(Scene.replica(0), 1, 0, Standing.BUSY));
  }

  @Test
  void toldEjectedRemovedAndTriedFromBusy() {
    Scene scene = new Scene(Scene.deployment(5, 1));
    List<Scene.Caller> callers = scene.calls(5);
    callers.get(0).end(Outcome.RESET);
    for (int failures = 1; failures < 5; failures++) {
      scene.call().end(Outcome.RESET); // of the only one that is free
    }
    Scene.Caller last = callers.get(4);
    scene.update(Scene.deployment(4, 1));
    scene.dispatcher.load(scene.now, seen, Scene.replica(1));
    assertThat(standings())
        .containsExactly(
            Standing.EJECTED, Standing.TRIED, Standing.BUSY, Standing.BUSY, Standing.REMOVED);
    last.answer();
    scene.dispatcher.load(scene.now, seen, null);
    assertThat(standings())
        .containsExactly(Standing.EJECTED, Standing.BUSY, Standing.BUSY, Standing.BUSY);
  }

  @Test
  void replicasOfAnUnlimitedDeploymentAreAlwaysFree() {
    Scene scene = new Scene(Scene.deployment(1, 0));
    scene.calls(100);
    scene.dispatcher.load(scene.now, seen, null);
    assertThat(seen.list())
        .containsExactly(new Candidate(Scene.replica(0), 100, -1, Standing.FREE));
  }

  @Test
  void onlySlotsThatThisRouterMayUseAreFree() {
    long now = 0;
    Dispatcher dispatcher =
        new Dispatcher(
            Scene.deployment(2, 3),
            Limits.Upstream.DEFAULT,
            new SplittableRandom(1),
            () -> {},
            now);
    List<LeasedSlots> leased = List.of(new LeasedSlots(Scene.replica(0), 2, 0));
    dispatcher.lease(new Lease(leased, 2, 2, 9), Scene.SECOND, now);
    dispatcher.acquireFree(now);

    dispatcher.foresee(Scene.SECOND, now, seen);

    assertThat(seen.list())
        .containsExactly(
            new Candidate(Scene.replica(0), 1, 1, Standing.FREE),
            new Candidate(Scene.replica(1), 0, 0, Standing.BUSY));
  }

  @Test
  void holdsSoManyAndCountsTheRest() {
    Scene scene = new Scene(Scene.deployment(1_000, 1));
    scene.dispatcher.load(scene.now, seen, null);
    assertThat(seen.list()).hasSize(Candidates.MOST);
    assertThat(seen.more()).isEqualTo(1_000 - Candidates.MOST);
  }

  @Test
  void waiterIsToldItsPlace() {
    Scene scene = new Scene(Scene.deployment(1, 1, 500, 5));
    scene.call();
    assertThat(scene.call().ticket().position()).isEqualTo(1);
    assertThat(scene.call().ticket().position()).isEqualTo(2);
  }
}
