package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wheel runs only when its alarm rings, as on a loop: an alarm it forgets to set is seen. */
class TimerWheelTest {
  private static final long TICK = TimerWheel.TICK_NANOS;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private record Alarm(long at, Runnable task) {}

  private long now = 7 * SECOND + 3;
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(Comparator.comparingLong(Alarm::at));
  private final TimerWheel wheel =
      new TimerWheel(() -> now, (delay, task) -> alarms.add(new Alarm(now + delay, task)));
  private final List<String> expired = new ArrayList<>();

  @Test
  void expiresAtTheDeadlineOrUpToOneTickLater() {
    Probe probe = new Probe("a");
    wheel.arm(probe, now + SECOND);
    advance(SECOND - 1);
    assertThat(expired).isEmpty();
    advance(1 + TICK);
    assertThat(expired).containsExactly("a");
  }

  @Test
  void expiresOncePerArming() {
    Probe probe = new Probe("a");
    wheel.arm(probe, now + SECOND);
    advance(10 * SECOND);
    wheel.arm(probe, now + SECOND);
    advance(10 * SECOND);
    assertThat(expired).containsExactly("a", "a");
  }

  @Test
  void putsOff() {
    Probe probe = new Probe("a");
    for (int i = 0; i < 20; i++) {
      wheel.arm(probe, now + SECOND);
      advance(SECOND / 2);
    }
    assertThat(expired).isEmpty();
    advance(SECOND / 2 + TICK);
    assertThat(expired).containsExactly("a");
  }

  @Test
  void bringsForward() {
    Probe probe = new Probe("a");
    wheel.arm(probe, now + 60 * SECOND);
    wheel.arm(probe, now + SECOND);
    advance(SECOND + TICK);
    assertThat(expired).containsExactly("a");
  }

  @Test
  void disarms() {
    Probe probe = new Probe("a");
    wheel.arm(probe, now + SECOND);
    advance(SECOND / 2);
    TimerWheel.disarm(probe);
    advance(10 * SECOND);
    assertThat(expired).isEmpty();
  }

  @Test
  void keepsNothingThatIsRemoved() {
    List<Probe> together = List.of(new Probe("a"), new Probe("b"), new Probe("c"));
    together.forEach(probe -> wheel.arm(probe, now + SECOND));
    for (Probe probe : together) {
      wheel.remove(probe);
      assertThat(probe.linked).isFalse();
      assertThat(probe.next).isNull();
      assertThat(probe.previous).isNull();
    }
    wheel.arm(together.get(1), now + SECOND);
    advance(10 * SECOND);
    assertThat(expired).containsExactly("b");
  }

  @Test
  void removesOnExpiry() {
    Probe neighbour = new Probe("neighbour");
    Probe other = new Probe("other").then(() -> wheel.remove(neighbour));
    wheel.arm(neighbour, now + SECOND);
    wheel.arm(other, now + SECOND);
    advance(10 * SECOND);
    assertThat(expired).isNotEmpty().doesNotHaveDuplicates().contains("other");
    assertThat(neighbour.linked).isFalse();
  }

  @Test
  void oneThatIsPutOffDoesNotDelayTheNext() {
    Probe first = new Probe("first");
    Probe second = new Probe("second");
    wheel.arm(first, now + SECOND);
    wheel.arm(second, now + SECOND + 10 * TICK);
    wheel.arm(first, now + 5 * SECOND);
    advance(SECOND + 11 * TICK);
    assertThat(expired).containsExactly("second");
  }

  @Test
  void oneThatIsArmedOnExpiryDoesNotDelayTheNext() {
    Probe far = new Probe("far");
    Probe next = new Probe("next");
    Probe first = new Probe("first").then(() -> wheel.arm(far, now + 5 * SECOND));
    wheel.arm(first, now + SECOND);
    wheel.arm(next, now + SECOND + 10 * TICK);
    advance(SECOND + 11 * TICK);
    assertThat(expired).containsExactly("first", "next");
  }

  @Test
  void holdsDeadlinesFarBeyondItsTurn() {
    Probe probe = new Probe("a");
    wheel.arm(probe, now + 300 * SECOND);
    advance(300 * SECOND - 1);
    assertThat(expired).isEmpty();
    advance(1 + TICK);
    assertThat(expired).containsExactly("a");
  }

  @Test
  void expiresEverythingThatFellDueInAStall() {
    for (int i = 0; i < 10; i++) {
      wheel.arm(new Probe("p" + i), now + i * SECOND);
    }
    now += 60 * SECOND; // the loop was busy elsewhere for many turns of the wheel
    advance(TICK);
    assertThat(expired).hasSize(10);
  }

  @Test
  void startsAgainAfterLongIdleness() {
    advance(3600 * SECOND);
    wheel.arm(new Probe("a"), now + SECOND);
    advance(SECOND - 1);
    assertThat(expired).isEmpty();
    advance(1 + TICK);
    assertThat(expired).containsExactly("a");
  }

