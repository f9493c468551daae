package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.control.LeaseStore;
import io.fairlead.router.election.LeaseRecord;
import io.fairlead.router.election.LeaseTimes;
import io.fairlead.router.election.Reply;
import io.fairlead.router.election.Standing.Follower;
import io.fairlead.router.election.Standing.Leader;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Elections in real time, over a store in memory that may hang. */
@Timeout(120)
class LeaderElectionTest {
  /** A lease that no busy machine lets run out; whoever waits for its end takes a short one. */
  private static final Duration LONG = Duration.ofSeconds(10);

  private final MemoryStore store = new MemoryStore();
  private final List<LeaderElection> running = new ArrayList<>();

  @AfterEach
  void stop() {
    store.hang.countDown();
    running.forEach(LeaderElection::close);
  }

  /** A store that hangs while it is told to, whoever interrupts. */
  private static final class MemoryStore implements LeaseStore {
    private @Nullable LeaseRecord record;
    private int version;
    private volatile CountDownLatch hang = new CountDownLatch(0);

    @Override
    public Reply read() {
      hang();
      synchronized (this) {
        return record == null ? new Reply.Absent() : new Reply.Found(record, "" + version);
      }
    }

    @Override
    public Reply write(LeaseRecord written, @Nullable String wanted) {
      hang();
      synchronized (this) {
        if (record == null ? wanted != null : !("" + version).equals(wanted)) {
          return new Reply.Conflict();
        }
        record = written;
        version++;
        return new Reply.Written("" + version);
      }
    }

    private void hang() {
      boolean isOver = false;
      while (!isOver) {
        try {
          hang.await();
          isOver = true;
        } catch (InterruptedException e) {
          // a disk does not listen either
        }
      }
    }

    synchronized long term() {
      return record == null ? 0 : record.transitions();
    }

    synchronized String holder() {
      return record == null ? "" : record.holder();
    }
  }

  private LeaderElection start(String name) {
    return start(name, LONG);
  }

  private LeaderElection start(String name, Duration lease) {
    var election =
        new LeaderElection(
            name,
            store,
            LeaseTimes.of(lease),
            Clock.systemUTC(),
            System::nanoTime,
            new SplittableRandom(name.hashCode()));
    running.add(election);
    election.start();
    return election;
  }

  private static boolean leads(LeaderElection election) {
    return election.leads(System.nanoTime());
  }

  @Test
  void oneLeadsAndTheOtherKnowsWho() {
    LeaderElection one = start("one");
    await().atMost(Soon.PATIENCE).until(() -> leads(one));
    LeaderElection other = start("other");

    await()
        .atMost(Soon.PATIENCE)
        .until(() -> other.standing(System.nanoTime()).equals(new Follower("one", 1)));
    assertThat(one.changes()).isEqualTo(1);
    assertThat(other.changes()).isZero();
  }

  @Test
  void leaderLearnsThatThereAreOthers() {
    LeaderElection one = start("one");
    await().atMost(Soon.PATIENCE).until(() -> leads(one));
    assertThat(one.hasOthers()).isFalse();

    start("other");

    await().atMost(Soon.PATIENCE).until(one::hasOthers);
    assertThat(leads(one)).isTrue();
    assertThat(one.changes()).isEqualTo(1);
  }

  @Test
  void otherLeadsSoonAfterRelease() throws Exception {
    LeaderElection one = start("one");
    await().atMost(Soon.PATIENCE).until(() -> leads(one));
    LeaderElection other = start("other");

    assertThat(one.release("", Duration.ofSeconds(30))).isTrue();

    assertThat(leads(one)).isFalse();
    await().atMost(Soon.PATIENCE).until(() -> leads(other));
    assertThat(other.standing(System.nanoTime()))
        .isInstanceOfSatisfying(Leader.class, leader -> assertThat(leader.term()).isEqualTo(2));
    assertThat(one.changes()).isEqualTo(2);
  }

  @Test
  void hungStoreEndsLeadershipInTimeAndItsReturnBringsANewTerm() {
    LeaderElection one = start("one", Duration.ofSeconds(1));
    await().atMost(Soon.PATIENCE).until(() -> leads(one));
    store.hang = new CountDownLatch(1);

    await().atMost(Soon.PATIENCE).until(() -> !leads(one));
    long term = store.term();
    store.hang.countDown();

    await()
        .atMost(Soon.PATIENCE)
        .until(
            () -> one.standing(System.nanoTime()) instanceof Leader leader && leader.term() > term);
    assertThat(one.changes()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void ceasesToLeadAtOnceEvenIfTheLeaseCannotBeFreed() throws Exception {
    LeaderElection one = start("one");
    await().atMost(Soon.PATIENCE).until(() -> leads(one));
    store.hang = new CountDownLatch(1);

    boolean freed = one.release("", Duration.ofMillis(50));

    assertThat(leads(one)).isFalse();
    assertThat(freed).isFalse();
    assertThat(store.holder()).isEqualTo("one");
  }

  @Test
  void heirIsNamed() throws Exception {
    LeaderElection one = start("one");
    await().atMost(Soon.PATIENCE).until(() -> leads(one));

    assertThat(one.release("heir", Duration.ofSeconds(30))).isTrue();

    assertThat(store.holder()).isEqualTo("heir");
  }
}
