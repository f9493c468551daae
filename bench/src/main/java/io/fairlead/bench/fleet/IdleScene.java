package io.fairlead.bench.fleet;

import io.fairlead.bench.model.ModelServer;
import io.fairlead.bench.model.ServiceTime;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * c = 1, 20 replicas, six callers for each slot: somebody waits all the time. Each request goes to
 * a router by chance, to one more often than to another, so that slots have to move. A slot is idle
 * as its model sees it: the way of an answer to its caller and of the next request to the model
 * counts. What one router without others leaves idle is noted beside it.
 */
final class IdleScene {
  private static final int SLOTS = 20;
  private static final int CALLERS = 6 * SLOTS;
  private static final double[] PARTS = {0.5, 0.3, 0.2};
  private static final double SIGMA = 0.3;
  private static final double WARM_UP_SECONDS = 5;

  private final Balancer callers;
  private final Tally tally = new Tally();
  private final long stopNanos;

  private IdleScene(Balancer callers, double seconds) {
    this.callers = callers;
    this.stopNanos = System.nanoTime() + (long) (seconds * 1e9);
  }

  static void run(Course course) throws Exception {
    var usual = Duration.ofMillis(100);
    double shared = idle(course, FleetProcesses.Shape.shared(Course.ROUTERS, 1), usual);
    double alone = idle(course, FleetProcesses.Shape.alone(1, 1), usual);
    double quick =
        idle(course, FleetProcesses.Shape.shared(Course.ROUTERS, 1), Duration.ofMillis(20));
    course
        .rows()
        .add("idle slots while somebody waits, % of slot time", 100 * shared, " %", 3, 1, true);
    course
        .rows()
        .note(
            "the same of one router alone: %.3g %%; of three with 20 ms instead of 100: %.3g %%"
                .formatted(100 * alone, 100 * quick));
  }

  private static double idle(Course course, FleetProcesses.Shape shape, Duration median)
      throws Exception {
    var time = new ServiceTime.Lognormal(median, SIGMA, Duration.ofSeconds(2));
    try (var models = Course.models(SLOTS, time);
        var fleet = FleetProcesses.start(shape, models.addresses());
        var callers = new Balancer(fleet.processes(), CALLERS)) {
      double warmUp = Math.min(WARM_UP_SECONDS, course.seconds());
      double length = course.seconds() / 3;
      var scene = new IdleScene(callers, warmUp + length + 1);
      for (int i = 0; i < CALLERS; i++) {
        scene.next();
      }
      LockSupport.parkNanos((long) (warmUp * 1e9));
      double idle = idle(models, length);
      callers.settle();
      course.checked(models, 1);
      return idle;
    }
  }

  private static double idle(ModelServer models, double length) {
    long usedBefore = models.usedNanos();
    long before = System.nanoTime();
    LockSupport.parkNanos((long) (length * 1e9));
    double used = models.usedNanos() - usedBefore;
    return 1 - used / ((double) SLOTS * (System.nanoTime() - before));
  }

  private void next() {
    long now = System.nanoTime();
    if (now - stopNanos < 0) {
      lane().send(now, tally, this::next);
    }
  }

  private Lane lane() {
    double chance = ThreadLocalRandom.current().nextDouble();
    int lane = 0;
    while (lane < callers.lanes().size() - 1 && chance >= PARTS[lane]) {
      chance -= PARTS[lane++];
    }
    return callers.lanes().get(lane);
  }
}
