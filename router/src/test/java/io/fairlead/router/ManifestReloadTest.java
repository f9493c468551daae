package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.ManifestFile.Share;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Manifests changed under a running program, with callers who never stop. */
@Timeout(180)
class ManifestReloadTest {
  private static final int CALLERS = 4;

  @TempDir Path manifests;

  @Test
  void changesDropNoRequest() throws Exception {
    var manifest = new ManifestFile(manifests);
    try (var one = StubModel.start("one");
        var two = StubModel.start("two");
        var three = StubModel.start("three")) {
      manifest.writeOne(one);
      try (var router = RouterProcess.serve(manifests);
          var traffic = new Traffic(router)) {
        await().atMost(Soon.PATIENCE).until(() -> traffic.count("one") > 50);

        manifest.writeOne(one, two); // one more replica
        await().atMost(Soon.PATIENCE).until(() -> traffic.count("two") > 50);

        Share blue = new Share("blue", 0, List.of(one.address(), two.address()));
        manifest.write(blue, new Share("green", 100, List.of(three.address()))); // another split
        await().atMost(Soon.PATIENCE).until(() -> traffic.count("three") > 50);
        traffic.awaitStill("one", "two");

        manifest.write(new Share("green", 100, List.of(three.address()))); // a deployment less
        await()
            .atMost(Soon.PATIENCE)
            .until(() -> traffic.caller().metric(reloads("accepted")) == 4.0);
        long before = traffic.count("three");
        await().atMost(Soon.PATIENCE).until(() -> traffic.count("three") > before + 50);

        assertThat(traffic.failures()).isEmpty();
        assertThat(
                traffic
                    .caller()
                    .metric("fairlead_slots_leaked_total{deployment=\"green\",endpoint=\"echo\"}"))
            .isZero();
      }
    }
  }

  @Test
  void badChangeIsRefusedAsAWhole() throws Exception {
    var manifest = new ManifestFile(manifests);
    try (var one = StubModel.start("one");
        var two = StubModel.start("two")) {
      manifest.writeOne(one);
      try (var router = RouterProcess.serve(manifests);
          var traffic = new Traffic(router)) {
        router.ready();
        // A good change of one file; another spoils it, and is there first.
        Files.writeString(manifests.resolve("pod.yaml"), "kind: Pod\n");
        router.awaitLog(
            "manifests refused, the old ones stay: pod.yaml:1:7: kind: Pod (expected: ");
        await()
            .atMost(Soon.PATIENCE)
            .until(() -> traffic.caller().metric(reloads("rejected")) == 1.0);
        manifest.writeOne(two);
        await()
            .atMost(Soon.PATIENCE)
            .until(() -> traffic.caller().metric(reloads("rejected")) == 2.0);
        long before = traffic.count("one");
        await().atMost(Soon.PATIENCE).until(() -> traffic.count("one") > before + 50);

        assertThat(traffic.count("two")).isZero();
        assertThat(traffic.caller().admin("/readyz").statusCode()).isEqualTo(200);

        Files.delete(manifests.resolve("pod.yaml"));
        await().atMost(Soon.PATIENCE).until(() -> traffic.count("two") > 50);

        assertThat(traffic.failures()).isEmpty();
        await()
            .atMost(Soon.PATIENCE)
            .until(() -> traffic.caller().metric(reloads("accepted")) == 2.0);
      }
    }
  }

  private static String reloads(String result) {
    return "fairlead_reloads_total{result=\"" + result + "\",what=\"manifest\"}";
  }

  /** Callers who send one request after the other, and note who answered. */
  private static final class Traffic implements AutoCloseable {
    private final Caller caller;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    private final List<String> failures = new ArrayList<>();

    Traffic(RouterProcess router) {
      router.ready();
      caller = new Caller(router);
      for (int i = 0; i < CALLERS; i++) {
        threads.execute(this::call);
      }
    }

    Caller caller() {
      return caller;
    }

    long count(String model) {
      LongAdder count = answers.get(model);
      return count == null ? 0 : count.sum();
    }

    /** Waits until {@code models} have had no answer for as long as others have had 50. */
    void awaitStill(String... models) {
      await()
          .atMost(Soon.PATIENCE)
          .until(
              () -> {
                long before = sum(models);
                long end = count("three") + 50;
                await().atMost(Soon.PATIENCE).until(() -> count("three") > end);
                return sum(models) == before;
              });
    }

    private long sum(String... models) {
      long sum = 0;
      for (String model : models) {
        sum += count(model);
      }
      return sum;
    }

    List<String> failures() {
      synchronized (failures) {
        return List.copyOf(failures);
      }
    }

    private void call() {
      while (!isOver.get()) {
        try {
          var answer = caller.score("{}");
          if (answer.statusCode() == 200) {
            answers.computeIfAbsent(answer.body(), name -> new LongAdder()).increment();
          } else {
            fail(answer.statusCode() + " " + answer.body());
          }
        } catch (Exception e) {
          fail(e.toString());
        }
      }
    }

    private void fail(String what) {
      synchronized (failures) {
        if (!isOver.get() && failures.size() < 10) {
          failures.add(what);
        }
      }
    }

    @Override
    public void close() {
      isOver.set(true);
      threads.close();
      caller.close();
    }
  }
}
