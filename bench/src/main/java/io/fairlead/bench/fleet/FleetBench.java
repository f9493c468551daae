package io.fairlead.bench.fleet;

import io.fairlead.bench.model.Behaviour;
import io.fairlead.bench.model.ModelServer;
import io.fairlead.bench.model.ServiceTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures three routers, as processes, before models that notice when they get more than their
 * limit: what coordination costs, how many slots idle while somebody waits, what ends of routers
 * cost. {@code bench/fleet [--scenes cost,idle,pool,terminate,kill] [--seconds N]}.
 */
public final class FleetBench {
  private static final int ROUTERS = 3;
  private static final double RATE = 500;

  private final Rows rows = new Rows(System.out);
  private final double seconds;
  private long excess;

  private FleetBench(double seconds) {
    this.seconds = seconds;
  }

  /** Runs the scenes that are asked for; exit code 1 if a target was missed. */
  public static void main(String[] args) throws Exception {
    List<String> scenes = List.of("cost", "idle", "pool", "terminate", "kill");
    double seconds = 60;
    for (int i = 0; i + 1 < args.length; i += 2) {
      switch (args[i]) {
        case "--scenes" -> scenes = Arrays.asList(args[i + 1].split(","));
        case "--seconds" -> seconds = Double.parseDouble(args[i + 1]);
        default -> throw new IllegalArgumentException(args[i] + " (expected: --scenes, --seconds)");
      }
    }
    var bench = new FleetBench(seconds);
    for (String scene : scenes) {
      switch (scene) {
        case "cost" -> bench.cost();
        case "idle" -> bench.idle();
        case "pool" -> bench.pool();
        case "terminate" -> bench.terminate();
        case "kill" -> bench.kill();
        default -> throw new IllegalArgumentException("scene: " + scene);
      }
    }
    bench.rows.add(
        "over-admission seen by the models, ever", (double) bench.excess, "", 0, 0, true);
    System.exit(bench.rows.isAnyMissed() ? 1 : 0);
  }

  private static ModelServer models(int count, int millis) {
    var time = new ServiceTime.Fixed(Duration.ofMillis(millis));
    return ModelServer.start(Behaviour.plain(time, 256), count, 1);
  }

  private static FleetProcesses routers(
      ModelServer models, int count, int limit, boolean coordinated)
      throws IOException, InterruptedException {
    return FleetProcesses.start(
        new FleetProcesses.Shape(count, limit, coordinated), models.addresses());
  }

  private void checked(ModelServer models, int limit) {
    excess += Math.max(0, models.peak() - limit);
  }

  // ---- the scenes

  /** Three routers at c = 4 against three that know no limit and no other router. */
  private void cost() throws Exception {
    List<Double> with = new ArrayList<>();
    List<Double> without = new ArrayList<>();
    try (var models = models(20, 0);
        var otherModels = models(20, 0);
        var fleet = routers(models, ROUTERS, 4, true);
        var alone = routers(otherModels, ROUTERS, 0, false);
        var callers = new Balancer(fleet.processes());
        var otherCallers = new Balancer(alone.processes())) {
      saturate(callers, 16, 5, new Tally());
      saturate(otherCallers, 16, 5, new Tally());
      for (int round = 0; round < 7; round++) {
        without.add(rate(otherCallers));
        with.add(rate(callers));
      }
      checked(models, 4);
    }
    rows.add(
        "cost of coordination: requests/s with against without",
        median(with) / median(without),
        "",
        0.98,
        0.995,
        false);
    rows.note("requests/s with " + rounded(with) + ", without " + rounded(without));
  }

