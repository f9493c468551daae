package io.fairlead.router.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.election.Action.Finished;
import io.fairlead.router.election.Action.Read;
import io.fairlead.router.election.Action.WaitUntil;
import io.fairlead.router.election.Action.Write;
import io.fairlead.router.election.Reply.Absent;
import io.fairlead.router.election.Reply.Conflict;
import io.fairlead.router.election.Reply.Failed;
import io.fairlead.router.election.Reply.Found;
import io.fairlead.router.election.Reply.Written;
import io.fairlead.router.election.Standing.Follower;
import io.fairlead.router.election.Standing.Leader;
import io.fairlead.router.election.Standing.Leaderless;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ElectorTest {
  private static final long MILLI = 1_000_000L;
  private static final Instant WALL = Instant.parse("2026-11-01T00:00:00Z");
  private static final LeaseTimes TIMES = LeaseTimes.of(Duration.ofSeconds(2));

  /** Starts where additions overflow soon, as a clock of nanoseconds may. */
  private long now = Long.MAX_VALUE - 3_000 * MILLI;

  private final Elector elector = new Elector("me", TIMES, new SplittableRandom(1), now);

  private Action next() {
    return elector.next(now, WALL);
  }

  /** Waits as long as it wants to, and returns what it wants then. */
  private Action later() {
    Action action = next();
    while (action instanceof WaitUntil wait) {
      assertThat(wait.nanos() - now).isPositive();
      now = wait.nanos();
      action = next();
    }
    return action;
  }

  private void reply(Reply reply) {
    elector.accept(reply, now);
  }

  private Standing standing() {
    return elector.standing(now);
  }

  private static LeaseRecord held(String holder, long transitions) {
    return new LeaseRecord(holder, TIMES.duration(), WALL, WALL, transitions, false);
  }

  /** The same once it was noted that there are others. */
  private static LeaseRecord noted(String holder, long transitions) {
    return new LeaseRecord(holder, TIMES.duration(), WALL, WALL, transitions, true);
  }

  private static LeaseRecord givenUp(String heir, long transitions) {
    return new LeaseRecord(
        heir, TIMES.duration(), WALL, WALL.minusNanos(1_000), transitions, false);
  }

  private void lead() {
    assertThat(next()).isInstanceOf(Read.class);
    reply(new Found(givenUp("", 0), "0"));
    assertThat(next()).isInstanceOf(Write.class);
    reply(new Written("1"));
    assertThat(standing()).isInstanceOf(Leader.class);
  }

  @Test
  void firstLeaseIsNobodysUntilWhoMayHaveHadOneMustHaveNoticed() {
    assertThat(next()).isEqualTo(new Read());
    reply(new Absent());

    LeaseRecord nobodys = held("nobody", 0);
    assertThat(next()).isEqualTo(new Write(nobodys, null));
    reply(new Written("0"));
    long made = now;
    assertThat(standing()).isEqualTo(new Leaderless());
    Action action = later();
    while (action instanceof Read) {
      reply(new Found(nobodys, "0"));
      action = later();
    }

    assertThat(now - made).isEqualTo(2_000 * MILLI);
    assertThat(action).isEqualTo(new Write(held("me", 1), "0"));
    reply(new Written("1"));
    assertThat(standing()).isEqualTo(new Leader(1, now + 1_500 * MILLI));
  }

  @Test
  void takesLeaseOfHolderWhoseProcessIsGoneAtOnce() {
    next();
    reply(new Found(noted("other", 3), "7"));
    assertThat(next()).isInstanceOf(WaitUntil.class);

    elector.isOver("other", now);

    assertThat(next()).isEqualTo(new Read());
    reply(new Found(noted("other", 3), "7"));
    assertThat(next()).isEqualTo(new Write(held("me", 4), "7"));
  }

  @Test
  void leavesLeaseToHolderWhenAnotherIsOver() {
    next();
    reply(new Found(noted("other", 3), "7"));
    next();

    elector.isOver("former", now);

    assertThat(next()).isEqualTo(new Read());
    reply(new Found(noted("other", 3), "7"));
    assertThat(next()).isInstanceOf(WaitUntil.class);
  }

  @Test
  void leadsFromBeforeItWroteAndNotFromTheAnswer() {
    next();
    reply(new Found(givenUp("", 0), "0"));
    next();
    long sent = now;
    now += 400 * MILLI;
    reply(new Written("1"));

    assertThat(standing()).isEqualTo(new Leader(1, sent + 1_500 * MILLI));
    now = sent + 1_500 * MILLI;
    assertThat(standing()).isNotInstanceOf(Leader.class);
  }

  @Test
  void leavesLeaseOfAnotherUntilNothingIsSeenOfItForItsDuration() {
    var record = new LeaseRecord("other", Duration.ofSeconds(5), WALL, WALL, 7, true);
    next();
    reply(new Found(record, "3"));
    long seen = now;
    assertThat(standing()).isEqualTo(new Follower("other", 7));

    while (now - seen < 5_000 * MILLI) {
      assertThat(later()).isInstanceOf(Read.class);
      reply(new Found(record, "3"));
    }

    assertThat(now - seen).isEqualTo(5_000 * MILLI);
    assertThat(standing()).isEqualTo(new Leaderless());
    assertThat(next()).isEqualTo(new Write(held("me", 8), "3"));
  }

  @Test
  void holderThatWritesIsLeftAloneWhateverItsClockSays() {
    var record = noted("other", 7);
    long began = now;
    for (int version = 1; now - began < 20_000 * MILLI; version++) {
      assertThat(later()).isInstanceOf(Read.class);
      reply(new Found(record, "" + version));
      now += 1_000 * MILLI;
    }
    assertThat(standing()).isEqualTo(new Follower("other", 7));
  }

  @Test
  void clockThatStandsStillIsNoReasonToWriteTheSameAgain() {
    lead();
    Instant last = WALL;
    for (int i = 2; i < 6; i++) {
      Write renewal = (Write) later();
      assertThat(renewal.record().renewed()).isAfter(last);
      assertThat(renewal.record().acquired()).isEqualTo(WALL);
      last = renewal.record().renewed();
      reply(new Written("" + i));
    }
    assertThat(standing()).isInstanceOf(Leader.class);
  }

  @Test
  void failedRenewalIsTriedAgainSoonAndEndsInTime() {
    lead();
    long until = now + 1_500 * MILLI;
    int attempts = 0;
    while (standing() instanceof Leader(long term, long end)) {
      assertThat(term).isEqualTo(1);
      assertThat(end).isEqualTo(until);
      if (later() instanceof Write write) {
        assertThat(write.version()).isEqualTo("1");
        attempts++;
      }
      reply(new Failed("refused"));
    }

    assertThat(now).isBetween(until, until + 100 * MILLI);
    assertThat(attempts).isGreaterThan(8);
    assertThat(later()).isInstanceOf(Read.class);
  }

  @Test
  void renewalWhoseAnswerWasLostIsFoundAndNoReasonToGo() {
    lead();
    Write lost = (Write) later();
    reply(new Failed("time-out"));
    assertThat(later()).isInstanceOf(Write.class);
    reply(new Conflict());
    assertThat(standing()).isInstanceOf(Leader.class);

    assertThat(next()).isInstanceOf(Read.class);
    reply(new Found(lost.record(), "2"));

    assertThat(standing()).isInstanceOf(Leader.class);
    assertThat(((Write) next()).version()).isEqualTo("2");
    reply(new Written("3"));
    assertThat(standing()).isEqualTo(new Leader(1, now + 1_500 * MILLI));
  }

  @Test
  void doesNotLeadOnceAnotherIsSeen() {
    lead();
    later();
    reply(new Conflict());
    next();
    reply(new Found(held("other", 2), "2"));

    assertThat(standing()).isEqualTo(new Follower("other", 2));
  }

  @Test
  void termThatHasEndedDoesNotComeBack() {
    lead();
    later();
    now += 1_600 * MILLI;
    assertThat(standing()).isEqualTo(new Leaderless());

    reply(new Written("2")); // nobody has taken it meanwhile

    assertThat(standing()).isEqualTo(new Leaderless());
    Write claim = (Write) next();
    assertThat(claim.record().transitions()).isEqualTo(2);
    assertThat(claim.version()).isEqualTo("2");
    reply(new Written("3"));
    assertThat(standing()).isEqualTo(new Leader(2, now + 1_500 * MILLI));
  }

  @Test
  void claimWhoseAnswerWasLostLeadsToNothingUntilItIsFound() {
    next();
    reply(new Found(givenUp("", 0), "0"));
    Write claim = (Write) next();
    reply(new Failed("time-out"));
    assertThat(standing()).isEqualTo(new Leaderless());

    assertThat(later()).isInstanceOf(Read.class);
    reply(new Found(claim.record(), "1"));

    assertThat(((Write) next()).record().transitions()).isEqualTo(2);
  }

  @Test
  void leaseThatIsGoneIsMadeAnewAndNobodysForAsLongAsTheLongestThatWasSeen() {
    next();
    reply(new Found(new LeaseRecord("other", Duration.ofSeconds(5), WALL, WALL, 7, true), "3"));
    later();
    reply(new Absent());

    LeaseRecord nobodys =
        new LeaseRecord("nobody", Duration.ofSeconds(5), WALL, WALL, 7, /* others= */ false);
    assertThat(next()).isEqualTo(new Write(nobodys, null));
    reply(new Written("4"));
    long made = now;
    Action action = later();
    while (action instanceof Read) {
      reply(new Found(nobodys, "4"));
      action = later();
    }

    assertThat(now - made).isEqualTo(5_000 * MILLI);
    assertThat(action).isEqualTo(new Write(held("me", 8), "4"));
  }

  @Test
  void leaderWhoseLeaseIsGoneHasLostIt() {
    lead();
    later();
    reply(new Conflict());
    next();
    reply(new Absent());

    assertThat(standing()).isEqualTo(new Leaderless());
    assertThat(((Write) next()).record()).isEqualTo(held("nobody", 1));
  }

  // ---- a lease that somebody edited

  @Test
  void termThatWentBackIsPutRight() {
    next();
    reply(new Found(noted("other", 7), "3"));
    later();
    reply(new Found(noted("fresh", 1), "4"));

    assertThat(standing()).as("a term that was there before").isEqualTo(new Leaderless());
    assertThat(next()).isEqualTo(new Write(noted("fresh", 8), "4"));
    reply(new Written("5"));
    assertThat(standing()).isEqualTo(new Follower("fresh", 8));
  }

  @Test
  void termThatAnotherHadIsPutRightToo() {
    next();
    reply(new Found(noted("other", 7), "3"));
    later();
    Instant later = WALL.plusSeconds(1);
    reply(new Found(new LeaseRecord("fresh", TIMES.duration(), later, later, 7, true), "4"));

    assertThat(((Write) next()).record().transitions()).isEqualTo(8);
  }

  @Test
  void numberThatCannotBeATermIsPutRight() {
    next();
    reply(new Found(noted("other", 7), "3"));
    later();
    reply(new Found(noted("other", Integer.MAX_VALUE), "4"));

    assertThat(next()).isEqualTo(new Write(noted("other", 8), "4"));
  }

  @Test
  void leaderWhoseTermWasEditedBeginsAnotherAtOnce() {
    lead();
    later();
    reply(new Conflict());
    next();
    reply(new Found(held("me", 0), "9"));

    assertThat(standing()).isEqualTo(new Leaderless());
    assertThat(((Write) next()).record().transitions()).isEqualTo(2);
  }

  @Test
  void whoIsMadeHolderByHandWaitsUntilTheOtherMustHaveNoticed() {
    next();
    reply(new Found(noted("other", 7), "3"));
    later();
    reply(new Found(noted("me", 7), "4"));
    long edited = now;

    Action action = later();
    while (action instanceof Read) {
      reply(new Found(noted("me", 7), "4"));
      action = later();
    }

    assertThat(now - edited).isEqualTo(2_000 * MILLI);
    assertThat(((Write) action).record().transitions()).isEqualTo(8);
  }

  @Test
  void leaseThatWasEmptiedByHandIsNotTakenAtOnce() {
    next();
    reply(new Found(held("", 7), "3"));

    assertThat(next()).isInstanceOf(WaitUntil.class);
  }

  @Test
  void shorterDurationByHandShortensNothing() {
    next();
    reply(new Found(new LeaseRecord("other", Duration.ofSeconds(9), WALL, WALL, 7, true), "3"));
    later();
    reply(new Found(new LeaseRecord("other", Duration.ZERO, WALL, WALL, 7, true), "4"));
    long edited = now;

    Action action = later();
    while (action instanceof Read) {
      reply(new Found(new LeaseRecord("other", Duration.ZERO, WALL, WALL, 7, true), "4"));
      action = later();
    }

    assertThat(now - edited).isEqualTo(9_000 * MILLI);
  }

  @Test
  void absurdDurationIsNotBelieved() {
    next();
    reply(new Found(new LeaseRecord("other", Duration.ofDays(900), WALL, WALL, 7, true), "3"));
    long seen = now;

    Action action = later();
    while (action instanceof Read) {
      reply(new Found(new LeaseRecord("other", Duration.ofDays(900), WALL, WALL, 7, true), "3"));
      action = later();
    }

    assertThat(now - seen).isEqualTo(60_000 * MILLI);
  }

  @Test
  void stampOfTheFarFutureIsNotCountedOn() {
    lead();
    later();
    reply(new Conflict());
    next();
    reply(
        new Found(new LeaseRecord("me", TIMES.duration(), WALL, Instant.MAX, 1, false), "edited"));

    assertThat(((Write) next()).record().renewed()).isEqualTo(WALL);
  }

  @Test
  void notesThatItIsThereBesideWhoLeads() {
    assertThat(elector.hasOthers(now)).isFalse();
    next();
    reply(new Found(held("other", 7), "3"));

    assertThat(next()).isEqualTo(new Write(noted("other", 7), "3"));
    reply(new Written("4"));

    assertThat(next()).isInstanceOf(WaitUntil.class);
    assertThat(elector.hasOthers(now)).isTrue();
  }

  @Test
  void leaderKnowsOfOthersOnceTheyHaveNotedIt() {
    lead();
    assertThat(elector.hasOthers(now)).isFalse();
    later();
    reply(new Conflict());
    next();
    reply(new Found(noted("me", 1), "2"));

    assertThat(elector.hasOthers(now)).isTrue();
    assertThat(((Write) next()).record().others()).isTrue();
    assertThat(standing()).isInstanceOf(Leader.class);
  }

  @Test
  void leaderForgetsOthersThatDoNotNoteItAgain() {
    lead();
    later();
    reply(new Conflict());
    next();
    reply(new Found(noted("me", 1), "2"));
    long noted = now;
    int version = 3;
    while (now - noted < 20_000 * MILLI) {
      Write renewal = (Write) later();
      assertThat(renewal.record().others()).isEqualTo(now - noted < 10_000 * MILLI);
      reply(new Written("" + version++));
      assertThat(elector.hasOthers(now)).isEqualTo(now - noted < 14_000 * MILLI);
    }
  }

  @Test
  void releaseEndsLeadingAtOnceAndFreesTheLease() {
    lead();

    elector.release("");

    assertThat(standing()).isNotInstanceOf(Leader.class);
    Write release = (Write) next();
    assertThat(release.version()).isEqualTo("1");
    assertThat(release.record().holder()).isEmpty();
    assertThat(release.record()).isEqualTo(givenUp("", 1));
    reply(new Written("2"));
    assertThat(next()).isEqualTo(new Finished());
  }

  @Test
  void freedLeaseIsTakenAtOnce() {
    next();
    reply(new Found(givenUp("", 4), "9"));

    assertThat(next()).isEqualTo(new Write(held("me", 5), "9"));
  }

  @Test
  void nobodyLeadsUntilTheHeirHasTakenIt() {
    next();
    reply(new Found(givenUp("heir", 4), "9"));

    assertThat(elector.standing(now)).isEqualTo(new Standing.Leaderless());
  }

  @Test
  void heirTakesItAndOthersWait() {
    lead();
    elector.release("heir");
    Write release = (Write) next();
    reply(new Written("2"));
    Elector heir = new Elector("heir", TIMES, new SplittableRandom(2), now);
    Elector other = new Elector("other", TIMES, new SplittableRandom(3), now);

    heir.next(now, WALL);
    heir.accept(new Found(release.record(), "2"), now);
    other.next(now, WALL);
    other.accept(new Found(release.record(), "2"), now);

    assertThat(((Write) heir.next(now, WALL)).record().transitions()).isEqualTo(2);
    assertThat(other.next(now, WALL)).isInstanceOf(WaitUntil.class);
  }

  @Test
  void releaseIsGivenUpAfterThreeAttempts() {
    lead();
    elector.release("");
    int calls = 0;
    while (!(next() instanceof Finished)) {
      calls++;
      reply(new Failed("away"));
    }
    assertThat(calls).isBetween(3, 4);
  }

  @Test
  void followerLeavesWithoutAWord() {
    next();
    reply(new Found(held("other", 7), "3"));
    elector.release("");

    assertThat(next()).isEqualTo(new Finished());
  }

  @Test
  void whoHasLeftIsToldWhoLeadsAndNoTermThatWasThereBefore() {
    lead();
    elector.release("");
    next();
    reply(new Written("2"));
    assertThat(next()).isEqualTo(new Finished());

    Instant later = WALL.plusSeconds(9);
    var again = new LeaseRecord("fresh", TIMES.duration(), later, later, 1, /* others= */ true);
    elector.watched(new Found(again, "3"), now);
    assertThat(standing()).isEqualTo(new Leaderless());
    elector.watched(new Found(held("fresh", 2), "4"), now);
    assertThat(standing()).isEqualTo(new Follower("fresh", 2));
    elector.watched(new Failed("away"), now);
    assertThat(standing()).isEqualTo(new Follower("fresh", 2));
    elector.watched(new Absent(), now);
    assertThat(standing()).isEqualTo(new Leaderless());
  }

  @Test
  void replyToNothingIsAMistake() {
    assertThatThrownBy(() -> reply(new Failed("away"))).isInstanceOf(IllegalStateException.class);
    next();
    assertThatThrownBy(this::next).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> reply(new Written("1"))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void oneIsNotItsOwnHeir() {
    assertThatThrownBy(() -> elector.release("me"))
        .hasMessage("successor: me (expected: another router)");
  }
}
