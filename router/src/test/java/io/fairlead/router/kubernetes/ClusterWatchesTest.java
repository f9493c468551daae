package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.Soon;
import io.fairlead.router.resource.ClusterObject;
import io.fairlead.router.resource.ObservedPod;
import io.fairlead.router.resource.PodSelection;
import io.fairlead.router.resource.SecretKey;
import io.fairlead.router.resource.SecretLook;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterWatchesTest {
  private static final String GROUP = "/apis/fairlead.dev/v1alpha1/";
  private static final PodSelection SELECTION = new PodSelection("ml", "app=x");

  @TempDir Path directory;
  private FakeApiServer server;
  private ApiClient client;
  private @Nullable ClusterWatches running;

  @BeforeEach
  void start() throws Exception {
    server = new FakeApiServer();
    client = server.client(directory);
  }

  @AfterEach
  void stop() {
    if (running != null) {
      running.close();
    }
    client.close();
    server.close();
  }

  private ClusterWatches watch(String... namespaces) {
    ClusterWatches watches =
        new ClusterWatches(
            client,
            List.of(namespaces),
            Set.of(new SecretKey("fairlead", "certificate")),
            () -> {},
            Thread.ofVirtual().factory(),
            System::nanoTime,
            new SplittableRandom(1));
    running = watches;
    watches.start();
    return watches;
  }

  @Test
  void allNamespacesAreOneWatchOfEachKind() throws Exception {
    server.list(
        GROUP + "onlineendpoints",
        "9",
        """
        {"metadata":{"name":"echo","namespace":"ml","uid":"u","generation":3,
        "creationTimestamp":"2026-11-01T10:00:00Z","resourceVersion":"5","managedFields":[{}]},
        "spec":{"authMode":"None"},"status":{"scoringUri":"x"}}
        """);
    server.list(GROUP + "onlinedeployments", "9");
    ClusterWatches watches = watch();
    server.stream(GROUP + "onlineendpoints");
    assertThat(watches.isListed()).isFalse(); // the pods are not
    server.list("/api/v1/pods", "9", WatchTest.pod("a", "1", true));

    server.stream("/api/v1/pods");

    await().atMost(Soon.PATIENCE).until(watches::isListed);
    assertThat(watches.contents().endpoints())
        .containsExactly(
            new ClusterObject(
                ClusterObject.Kind.ENDPOINT,
                "ml",
                "echo",
                "u",
                3,
                1_793_527_200_000L,
                "{\"spec\":{\"authMode\":\"None\"}}",
                "{\"scoringUri\":\"x\"}"));
    assertThat(watches.contents().pods())
        .containsExactly(new ObservedPod("ml", "a", "10.0.0.1", "echo", "blue", true));
  }

  @Test
  void eachNamespaceIsWatchedAlone() throws Exception {
    for (String namespace : List.of("ml", "team")) {
      server.list(GROUP + "namespaces/" + namespace + "/onlineendpoints", "9");
      server.list(GROUP + "namespaces/" + namespace + "/onlinedeployments", "9");
      server.list(
          "/api/v1/namespaces/" + namespace + "/pods", "9", WatchTest.pod(namespace, "1", true));
    }
    ClusterWatches watches = watch("ml", "team");

    await().atMost(Soon.PATIENCE).until(watches::isListed);
    assertThat(watches.contents().pods())
        .extracting(ObservedPod::name)
        .containsExactly("ml", "team");
  }

  @Test
  void selectedPodsAreWatchedAsLongAsTheyAreWanted() throws Exception {
    listNothing();
    ClusterWatches watches = watch();
    server.list("/api/v1/namespaces/ml/pods", "9", WatchTest.pod("z", "1", true));

    watches.want(Set.of(), Set.of(SELECTION));
    FakeApiServer.Stream stream = server.stream("/api/v1/namespaces/ml/pods");
    assertThat(stream.query()).contains("labelSelector=app=x");
    assertThat(watches.contents().selected().get(SELECTION))
        .extracting(ObservedPod::name)
        .containsExactly("z");

    watches.want(Set.of(), Set.of());
    assertThat(watches.contents().selected()).isEmpty();
  }

  @Test
  void itsOwnSecretsAreAskedForAlways() throws Exception {
    listNothing();
    ClusterWatches watches = watch();
    SecretKey own = new SecretKey("fairlead", "certificate");
    await().atMost(Soon.PATIENCE).until(() -> new SecretLook.Missing().equals(watches.own(own)));

    watches.want(Set.of(new SecretKey("ml", "keys")), Set.of());
    watches.want(Set.of(), Set.of());

    assertThat(watches.own(own)).isEqualTo(new SecretLook.Missing());
  }

  @Test
  void theContactIsThatOfTheWatchThatHasWaitedLongest() throws Exception {
    ClusterWatches watches = watch();
    await().atMost(Soon.PATIENCE).until(() -> watches.contact().problem().equals("404 not found"));

    listNothing();
    await().atMost(Soon.PATIENCE).until(() -> watches.contact().problem().isEmpty());
    assertThat(watches.contact().silentNanos()).isLessThan(60_000_000_000L);
  }

  private void listNothing() {
    server.list(GROUP + "onlineendpoints", "9");
    server.list(GROUP + "onlinedeployments", "9");
    server.list("/api/v1/pods", "9");
  }
}