  private double rate(Balancer callers) {
    var tally = new Tally();
    double length = Math.max(1, seconds / 12);
    saturate(callers, 16, length, tally);
    return tally.good() / length;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  private static List<Long> rounded(List<Double> values) {
    return values.stream().map(Math::round).toList();
  }

  private static void saturate(Balancer callers, int each, double length, Tally tally) {
    long stop = System.nanoTime() + (long) (length * 1e9);
    callers.lanes().forEach(lane -> lane.saturate(each, stop, tally::ended));
    LockSupport.parkNanos((long) (length * 1e9));
    callers.settle();
  }

  /** c = 1, 20 replicas, twice as many callers as slots and more at each router. */
  private void idle() throws Exception {
    double shared = idleShare(ROUTERS, true);
    double alone = idleShare(1, false);
    rows.add("idle slots while somebody waits, % of slot time", 100 * shared, " %", 3, 1, true);
    rows.note("the same of one router alone: %.3g %%".formatted(100 * alone));
  }

  private double idleShare(int count, boolean coordinated) throws Exception {
    int slots = 20;
    try (var models = models(slots, 100);
        var fleet = routers(models, count, 1, coordinated);
        var callers = new Balancer(fleet.processes())) {
      double length = Math.max(2, seconds / 3);
      int each = 120 / count;
      long stop = System.nanoTime() + (long) ((length + 4) * 1e9);
      var tally = new Tally();
      callers.lanes().forEach(lane -> lane.saturate(Math.min(each, 60), stop, tally::ended));
      LockSupport.parkNanos(3_000_000_000L);
      long usedBefore = models.usedNanos();
      long before = System.nanoTime();
      LockSupport.parkNanos((long) (length * 1e9));
      double used = models.usedNanos() - usedBefore;
      double whole = (double) slots * (System.nanoTime() - before);
      callers.settle();
      checked(models, 1);
      return 1 - used / whole;
    }
  }

  /** As many requests at once, at one router after the other, as there are slots in all. */
  private void pool() throws Exception {
    Tally shared = bursts(ROUTERS, true);
    Tally alone = bursts(1, false);
    rows.add(
        "added p99 of a request that needs a slot from the pool",
        shared.millis(99) - alone.millis(99),
        " ms",
        2,
        1,
        true);
    rows.note(
        "p50 and p99 with %.2f and %.2f ms, of one router alone %.2f and %.2f ms"
            .formatted(shared.millis(50), shared.millis(99), alone.millis(50), alone.millis(99)));
  }

  private Tally bursts(int count, boolean coordinated) throws Exception {
    int slots = 6;
    try (var models = models(slots, 20);
        var fleet = routers(models, count, 1, coordinated);
        var callers = new Balancer(fleet.processes())) {
      var warmUp = new Tally();
      bursts(callers, slots, 150, warmUp);
      var tally = new Tally();
      bursts(callers, slots, (int) (seconds * 5), tally);
      checked(models, 1);
      return tally;
    }
  }

  private static void bursts(Balancer callers, int size, int times, Tally tally) {
    for (int burst = 0; burst < times; burst++) {
      Lane lane = callers.lanes().get(burst % callers.lanes().size());
      for (int i = 0; i < size; i++) {
        lane.send(System.nanoTime(), tally::ended);
      }
      LockSupport.parkNanos(150_000_000);
    }
    callers.settle();
  }

  /** Each router gets SIGTERM in turn, and comes back. */
  private void terminate() throws Exception {
    try (var models = models(20, 20);
        var fleet = routers(models, ROUTERS, 1, true);
        var callers = new Balancer(fleet.processes())) {
      Tally tally =
          underLoad(
              callers,
              () -> {
                for (int index = 0; index < ROUTERS; index++) {
                  Lane lane = callers.lanes().get(index);
                  lane.router().terminate();
                  Thread.sleep(300); // as long as it may take until a load balancer knows
                  lane.shut();
                  lane.router().awaitEnd();
                  callers.replace(index, fleet.restart(index));
                }
                return null;
              });
      checked(models, 1);
      rows.add(
          "requests lost of %d at 500/s, SIGTERM one after the other".formatted(tally.ended()),
          (double) tally.lost(),
          "",
          0,
          0,
          true);
      rows.note(tally.toString());
    }
  }

  /** The coordinator is killed, and comes back, as often as there is time for. */
  private void kill() throws Exception {
    List<Double> without = new ArrayList<>();
    try (var models = models(20, 20);
        var fleet = routers(models, ROUTERS, 1, true);
        var callers = new Balancer(fleet.processes())) {
      Tally tally =
          underLoad(
              callers,
              () -> {
                long end = System.nanoTime() + (long) ((seconds - 20) * 1e9);
                do {
                  int index = leader(fleet);
                  long killed = System.nanoTime();
                  callers.lanes().get(index).kill();
                  without.add(untilServed(fleet, index, killed));
                  callers.replace(index, fleet.restart(index));
                  Thread.sleep(3_000);
                } while (System.nanoTime() - end < 0);
                return null;
              });
      checked(models, 1);
      rows.add(
          "requests lost of %d at 500/s, kill -9 of the coordinator %d times"
              .formatted(tally.ended(), without.size()),
          (double) tally.lost(),
          "",
          0,
          0,
          true);
      rows.add(
          "no slots granted after the coordinator died, the longest",
          without.stream().mapToDouble(Double::doubleValue).max().orElse(0),
          " s",
          3,
          1,
          true);
      rows.note(tally.toString());
    }
  }

  private static int leader(FleetProcesses fleet) throws InterruptedException {
    while (true) {
      for (int i = 0; i < ROUTERS; i++) {
        if (fleet.processes().get(i).leads()) {
          return i;
        }
      }
      Thread.sleep(50);
    }
  }

  /** Returns the seconds until the others have a coordinator that is sure of every slot. */
  private static double untilServed(FleetProcesses fleet, int dead, long since)
      throws InterruptedException {
    while (true) {
      boolean all = true;
      for (int i = 0; i < ROUTERS; i++) {
        all &= i == dead || fleet.processes().get(i).isServed();
      }
      double passed = (System.nanoTime() - since) / 1e9;
      if ((all && passed > 0.5) || passed > 60) {
        return passed;
      }
      Thread.sleep(10);
    }
  }

  private Tally underLoad(Balancer callers, Callable<?> meanwhile)
      throws InterruptedException, java.util.concurrent.ExecutionException, TimeoutException {
    var tally = new Tally();
    callers.run(RATE / 2, 5, new Tally());
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<?> events =
          thread.submit(
              () -> {
                Thread.sleep(3_000);
                return meanwhile.call();
              });
      callers.run(RATE, seconds, tally);
      events.get(120, TimeUnit.SECONDS);
    }
    return tally;
  }
}
