package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.Soon;
import io.fairlead.router.resource.ObservedPod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchTest {
  private static final String PODS = "/api/v1/namespaces/ml/pods";
  private static final long HALF_AN_HOUR = 1_800_000_000_000L;

  @TempDir Path directory;
  private final AtomicLong now = new AtomicLong();
  private volatile long tickNanos; // passes with each look at the clock
  private final AtomicInteger changes = new AtomicInteger();
  private FakeApiServer server;
  private ApiClient client;
  private Watch<ObservedPod> watch;
  private Thread thread;

  @BeforeEach
  void start() throws Exception {
    server = new FakeApiServer();
    client = server.client(directory);
    watch = watch(Thread::sleep);
    thread = Thread.ofVirtual().unstarted(watch);
  }

  private Watch<ObservedPod> watch(Watch.Sleep sleep) {
    return new Watch<>(
        client,
        PODS,
        "ml.azure.com/endpoint-name",
        Decoder.ofPods(),
        changes::incrementAndGet,
        () -> now.addAndGet(tickNanos),
        sleep,
        new Random(1));
  }

  @AfterEach
  void stop() {
    thread.interrupt();
    client.close();
    server.close();
  }

  @Test
  void listsAndThenWatchesFromTheListsVersion() throws Exception {
    server.list(PODS, "100", pod("a", "101", true));
    thread.start();

    FakeApiServer.Stream stream = server.stream(PODS);

    assertThat(server.read())
        .isEqualTo(PODS + "?limit=100&labelSelector=ml.azure.com/endpoint-name");
    assertThat(stream.query())
        .contains("resourceVersion=100", "allowWatchBookmarks=true")
        .contains("labelSelector=ml.azure.com/endpoint-name");
    assertThat(watch.shelf().contents()).extracting(ObservedPod::name).containsExactly("a");
    assertThat(changes).hasValue(1);
  }

  @Test
  void followsEvents() throws Exception {
    server.list(PODS, "100", pod("a", "90", true));
    thread.start();
    FakeApiServer.Stream stream = server.stream(PODS);

    stream.event("ADDED", pod("b", "101", false));
    awaitPods("a", "b");
    stream.event("MODIFIED", pod("b", "102", true));
    await().atMost(Soon.PATIENCE).until(() -> watch.shelf().contents().get(1).isReady());
    stream.event("DELETED", pod("a", "103", true));
    awaitPods("b");
  }

  @Test
  void whatComesInAStormIsGathered() throws Exception {
    server.list(PODS, "100");
    thread.start();
    FakeApiServer.Stream stream = server.stream(PODS);
    tickNanos = 10_000_000; // no event follows the other at once, and there are many in a period

    int waited = 0;
    for (int version = 101; waited < 2; version++) {
      assertThat(version).isLessThan(600);
      long sent = System.nanoTime();
      stream.event("MODIFIED", pod("a", "" + version, true));
      awaitAtOnce("" + version);
      waited += System.nanoTime() - sent > ReadPace.PERIOD_NANOS / 2 ? 1 : 0;
    }
  }

  /** Waits for a version, and no moment longer. */
  private void awaitAtOnce(String version) {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(Soon.PATIENCE)
        .until(() -> watch.shelf().version().equals(version));
  }

  @Test
  void aPodThatIsToEndIsGoneAtOnce() throws Exception {
    server.list(PODS, "100", pod("a", "90", true), pod("b", "91", true));
    thread.start();

    server.stream(PODS)
        .event(
            "MODIFIED",
            pod("a", "101", true)
                .replace("\"name\":", "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"name\":"));

    awaitPods("b");
  }

  @Test
  void aWatchThatEndsGoesOnFromTheLastVersion() throws Exception {
    server.list(PODS, "100", pod("a", "90", true));
    thread.start();
    FakeApiServer.Stream stream = server.stream(PODS);
    stream.event("ADDED", pod("b", "105", true));
    stream.event("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"110\"}}");
    await().atMost(Soon.PATIENCE).until(() -> watch.shelf().version().equals("110"));

    stream.end();

    assertThat(server.stream(PODS).query()).contains("resourceVersion=110");
    assertThat(watch.shelf().contents()).hasSize(2);
  }

  @Test
  void aWatchThatIsRenewedGoesOnFromTheLastVersion() throws Exception {
    server.list(PODS, "100", pod("a", "90", true));
    thread.start();
    server.stream(PODS).event("ADDED", pod("b", "105", true));
    awaitPods("a", "b");

    watch.renew(); // the server has not ended anything

    assertThat(server.stream(PODS).query()).contains("resourceVersion=105");
  }

  @Test
  void aVersionThatIsGoneIsListedAgain() throws Exception {
    server.list(PODS, "100", pod("a", "90", true), pod("b", "91", true));
    thread.start();
    FakeApiServer.Stream stream = server.stream(PODS);
    server.list(PODS, "200", pod("b", "91", true));

    stream.event("ERROR", "{\"kind\":\"Status\",\"code\":410,\"message\":\"too old\"}");

    assertThat(server.stream(PODS).query()).contains("resourceVersion=200");
    awaitPods("b");
  }

  @Test
  void anEmptyListAfterABrokenWatchEmptiesNothing() throws Exception {
    server.list(PODS, "100", pod("a", "90", true));
    thread.start();
    FakeApiServer.Stream stream = server.stream(PODS);
    server.list(PODS, "101");

    stream.event("ERROR", "{\"kind\":\"Status\",\"code\":410,\"message\":\"too old\"}");

    await().atMost(Soon.PATIENCE).until(() -> watch.contact().problem().equals("a doubtful list"));
    assertThat(watch.shelf().contents()).hasSize(1);
  }

  @Test
  void whatIsNoListEmptiesNothing() throws Exception {
    server.list(PODS, "100", pod("a", "90", true));
    thread.start();
    FakeApiServer.Stream stream = server.stream(PODS);
    server.answer(PODS, 200, "{}");

    stream.event("ERROR", "{\"kind\":\"Status\",\"code\":410,\"message\":\"too old\"}");

    await().atMost(Soon.PATIENCE).until(() -> watch.contact().problem().startsWith("no list"));
    assertThat(watch.shelf().contents()).hasSize(1);
  }

  @Test
  void aServerThatFailsAndReturnsLosesNothing() throws Exception {
    server.list(PODS, "100", pod("a", "90", true));
    thread.start();
    server.stream(PODS);
    now.set(5_000_000_000L);

    server.breaks(new FakeApiServer.Answer(503, "{\"message\":\"etcd is away\"}\n"));
    await().atMost(Soon.PATIENCE).until(() -> watch.contact().problem().equals("503 etcd is away"));
    assertThat(watch.shelf().contents()).hasSize(1);
    server.breaks(null);
    server.stream(PODS).event("ADDED", pod("b", "101", true));

    awaitPods("a", "b");
    assertThat(watch.contact().problem()).isEmpty();
    assertThat(watch.contact().heardAt()).isEqualTo(5_000_000_000L);
  }

  @Test
  void halfAnHourWithoutAServerIsMadeUpForWithinSeconds() throws Exception {
    server.list(PODS, "100", pod("a", "90", true));
    var passed = new CountDownLatch(1);
    var returned = new CountDownLatch(1);
    watch =
        watch(
            millis -> {
              boolean wasBefore = now.getAndAdd(millis * 1_000_000) < HALF_AN_HOUR;
              if (wasBefore && now.get() >= HALF_AN_HOUR) {
                passed.countDown();
                returned.await();
              }
            });
    thread = Thread.ofVirtual().start(watch);
    server.stream(PODS);

    server.close();
    assertThat(passed.await(5, TimeUnit.MINUTES)).isTrue();

    assertThat(watch.shelf().isListed()).isTrue();
    assertThat(watch.shelf().contents()).extracting(ObservedPod::name).containsExactly("a");
    assertThat(watch.contact().problem()).isNotEmpty();
    assertThat(watch.contact().heardAt()).isLessThan(5_000_000_000L); // which is since when
    try (var again = new FakeApiServer(server.port())) {
      returned.countDown();
      again.stream(PODS).event("ADDED", pod("b", "101", true));
      awaitPods("a", "b");
      assertThat(now.get()).isBetween(HALF_AN_HOUR, HALF_AN_HOUR + 5_000_000_000L);
      assertThat(watch.contact().problem()).isEmpty();
      assertThat(watch.contact().heardAt()).isEqualTo(now.get());
    }
  }

  @Test
  void aServerThatIsNotThereAtFirstIsAskedUntilItIs() throws Exception {
    server.breaks(new FakeApiServer.Answer(500, "starting"));
    thread.start();
    await().atMost(Soon.PATIENCE).until(() -> watch.contact().problem().equals("500 starting"));
    assertThat(watch.shelf().isListed()).isFalse();

    server.list(PODS, "100");
    server.breaks(null);

    server.stream(PODS);
    assertThat(watch.shelf().isListed()).isTrue();
  }

  @Test
  void garbageInAWatchChangesNothing() throws Exception {
    server.list(PODS, "100", pod("a", "90", true));
    thread.start();

    server.stream(PODS).send("{\"type\":\"DEL\n");

    assertThat(server.stream(PODS).query()).contains("resourceVersion=100");
    awaitPods("a");
  }

  private void awaitPods(String... names) {
    await()
        .untilAsserted(
            () ->
                assertThat(watch.shelf().contents())
                    .extracting(ObservedPod::name)
                    .containsExactly(names));
  }

  static String pod(String name, String version, boolean isReady) {
    return """
    {"metadata":{"name":"%s","namespace":"ml","resourceVersion":"%s","labels":
    {"ml.azure.com/endpoint-name":"echo","ml.azure.com/deployment-name":"blue"}},
    "status":{"phase":"Running","podIP":"10.0.0.1","conditions":
    [{"type":"Ready","status":"%s"}]}}
    """
        .formatted(name, version, isReady ? "True" : "False")
        .replace("\n", "");
  }
}
