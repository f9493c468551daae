package io.fairlead.bench.openloop;

import io.fairlead.bench.client.CallerPool;
import io.fairlead.bench.client.Target;
import io.fairlead.bench.model.ModelServer;
import io.fairlead.bench.process.RouterProcess;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;

/** One scene from start to end: models, router, callers, warm-up, and one rate or a ramp. */
final class Run {
  private static final int MOST_WAITING = 100_000;
  private static final long PATIENCE_SECONDS = 10;

  /**
   * What one scene came to.
   *
   * @param peak most requests that one replica had at once
   * @param violated whether that was more than the hard limit of the scene
   */
  record Result(
      String scene,
      String meaning,
      List<StepResult> steps,
      double knee,
      boolean kneeFound,
      int peak,
      boolean violated) {
    boolean failed(double fixedRate) {
      long errors =
          steps.stream()
              .filter(s -> s.rate() <= knee || fixedRate > 0)
              .mapToLong(StepResult::errors)
              .sum();
      return violated || errors > 0 || steps.getFirst().good() == 0;
    }
  }

  private final OpenLoop options;
  private final Scene scene;

  Run(OpenLoop options, Scene scene) {
    this.options = options;
    this.scene = scene;
  }

  Result run() throws IOException, InterruptedException, TimeoutException {
    try (var models = ModelServer.start(scene.model(), options.replicas, options.seed)) {
      if (options.direct) {
        var target = new Target(models.addresses().getFirst(), options.protocol, "/score");
        return load(models, target);
      }
      try (var router =
          RouterProcess.start(options.routerCommand(), models.addresses(), scene.limit())) {
        return load(models, router.target(options.protocol));
      }
    }
  }

  private Result load(ModelServer models, Target target)
      throws InterruptedException, TimeoutException {
    boolean multiplexed = target.protocol().multiplexed();
    int connections = multiplexed ? options.connections : scene.connections();
    var bounds = new CallerPool.Bounds(connections, options.streams, MOST_WAITING);
    try (var callers = CallerPool.open(target, scene.requestBytes(), bounds)) {
      Ramp.Runner runner = rate -> step(callers, rate, options.seconds);
      step(callers, options.rateOr(scene.startRate()), options.warmUp);
      Ramp.Result found =
          options.rate > 0
              ? new Ramp.Result(List.of(runner.run(options.rate)), 0, false)
              : new Ramp(runner).climb(scene.startRate());
      return new Result(
          scene.name(),
          scene.meaning(),
          found.steps(),
          found.knee(),
          found.found(),
          models.peak(),
          models.isViolated());
    }
  }

  private StepResult step(CallerPool callers, double rate, double seconds)
      throws InterruptedException {
    var random = new SplittableRandom(options.seed);
    var load = new Step.Load(rate, seconds);
    StepResult result =
        new Step(callers, scene, load, options.arrivals, random).run(PATIENCE_SECONDS);
    System.err.printf(
        "%s: %.0f/s due, %.0f/s good, p50 %.0f us, p99 %.0f us, %d errors%n",
        scene.name(),
        rate,
        result.goodPerSecond(),
        result.latency().p50(),
        result.latency().p99(),
        result.errors());
    return result;
  }
}
