package io.fairlead.bench.fleet;

import io.fairlead.bench.model.ServiceTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A few requests at once, up to as many as there are slots in all, at one router after the other,
 * and a pause in which everything comes free. So nobody ever waits for another request, and who
 * waits in a router's queue is one that needs a slot which that router does not have. The queue is
 * as long as by default, so nobody may be refused either. The routers' access logs tell them from
 * those that found one, and how long each took from head to answer.
 */
final class PoolScene {
  private static final int SLOTS = 6;
  private static final Duration SERVICE = Duration.ofMillis(20);
  private static final long PAUSE_NANOS = 80_000_000;

  /**
   * Routers that have run for days have done all of this often, and their compilers are at rest.
   * Quick bursts are some twenty times as many: two minutes of them are an hour of the others.
   */
  private static final Duration QUICK_SERVICE = Duration.ofMillis(1);

  private static final long QUICK_PAUSE_NANOS = 2_000_000;
  private static final double WARM_UP_SECONDS = 8;
  private static final JsonMapper JSON = new JsonMapper();

  private final List<Double> had = new ArrayList<>();
  private final List<Double> needed = new ArrayList<>();
  private final List<Double> waits = new ArrayList<>();

  private PoolScene() {}

  static void run(Course course) throws Exception {
    var scene = new PoolScene();
    var tally = new Tally();
    var time = new ServiceTime.Changing(new ServiceTime.Fixed(QUICK_SERVICE));
    try (var models = Course.models(SLOTS, time);
        var fleet =
            FleetProcesses.start(
                FleetProcesses.Shape.shared(Course.ROUTERS, 1).queue(SLOTS).logged(),
                models.addresses());
        var callers = new Balancer(fleet.processes())) {
      double warmUp = course.warmUpSeconds(WARM_UP_SECONDS);
      bursts(callers, warmUp, QUICK_PAUSE_NANOS, new Tally());
      time.become(new ServiceTime.Fixed(SERVICE));
      bursts(callers, warmUp / 4, PAUSE_NANOS, new Tally());
      Instant since = Instant.now();
      bursts(callers, course.seconds(), PAUSE_NANOS, tally);
      LockSupport.parkNanos(500_000_000); // until the logs are written
      for (Path log : fleet.accessLogs()) {
        scene.read(log, since);
      }
      course.checked(models, 1);
    }
    scene.report(course.rows(), tally);
  }

  private static void bursts(Balancer callers, double seconds, long pauseNanos, Tally tally) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int turn = 0; System.nanoTime() - end < 0; turn++) {
      Lane lane = callers.lanes().get(turn % callers.lanes().size());
      int size = 1 + ThreadLocalRandom.current().nextInt(SLOTS);
      for (int i = 0; i < size; i++) {
        lane.send(System.nanoTime(), tally, () -> {});
      }
      LockSupport.parkNanos(pauseNanos);
      callers.settle();
    }
  }

  private void read(Path log, Instant since) throws IOException {
    for (String line : Files.readAllLines(log)) {
      JsonNode request = JSON.readTree(line);
      if (!Instant.parse(request.path("time").asString()).isBefore(since)) {
        double took = request.path("totalDurationMs").asDouble();
        double waited = request.path("queueMs").asDouble();
        if (waited > 0) {
          needed.add(took);
          waits.add(waited);
        } else {
          had.add(took);
        }
      }
    }
  }

  private void report(Rows rows, Tally tally) {
    rows.add(
        "added p99 of a request that needs a slot from the pool",
        Figures.quantile(needed, 0.99) - Figures.quantile(had, 0.99),
        " ms",
        2,
        1,
        true);
    rows.note(
        "p50 and p99 of %d that need one %.2f and %.2f ms, of %d that have one %.2f and %.2f ms"
            .formatted(
                needed.size(),
                Figures.quantile(needed, 0.5),
                Figures.quantile(needed, 0.99),
                had.size(),
                Figures.quantile(had, 0.5),
                Figures.quantile(had, 0.99)));
    rows.note(
        "in the queue: p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, most %.2f ms; all as callers see it: %s"
            .formatted(
                Figures.quantile(waits, 0.5),
                Figures.quantile(waits, 0.9),
                Figures.quantile(waits, 0.99),
                Figures.quantile(waits, 1),
                tally));
  }
}
