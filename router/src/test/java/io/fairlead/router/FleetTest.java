package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three routers, their own election, mutual TLS and sockets: no model gets more than its limit. */
@Timeout(120)
class FleetTest {
  @TempDir private Path directory;

  @Test
  void noModelHasTwoRequestsWhileThreeRoutersShareIt() throws Exception {
    try (var fleet = new SharedFleet(directory, 3, 4, Duration.ofMillis(4))) {
      Map<String, Integer> answers = call(fleet, 24, 900, () -> {});

      assertThat(answers).isEqualTo(Map.of("200", 900));
      assertThat(fleet.peak()).isEqualTo(1);
    }
  }

  @Test
  void asManyMayComeToOneRouterAsFitIntoAll() throws Exception {
    try (var fleet = new SharedFleet(directory, 3, 4, Duration.ofMillis(100), 4)) {
      Router coordinator = fleet.coordinator();
      Router other = fleet.routers.stream().filter(r -> r != coordinator).findAny().orElseThrow();
      // four at a model, and four that wait; as soon as all slots are known to be free
      Soon.become("eight are served", () -> scoreAtOnce(fleet, other, 8).equals(Set.of(200)));
      assertThat(fleet.peak()).isEqualTo(1);
    }
  }

  private static Set<Integer> scoreAtOnce(SharedFleet fleet, Router router, int requests)
      throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < requests; i++) {
        all.add(threads.submit(() -> fleet.score(router).statusCode()));
      }
      Set<Integer> statuses = new HashSet<>();
      for (Future<Integer> one : all) {
        statuses.add(one.get());
      }
      return statuses;
    }
  }

  @Test
  void nothingIsLostWhenTheCoordinatorEndsUnderLoad() throws Exception {
    try (var fleet = new SharedFleet(directory, 3, 4, Duration.ofMillis(4))) {
      Map<String, Integer> answers = call(fleet, 24, 1500, () -> end(fleet, fleet.coordinator()));

      assertThat(answers).isEqualTo(Map.of("200", 1500));
      assertThat(fleet.peak()).isEqualTo(1);
      assertThat(fleet.coordinator()).isIn(fleet.routers);
    }
  }

  @Test
  void aRouterThatComesBackUnderLoadGetsSlots() throws Exception {
    try (var fleet = new SharedFleet(directory, 3, 4, Duration.ofMillis(4))) {
      Map<String, Integer> answers =
          call(
              fleet,
              24,
              1500,
              () -> {
                end(fleet, fleet.routers.getLast());
                start(fleet, 2);
              });

      assertThat(answers).isEqualTo(Map.of("200", 1500));
      assertThat(fleet.peak()).isEqualTo(1);
      assertThat(fleet.score(fleet.routers.getLast()).statusCode()).isEqualTo(200);
    }
  }

  private static void end(SharedFleet fleet, Router router) {
    try {
      fleet.end(router);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void start(SharedFleet fleet, int index) {
    try {
      fleet.start(index);
    } catch (StartFailure e) {
      throw new AssertionError(e);
    }
  }

  /** Scores {@code total} times with so many callers, each at all routers in turn. */
  private static Map<String, Integer> call(
      SharedFleet fleet, int callers, int total, Runnable halfway) throws Exception {
    var left = new AtomicInteger(total);
    Map<String, Integer> answers = new ConcurrentHashMap<>();
    var passed = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        int first = caller;
        all.add(
            threads.submit(
                () -> {
                  for (int i = first; left.getAndDecrement() > 0; i++) {
                    if (left.get() < total / 2 && passed.compareAndSet(false, true)) {
                      halfway.run();
                    }
                    List<Router> routers = List.copyOf(fleet.routers);
                    HttpResponse<String> answer = fleet.score(routers.get(i % routers.size()));
                    String text =
                        answer.statusCode() == 200
                            ? "200"
                            : answer.statusCode() + " " + answer.body();
                    answers.merge(text, 1, Integer::sum);
                  }
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    return new TreeMap<>(answers);
  }
}