  @Test
  void armsAndDisarmsNeighboursOnExpiry() {
    Probe off = new Probe("off");
    Probe later = new Probe("later");
    Probe self = new Probe("self");
    self.then(
        () -> {
          TimerWheel.disarm(off);
          wheel.arm(later, now + SECOND);
          wheel.arm(self, now + 2 * SECOND);
        });
    // all in one slot, which expires in the order of arming
    wheel.arm(self, now + SECOND);
    wheel.arm(off, now + SECOND);
    wheel.arm(later, now + SECOND);
    advance(SECOND + TICK);
    assertThat(expired).doesNotContain("off").contains("self");
    advance(SECOND + TICK);
    assertThat(expired).containsOnlyOnce("later");
    advance(SECOND + TICK);
    assertThat(expired).doesNotContain("off").filteredOn("self"::equals).hasSizeBetween(2, 2);
  }

  @Test
  void expiresWhatIsArmedForThePastOnTheNextTick() {
    wheel.arm(new Probe("a"), now - SECOND);
    advance(TICK);
    assertThat(expired).containsExactly("a");
  }

  @Test
  void survivesAnAlarmThatRingsEarly() {
    wheel.arm(new Probe("a"), now + SECOND);
    Alarm early = alarms.remove();
    now += SECOND / 2;
    early.task.run();
    advance(SECOND / 2 + TICK);
    assertThat(expired).containsExactly("a");
  }

  @Test
  void survivesATimeoutThatThrows() {
    RuntimeException bug = new IllegalStateException("bug");
    wheel.arm(new Probe("after"), now + SECOND);
    wheel.arm(
        new Probe("thrower")
            .then(
                () -> {
                  throw bug;
                }),
        now + SECOND);
    wheel.arm(new Probe("before"), now + SECOND);
    wheel.arm(new Probe("later"), now + 2 * SECOND);
    advance(3 * SECOND);
    assertThat(expired).containsExactlyInAnyOrder("before", "thrower", "after", "later");
  }

  @Test
  void setsFewAlarms() {
    Probe[] probes = new Probe[100];
    for (int i = 0; i < probes.length; i++) {
      probes[i] = new Probe("p" + i);
    }
    for (int turn = 0; turn < 10_000; turn++) {
      wheel.arm(probes[turn % probes.length], now + 5 * SECOND);
      advance(TICK / 10);
      assertThat(alarms).hasSizeLessThan(5);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithANaiveModel(long seed) {
    var random = new SplittableRandom(seed);
    Probe[] probes = new Probe[50];
    for (int i = 0; i < probes.length; i++) {
      probes[i] = new Probe("p" + i);
      int neighbour = random.nextInt(probes.length);
      probes[i].then(
          () -> {
            if (random.nextInt(3) == 0) {
              probes[neighbour].arm(now + random.nextLong(8 * SECOND));
            } else if (random.nextInt(3) == 0) {
              probes[neighbour].disarm();
            }
          });
    }
    for (int step = 0; step < 5_000; step++) {
      Probe probe = probes[random.nextInt(probes.length)];
      switch (random.nextInt(8)) {
        case 0 -> probe.disarm();
        case 1 -> probe.arm(now + random.nextLong(100 * SECOND));
        case 2 -> probe.arm(now + random.nextLong(TICK * 3));
        default -> probe.arm(now + random.nextLong(6 * SECOND));
      }
      advance(random.nextInt(50) == 0 ? random.nextLong(20 * SECOND) : random.nextLong(4 * TICK));
      for (Probe each : probes) {
        assertThat(each.due).as("seed %d, step %d, %s", seed, step, each.name).isGreaterThan(now);
      }
    }
  }

  /** Lets time pass, ringing each alarm when it is due. */
  private void advance(long nanos) {
    long end = now + nanos;
    for (Alarm next = alarms.peek(); next != null && next.at <= end; next = alarms.peek()) {
      alarms.remove();
      now = Math.max(now, next.at);
      try {
        next.task.run();
      } catch (IllegalStateException bug) {
        assertThat(bug).hasMessage("bug"); // a loop logs it and goes on
      }
    }
    now = Math.max(now, end);
  }

  /** Knows, apart from the wheel, when it must have expired at the latest. */
  private final class Probe extends Timeout {
    private final String name;
    private Runnable then = () -> {};
    private long deadline;
    private long due = Long.MAX_VALUE;

    Probe(String name) {
      this.name = name;
    }

    Probe then(Runnable action) {
      then = action;
      return this;
    }

    void arm(long at) {
      deadline = at;
      due = Math.max(at, now) + 2 * TICK; // one for the deadline, one if it was in the past
      wheel.arm(this, at);
    }

    void disarm() {
      due = Long.MAX_VALUE;
      TimerWheel.disarm(this);
    }

    @Override
    void expired(long at) {
      assertThat(at).as(name).isEqualTo(now).isGreaterThanOrEqualTo(deadline);
      due = Long.MAX_VALUE;
      expired.add(name);
      then.run();
    }
  }
}
