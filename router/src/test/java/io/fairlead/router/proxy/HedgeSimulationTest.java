package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.dispatch.HedgeCounts;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Hedged requests whose two models answer, fail or talk nonsense, whose caller may leave and whose
 * time may run out, in whatever order: each gets exactly one answer and gives back each slot once.
 */
final class HedgeSimulationTest {
  private static final int HISTORIES = 150;

  private enum Event {
    HEDGE_IS_DUE,
    FIRST_MODEL_ACTS,
    SECOND_MODEL_ACTS,
    TIME_RUNS_OUT,
    CALLER_LEAVES
  }

  /** What a model does when it is its turn. */
  private enum Act {
    ANSWER(FakeReplica.OK),
    RESET(""),
    BREAK_OFF_IN_THE_HEAD("HTTP/1.1 20"),
    BREAK_OFF_IN_THE_BODY("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"),
    TALK_NONSENSE("SMTP\r\n\r\n");

    private final String bytes;

    Act(String bytes) {
      this.bytes = bytes;
    }

    Script script() {
      Script script = Script.reading().waitForGo();
      if (!bytes.isEmpty()) {
        script.send(bytes);
      }
      return this == ANSWER ? script : script.reset();
    }
  }

  private HedgeCounts all = HedgeCounts.NONE;

  @Test
  void everyRequestGetsOneAnswerAndGivesItsSlotsBack() throws Exception {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      Random random = new Random(seed);
      Act first = any(random);
      Act second = any(random);
      List<Event> events = new ArrayList<>(Arrays.asList(Event.values()));
      Collections.shuffle(events, random);
      try {
        play(first, second, events);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + first + ", " + second + ", " + events, e);
      }
    }
    // how many of each kind there are is up to the threads of the models; that there are any is not
    assertThat(all.won()).as("won").isPositive();
    assertThat(all.lost()).as("lost").isPositive();
    assertThat(all.failed()).as("failed").isPositive();
    assertThat(all.abandoned()).as("abandoned").isPositive();
  }

  private static Act any(Random random) {
    // models that answer are the more interesting ones
    return random.nextBoolean() ? Act.ANSWER : Act.values()[random.nextInt(Act.values().length)];
  }

  private void play(Act firstAct, Act secondAct, List<Event> events) throws Exception {
    Stage stage = new Stage();
    stage.hedging(1, OnClientGone.HOLD);
    FakeReplica first = stage.replica().next(firstAct.script());
    FakeReplica second = stage.replica().next(secondAct.script());
    stage.start(first, second);
    HedgeBudget.earn(stage, 1);
    Caller caller = stage.caller().send(Caller.post("{}"));
    first.takeRequest();
    for (Event event : events) {
      switch (event) {
        case HEDGE_IS_DUE -> stage.advance(ofMillis(110));
        case FIRST_MODEL_ACTS -> first.go();
        case SECOND_MODEL_ACTS -> second.go();
        case TIME_RUNS_OUT -> stage.advance(ofSeconds(5));
        case CALLER_LEAVES -> caller.close();
      }
      letItSettle(stage);
    }
    stage.advance(ofSeconds(11));
    stage.until(() -> stage.finished().size() == 1);
    assertThat(first.peakConcurrency()).isEqualTo(1);
    assertThat(second.peakConcurrency()).isLessThanOrEqualTo(1);
    HedgeCounts counts = stage.router().dispatcher().hedges();
    stage.close();
    assertThat(stage.finished()).hasSize(1);
    add(counts);
  }

  /**
   * What an event leads to on other threads may take a moment; if it leads to nothing, no longer.
   */
  private static void letItSettle(Stage stage) {
    for (int i = 0; i < 20; i++) {
      stage.router().settle();
    }
  }

  private void add(HedgeCounts counts) {
    long ended = counts.won() + counts.lost() + counts.failed() + counts.abandoned();
    assertThat(ended).as("each hedge ends once").isLessThanOrEqualTo(1);
    all =
        new HedgeCounts(
            all.won() + counts.won(),
            all.lost() + counts.lost(),
            all.failed() + counts.failed(),
            all.abandoned() + counts.abandoned());
  }
}
