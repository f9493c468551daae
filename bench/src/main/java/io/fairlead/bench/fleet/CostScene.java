package io.fairlead.bench.fleet;

import io.fairlead.bench.model.ServiceTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Three routers at c = 4 that share slots, against three that know no limit and no other router and
 * take the better of two random replicas. Both are there all the time and are asked in turns, with
 * as many callers, in the order A B B A, so that what the machine does meanwhile hits both.
 *
 * <p>Routers, models and callers share the machine's cores, so requests per second say what the
 * whole of them can do; requests per second of the routers' own CPU time are what a router can do
 * that has its cores to itself. Both are held to the target.
 */
final class CostScene {
  private static final int REPLICAS = 20;
  private static final int LIMIT = 4;
  private static final int CALLERS = 16;
  private static final double WARM_UP_SECONDS = 20;
  private static final int PAIRS = 12;

  /** How much was served in one turn, and what the routers needed for it. */
  private record Turn(double perSecond, double perCpuSecond) {}

  private CostScene() {}

  static void run(Course course) throws Exception {
    var noTime = new ServiceTime.Fixed(Duration.ZERO);
    List<Turn> with = new ArrayList<>();
    List<Turn> without = new ArrayList<>();
    try (var models = Course.models(REPLICAS, noTime);
        var otherModels = Course.models(REPLICAS, noTime);
        var fleet =
            FleetProcesses.start(
                FleetProcesses.Shape.shared(Course.ROUTERS, LIMIT), models.addresses());
        var alone =
            FleetProcesses.start(
                FleetProcesses.Shape.alone(Course.ROUTERS, 0), otherModels.addresses());
        var callers = new Balancer(fleet.processes());
        var otherCallers = new Balancer(alone.processes())) {
      double warmUp = course.warmUpSeconds(WARM_UP_SECONDS);
      turn(callers, fleet, warmUp);
      turn(otherCallers, alone, warmUp);
      double length = course.seconds() / PAIRS;
      for (int pair = 0; pair < PAIRS; pair++) {
        if (pair % 2 == 0) {
          without.add(turn(otherCallers, alone, length));
          with.add(turn(callers, fleet, length));
        } else {
          with.add(turn(callers, fleet, length));
          without.add(turn(otherCallers, alone, length));
        }
      }
      course.checked(models, LIMIT);
    }
    report(course.rows(), with, without);
  }

  private static Turn turn(Balancer callers, FleetProcesses routers, double length)
      throws InterruptedException {
    var tally = new Tally();
    Duration before = routers.cpu();
    long stop = System.nanoTime() + (long) (length * 1e9);
    callers.lanes().forEach(lane -> lane.saturate(CALLERS, stop, tally));
    LockSupport.parkNanos((long) (length * 1e9));
    callers.settle();
    double cpuSeconds = routers.cpu().minus(before).toNanos() / 1e9;
    return new Turn(tally.good() / length, tally.good() / Math.max(0.001, cpuSeconds));
  }

  private static void report(Rows rows, List<Turn> with, List<Turn> without) {
    List<Double> rates = new ArrayList<>();
    List<Double> cpus = new ArrayList<>();
    for (int i = 0; i < with.size(); i++) {
      rates.add(with.get(i).perSecond() / without.get(i).perSecond());
      cpus.add(with.get(i).perCpuSecond() / without.get(i).perCpuSecond());
    }
    rows.add(
        "cost of coordination: requests/s with against without, median of %d pairs"
            .formatted(rates.size()),
        Figures.median(rates),
        "",
        0.98,
        0.995,
        false);
    rows.add(
        "the same of requests per second of the routers' CPU time",
        Figures.median(cpus),
        "",
        0.98,
        0.995,
        false);
    rows.note(
        "medians: with %.0f requests/s and %.1f us of CPU each, without %.0f and %.1f us"
            .formatted(
                Figures.median(with.stream().map(Turn::perSecond).toList()),
                1e6 / Figures.median(with.stream().map(Turn::perCpuSecond).toList()),
                Figures.median(without.stream().map(Turn::perSecond).toList()),
                1e6 / Figures.median(without.stream().map(Turn::perCpuSecond).toList())));
    rows.note("requests/s by pair: " + Figures.list(rates) + "; per CPU: " + Figures.list(cpus));
  }
}
