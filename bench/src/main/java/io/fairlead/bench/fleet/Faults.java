package io.fairlead.bench.fleet;

import io.fairlead.bench.model.ModelServer;
import io.fairlead.bench.model.ServiceTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Routers that end, die or stand still while 500 requests a second come. A request is lost if it
 * got no answer of a model; what a router held when it died or stood still is counted aside.
 */
final class Faults {
  private static final double RATE = 500;
  private static final int SLOTS = 20;
  private static final Duration SERVICE = Duration.ofMillis(20);

  /** As long as it may take until a load balancer knows. */
  private static final long NOTICE_MILLIS = 300;

  /** Longer than both ends of a lease of requests that may take a second. */
  private static final double STOPPED_SECONDS = 16;

  private static final double BETWEEN_SECONDS = 3;

  private final Course course;

  Faults(Course course) {
    this.course = course;
  }

  /** What happens under load. */
  private interface Story {
    void tell(FleetProcesses fleet, Balancer callers) throws Exception;
  }

  /** Each router gets SIGTERM in turn, and comes back. */
  void terminate() throws Exception {
    Tally tally =
        underLoad(
            FleetProcesses.Shape.shared(Course.ROUTERS, 1),
            (fleet, callers) -> {
              for (int index = 0; index < Course.ROUTERS; index++) {
                Lane lane = callers.lanes().get(index);
                lane.router().terminate();
                Thread.sleep(NOTICE_MILLIS);
                lane.shut();
                lane.router().awaitEnd();
                callers.replace(index, fleet.restart(index));
              }
            });
    lost(tally, "SIGTERM one after the other");
  }

  /** The coordinator is killed, and comes back, as often as there is time for. */
  void kill() throws Exception {
    List<Double> without = new ArrayList<>();
    Tally tally =
        underLoad(
            FleetProcesses.Shape.shared(Course.ROUTERS, 1),
            (fleet, callers) -> {
              long end = System.nanoTime() + (long) ((course.seconds() - 20) * 1e9);
              do {
                int index = leader(fleet);
                long killed = System.nanoTime();
                callers.lanes().get(index).kill();
                without.add(untilGranted(fleet, index, killed, true));
                callers.replace(index, fleet.restart(index));
                pause(BETWEEN_SECONDS);
              } while (System.nanoTime() - end < 0);
            });
    lost(tally, "kill -9 of the coordinator, %d times".formatted(without.size()));
    withoutGrants(without, "was killed");
  }

  /** A router stands still for longer than its leases last, then the coordinator. */
  void stop() throws Exception {
    List<Double> without = new ArrayList<>();
    double stopped = Math.min(STOPPED_SECONDS, course.seconds() / 4);
    Tally tally =
        underLoad(
            FleetProcesses.Shape.shared(Course.ROUTERS, 1).within(Duration.ofSeconds(1)),
            (fleet, callers) -> {
              int leader = leader(fleet);
              for (int index : List.of((leader + 1) % Course.ROUTERS, leader)) {
                long since = System.nanoTime();
                Lane lane = callers.lanes().get(index);
                lane.stop();
                Thread.sleep(NOTICE_MILLIS);
                lane.shut();
                if (index == leader) {
                  without.add(untilGranted(fleet, index, since, false));
                }
                pause(stopped - (System.nanoTime() - since) / 1e9);
                lane.router().resume();
                callers.reopen(index);
                pause(BETWEEN_SECONDS);
              }
            });
    lost(tally, "a router and the coordinator stopped for %.0f s".formatted(stopped));
    withoutGrants(without, "was stopped");
  }

  private void lost(Tally tally, String what) {
    course
        .rows()
        .add(
            "requests lost of %d at 500/s, %s".formatted(tally.sent(), what),
            (double) tally.lost(),
            "",
            0,
            0,
            true);
    course.rows().note(tally.toString());
  }

  private void withoutGrants(List<Double> without, String what) {
    course
        .rows()
        .add(
            "no slots granted after the coordinator " + what + ", the longest",
            Figures.quantile(without, 1),
            " s",
            3,
            1,
            true);
    course.rows().note("each time, in s: " + Figures.list(without));
  }

  private void pause(double most) throws InterruptedException {
    Thread.sleep((long) (1_000 * Math.clamp(most, 0, course.seconds())));
  }

  private Tally underLoad(FleetProcesses.Shape shape, Story story) throws Exception {
    var tally = new Tally();
    try (ModelServer models = Course.models(SLOTS, new ServiceTime.Fixed(SERVICE));
        var fleet = FleetProcesses.start(shape, models.addresses());
        var callers = new Balancer(fleet.processes())) {
      callers.run(RATE / 2, Math.min(5, course.seconds()), new Tally());
      Callable<Void> told =
          () -> {
            pause(BETWEEN_SECONDS);
            story.tell(fleet, callers);
            return null;
          };
      try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
        Future<Void> events = thread.submit(told);
        callers.run(RATE, course.seconds(), tally);
        events.get(120, TimeUnit.SECONDS);
      }
      callers.settle();
      course.checked(models, 1);
    }
    return tally;
  }

  private static int leader(FleetProcesses fleet) throws InterruptedException {
    while (true) {
      for (int i = 0; i < Course.ROUTERS; i++) {
        if (fleet.processes().get(i).leads()) {
          return i;
        }
      }
      Thread.sleep(50);
    }
  }

  /**
   * Returns the seconds until the others are granted slots by another coordinator.
   *
   * @param all whether it must be sure of every slot
   */
  private static double untilGranted(FleetProcesses fleet, int gone, long since, boolean all)
      throws InterruptedException {
    String before = fleet.peer(gone);
    boolean granted = false;
    double passed = 0;
    while (!granted && passed < 60) {
      Thread.sleep(10);
      granted = true;
      for (int i = 0; i < Course.ROUTERS; i++) {
        granted &= i == gone || fleet.processes().get(i).isGranted(before, all);
      }
      passed = (System.nanoTime() - since) / 1e9;
    }
    return passed;
  }
}
