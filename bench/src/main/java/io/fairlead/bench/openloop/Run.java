package io.fairlead.bench.openloop;

import io.fairlead.bench.client.CallerPool;
import io.fairlead.bench.client.Target;
import io.fairlead.bench.model.ModelServer;
import io.fairlead.bench.process.RouterProcess;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One scene from start to end: models, router, callers, warm-up, and one rate or a ramp. */
final class Run {
  private static final int MOST_WAITING = 100_000;
  private static final long PATIENCE_SECONDS = 10;

  /**
   * What one scene came to.
   *
   * @param peak most requests that one replica had at once
   * @param violated whether that was more than the hard limit of the scene
   * @param overload null in a scene that looks for the knee
   */
  record Result(
      String scene,
      String meaning,
      List<StepResult> steps,
      double knee,
      boolean kneeFound,
      int peak,
      boolean violated,
      Overload.@Nullable Result overload) {
    boolean failed(double fixedRate) {
      long errors =
          steps.stream()
              .filter(s -> s.rate() <= knee || fixedRate > 0 || overload != null)
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
    int replicas = options.target == null ? options.replicas : 0;
    try (var models = ModelServer.start(scene.model(), replicas, options.seed)) {
      if (options.target != null) {
        return load(models, Targets.at(options.target, options.protocol));
      }
      if (options.direct) {
        var target = new Target(models.addresses().getFirst(), options.protocol, "/score");
        return load(models, target);
      }
      try (var router =
          RouterProcess.start(
              options.routerCommand(), models.addresses(), scene.limit(), queueLength())) {
        return load(models, router.target(options.protocol));
      }
    }
  }

  /** The default of a deployment where the queue is to overflow, else longer than any load. */
  private int queueLength() {
    return scene.overload() == null ? MOST_WAITING : Math.max(1, scene.limit() * options.replicas);
  }

  private Result load(ModelServer models, Target target)
      throws InterruptedException, TimeoutException {
    boolean multiplexed = target.protocol().multiplexed();
    int connections = multiplexed ? options.connections : scene.connections();
    int waiting = scene.overload() == null ? MOST_WAITING : scene.overload().waiting();
    var bounds = new CallerPool.Bounds(connections, options.streams, waiting);
    try (var callers = CallerPool.open(target, scene.requestBytes(), bounds)) {
      step(callers, options.rateOr(scene.startRate()), options.warmUp);
      return scene.overload() == null
          ? climb(models, callers)
          : overload(models, callers, scene.overload());
    }
  }

  private Result climb(ModelServer models, CallerPool callers) throws InterruptedException {
    Ramp.Runner runner = rate -> step(callers, rate, options.seconds);
    Ramp.Result found =
        options.rate > 0
            ? new Ramp.Result(List.of(runner.run(options.rate)), 0, false)
            : new Ramp(runner).climb(scene.startRate());
    return result(models, found, null);
  }

  private Result overload(ModelServer models, CallerPool pool, Overload.Plan plan)
      throws InterruptedException, TimeoutException {
    // as many as have a slot or wait for one, so that none is refused
    int callers = plan.callers() > 0 ? plan.callers() : 2 * scene.limit() * options.replicas;
    capacity(pool, callers, options.warmUp);
    var overload =
        new Overload(
            () -> capacity(pool, callers, options.seconds),
            rate -> step(pool, rate, options.seconds));
    Overload.Result result = overload.measure(options.rounds);
    return result(models, new Ramp.Result(overload.steps(), 0, false), result);
  }

  private Result result(ModelServer models, Ramp.Result found, Overload.@Nullable Result overload) {
    return new Result(
        scene.name(),
        scene.meaning(),
        found.steps(),
        found.knee(),
        found.found(),
        models.peak(),
        models.isViolated(),
        overload);
  }

  private double capacity(CallerPool pool, int callers, double seconds)
      throws InterruptedException, TimeoutException {
    double most = new ClosedLoop(pool, callers, seconds).run(PATIENCE_SECONDS);
    System.err.printf("%s: %.0f/s good of %d callers%n", scene.name(), most, callers);
    return most;
  }

  private StepResult step(CallerPool callers, double rate, double seconds)
      throws InterruptedException {
    var random = new SplittableRandom(options.seed);
    var load = new Step.Load(rate, seconds);
    StepResult result =
        new Step(callers, scene::expects, load, options.arrivals, random).run(PATIENCE_SECONDS);
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
