package io.fairlead.router.fleet;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.fleet.Refusal.Reason;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LesseeTest {
  private static final long MILLI = 1_000_000;
  private static final DeploymentKey BLUE = new DeploymentKey("default", "echo", "blue");
  private static final Replica REPLICA = new Replica("10.0.0.1", 5001);

  private long now = Long.MAX_VALUE - 100 * MILLI;
  private final Desk desk = new Desk();
  private final Lessee lessee = new Lessee("a", 7, FleetSettings.DEFAULT, desk, now);

  /** Holds what it is allowed, and remembers until when. */
  private static final class Desk implements LocalSlots {
    int holds;
    long until;
    final List<Integer> allowed = new ArrayList<>();

    @Override
    public List<DeploymentReport> report(long nowNanos) {
      return List.of(
          new DeploymentReport(BLUE, List.of(new Slots(REPLICA, holds, 0)), 0, 0, 0, 0, 0));
    }

    @Override
    public void allow(List<DeploymentGrant> grants, long untilNanos, long nowNanos) {
      holds = grants.getFirst().replicas().stream().mapToInt(Slots::slots).sum();
      allowed.add(holds);
      until = untilNanos;
    }
  }

  private Heartbeat beat() {
    return requireNonNull(lessee.heartbeat(now));
  }

  private static Grants grants(long epoch, long version, long answers, int slots) {
    return new Grants(
        1,
        "c",
        epoch,
        version,
        "a",
        7,
        answers,
        5_000,
        List.of(
            new DeploymentGrant(
                BLUE,
                List.of(new Slots(REPLICA, slots, 0)),
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                9,
                -1,
                0)));
  }

  @Test
  void saysNothingWhileThereIsNoCoordinator() {
    assertThat(lessee.heartbeat(now)).isNull();
  }

  @Test
  void aLeaseRunsFromBeforeItWasAskedFor() {
    lessee.follow(1);
    long asked = now;
    beat();
    now += 300 * MILLI;

    lessee.answered(grants(1, 1, 1, 2), now);

    assertThat(desk.until).isEqualTo(asked + 5_000 * MILLI);
    assertThat(lessee.isLeased(asked + 5_000 * MILLI - 1)).isTrue();
    assertThat(lessee.isLeased(asked + 5_000 * MILLI)).isFalse();
  }

  @Test
  void grantsThatComeTooLateAreNotFollowed() {
    lessee.follow(1);
    beat();
    now += 5_000 * MILLI;

    lessee.answered(grants(1, 1, 1, 2), now);

    assertThat(desk.allowed).isEmpty();
    assertThat(beat().seen()).isZero();
  }

  @Test
  void olderGrantsAndThoseOfAnotherEpochAreNotFollowed() {
    lessee.follow(1);
    beat();
    lessee.answered(grants(1, 5, 1, 2), now);
    lessee.answered(grants(1, 4, 1, 3), now);
    lessee.follow(2);
    lessee.answered(grants(1, 6, 1, 3), now);
    beat();
    lessee.answered(grants(2, 1, 2, 1), now);
    lessee.follow(1);

    assertThat(desk.allowed).containsExactly(2, 1);
    assertThat(lessee.epoch()).isEqualTo(2);
    assertThat(lessee.ignored()).isEqualTo(2);
  }

  @Test
  void grantsOfAnEarlierLifeAreNotFollowed() {
    lessee.follow(1);
    beat();

    lessee.answered(
        new Grants(1, "c", 1, 1, "a", 6, 1, 5_000, grants(1, 1, 1, 1).deployments()), now);

    assertThat(desk.allowed).isEmpty();
  }

  @Test
  void whatWasGivenBackIsNotRaisedByAnAnswerToBefore() {
    lessee.follow(1);
    beat();
    lessee.answered(grants(1, 1, 1, 2), now);
    beat();
    desk.holds = 1;
    beat();

    lessee.answered(grants(1, 2, 2, 2), now);
    lessee.answered(grants(1, 3, 3, 2), now);

    assertThat(desk.allowed).containsExactly(2, 1, 2);
  }

  @Test
  void whatWasGrantedAndGivenBackBetweenTwoHeartbeatsIsNotRaisedEither() {
    lessee.follow(1);
    beat();
    lessee.answered(grants(1, 1, 1, 1), now);
    desk.holds = 0;
    beat();

    lessee.answered(grants(1, 2, 1, 1), now);

    assertThat(desk.allowed).containsExactly(1, 0);
  }

  /** Of a heartbeat that has seen what was raised it is taken that it gives that back. */
  @Test
  void whatWasNotTakenIsGivenBackByTheNextHeartbeat() {
    giveBackTheFirstGrant();
    lessee.answered(raised(2, 1, 1), now);
    beat();

    lessee.answered(raised(3, 2, 1), now);

    assertThat(desk.allowed).as("the third may be answered already").containsExactly(1, 0, 0);
  }

  @Test
  void whatWasRaisedAfterItWasGivenBackIsTaken() {
    giveBackTheFirstGrant();

    lessee.answered(raised(2, 1, 2), now);

    assertThat(desk.allowed).as("given back was what the first raised").containsExactly(1, 1);
  }

  /** By the second heartbeat, of which the coordinator has not heard yet. */
  private void giveBackTheFirstGrant() {
    lessee.follow(1);
    beat();
    lessee.answered(raised(1, 1, 1), now);
    desk.holds = 0;
    beat();
  }

  /** One slot, which grants of version {@code raisedAt} were the first to tell of. */
  private static Grants raised(long version, long answers, long raisedAt) {
    var slots = List.of(new Slots(REPLICA, 1, 0, raisedAt));
    var grant = new DeploymentGrant(BLUE, slots, Integer.MAX_VALUE, Integer.MAX_VALUE, 9, -1, 0);
    return new Grants(1, "c", 1, version, "a", 7, answers, 5_000, List.of(grant));
  }

  @Test
  void speaksAtASteadyPaceAndSoonerWhereItIsUrgent() {
    lessee.follow(1);
    beat();
    lessee.answered(grants(1, 1, 1, 1), now);
    assertThat(lessee.nextHeartbeatNanos()).isEqualTo(now + 200 * MILLI);

    lessee.hurry();
    assertThat(lessee.nextHeartbeatNanos() - now).as("at once").isNotPositive();
    assertThat(beat().urgent()).isTrue();
  }

  @Test
  void saysAFewThingsAtOnceAndThenNoMoreThanEightHundredASecond() {
    lessee.follow(1);
    long first = now;
    for (int i = 0; i < 8; i++) {
      lessee.hurry();
      assertThat(lessee.nextHeartbeatNanos() - now).as("number " + i).isNotPositive();
      beat();
      now += MILLI / 10;
    }
    lessee.hurry();
    assertThat(lessee.nextHeartbeatNanos())
        .as("while the last is not answered")
        .isEqualTo(first + 40 * MILLI);
    lessee.answered(grants(1, 1, 8, 1), now);
    assertThat(lessee.nextHeartbeatNanos()).as("answered").isEqualTo(first + 10 * MILLI);

    now = first + 10 * MILLI;
    beat();
    lessee.answered(grants(1, 2, 9, 1), now);
    lessee.hurry();
    assertThat(lessee.nextHeartbeatNanos())
        .as("eight at once, once a while")
        .isEqualTo(first + MILLI / 10 + 10 * MILLI);
  }

  @Test
  void whoLeavesKeepsNothingIdle() {
    lessee.follow(1);
    lessee.leave();

    assertThat(beat().leaving()).isTrue();
  }

  @Test
  void countsWhyItWasRefused() {
    lessee.follow(1);
    beat();

    lessee.answered(new Refusal(Reason.EPOCH, 2, "epoch: 1 (expected: 2)"), now);

    assertThat(lessee.refused(Reason.EPOCH)).isEqualTo(1);
    assertThat(lessee.lastRefusal()).isNotNull();
  }
}
