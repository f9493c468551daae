package io.fairlead.bench.openloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fairlead.bench.client.CallerPool;
import io.fairlead.bench.client.Protocol;
import io.fairlead.bench.client.Target;
import io.fairlead.bench.model.Behaviour;
import io.fairlead.bench.model.ModelServer;
import io.fairlead.bench.model.ServiceTime;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The generator against models that are asked directly, on real sockets. */
class StepTest {
  private static final ServiceTime FIFTY_MILLIS = new ServiceTime.Fixed(Duration.ofMillis(50));

  /** One connection, 50 ms an answer, a request due every 10 ms: each waits for those before it. */
  @Test
  void countsTheWaitOfRequestsThatCouldNotBeSent() throws Exception {
    StepResult result = run(Behaviour.plain(FIFTY_MILLIS, 10), 1, new Step.Load(100, 0.2));

    assertThat(result.due()).isEqualTo(20);
    assertThat(result.good()).isEqualTo(20);
    // the last was due at 190 ms, and answered as the twentieth: at 1 000 ms
    assertThat(result.latency().max()).isGreaterThan(800_000);
    assertThat(result.errors()).isZero();
  }

  /** One connection, 550 ms an answer, five requests almost at once: the second takes 1.1 s. */
  @Test
  void countsAsInTimeOnlyWhatCameWithinTheDeadline() throws Exception {
    var slow = Behaviour.plain(new ServiceTime.Fixed(Duration.ofMillis(550)), 10);

    double most = 0;
    for (int i = 0;
        i < 5 && most < 0.2;
        i++) { // a slow machine makes it less, nothing makes it more
      StepResult result = run(slow, 1, new Step.Load(100, 0.05));
      assertThat(result.good()).isEqualTo(5);
      most = Math.max(most, result.inTimePerSecond() / result.goodPerSecond());
    }
    assertThat(most).isCloseTo(0.2, within(0.001));
  }

  @Test
  void knowsTheErrorsThatTheModelWasToldToGive() throws Exception {
    var failing = new Behaviour(FIFTY_MILLIS, 1, 10, 0, Duration.ZERO, false);

    StepResult result = run(failing, 8, new Step.Load(50, 0.2));

    assertThat(result.good()).isZero();
    assertThat(result.statuses()).containsOnlyKeys(500);
    assertThat(result.errors()).isZero();
  }

  @Test
  void seesARequestTooManyAtAModelOfOneAtATime() throws Exception {
    var strict = new Behaviour(FIFTY_MILLIS, 0, 10, 0, Duration.ZERO, true);
    try (var models = ModelServer.start(strict, 1, 1)) {
      run(models, strict, 2, new Step.Load(100, 0.1));

      assertThat(models.isViolated()).isTrue();
    }
  }

  private static StepResult run(Behaviour behaviour, int connections, Step.Load load)
      throws Exception {
    try (var models = ModelServer.start(behaviour, 1, 1)) {
      return run(models, behaviour, connections, load);
    }
  }

  private static StepResult run(
      ModelServer models, Behaviour behaviour, int connections, Step.Load load) throws Exception {
    var scene = new Scene("test", "a test", behaviour, 10, 1, connections, 0, null);
    var target = new Target(models.addresses().getFirst(), Protocol.H1, "/score");
    var bounds = new CallerPool.Bounds(connections, 1, 1_000);
    try (var callers = CallerPool.open(target, 10, bounds)) {
      return new Step(callers, scene::expects, load, Arrivals.CONSTANT, new SplittableRandom(1))
          .run(10);
    }
  }
}
