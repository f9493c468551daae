package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.kubernetes.FakeApiServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the program starts with a cluster, before there is anything to serve. */
@Timeout(120)
class ClusterStartTest {
  private static final String GROUP = "/apis/fairlead.dev/v1alpha1/";

  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private FakeApiServer server;
  private ClaimedPort admin;

  @BeforeEach
  void start() throws IOException {
    server = new FakeApiServer();
    admin = new ClaimedPort();
  }

  @AfterEach
  void stop() throws IOException {
    admin.close();
    client.close();
    server.close();
  }

  @Test
  void theDataPortOpensWhenEverythingWasListed() throws Exception {
    server.breaks(new FakeApiServer.Answer(503, "{\"message\":\"etcd is away\"}"));
    try (var router = serve()) {
      await()
          .atMost(Soon.PATIENCE)
          .untilAsserted(() -> assertThat(readiness()).contains("503 etcd is away"));
      assertThat(ask("/livez").statusCode()).isEqualTo(200);
      assertThat(router.out()).isEmpty();

      listNothing();
      server.breaks(null);

      assertThat(router.ready()).contains(" http=127.0.0.1:", " admin=127.0.0.1:" + admin.number());
      assertThat(ask("/readyz").statusCode()).isEqualTo(200);
      assertThat(ask("/metrics").body())
          .contains("fairlead_kubernetes_last_event_age_seconds")
          .contains("fairlead_reloads_total{result=\"accepted\",what=\"kubernetes\"} 1.0");
    }
  }

  @Test
  void secretsAreAskedForWhilePodsAreNotListedYet() throws Exception {
    server.list(
        GROUP + "onlineendpoints",
        "9",
        """
        {"metadata": {"namespace": "ml", "name": "echo", "uid": "1"},
         "spec": {"authSecretRef": {"name": "keys"}, "traffic": {"blue": 100}}}
        """);
    server.list(GROUP + "onlinedeployments", "9");
    try (var router = serve()) {
      await()
          .atMost(Soon.PATIENCE)
          .until(() -> server.read().startsWith("/api/v1/namespaces/ml/secrets/keys"));
      assertThat(router.out()).isEmpty();

      server.list("/api/v1/pods", "9");

      assertThat(router.ready()).contains(" http=127.0.0.1:");
    }
  }

  @Test
  void whoIsNotNeededAnyMoreLeavesBeforeItServes() throws Exception {
    server.breaks(new FakeApiServer.Answer(503, "{}"));
    try (var router = serve()) {
      await().atMost(Soon.PATIENCE).untilAsserted(() -> assertThat(readiness()).contains("503"));

      router.signal("TERM");

      RouterProcess.Ended ended = router.awaitEnd();
      assertThat(ended.code()).isZero();
      assertThat(ended.out()).isEmpty();
    }
  }

  @Test
  void whatIsNoKubeconfigIsOneLine() throws Exception {
    Path file = Files.writeString(directory.resolve("bad"), "clusters: [");
    try (var router =
        RouterProcess.start("serve", "--kubernetes", "--kubeconfig", file.toString())) {
      RouterProcess.Ended ended = router.awaitEnd();

      assertThat(ended.code()).isEqualTo(2);
      assertThat(ServeTest.complaints(ended))
          .singleElement()
          .asString()
          .startsWith("fairlead: kubernetes: ")
          .endsWith("(expected: a cluster, by kubeconfig or in a pod)");
    }
  }

  private RouterProcess serve() throws IOException {
    return RouterProcess.start(
        "serve",
        "--kubernetes",
        "--kubeconfig",
        server.kubeconfig(directory).toString(),
        "--http",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:" + admin.number());
  }

  private void listNothing() {
    server.list(GROUP + "onlineendpoints", "9");
    server.list(GROUP + "onlinedeployments", "9");
    server.list("/api/v1/pods", "9");
  }

  private String readiness() throws InterruptedException {
    try {
      HttpResponse<String> answer = ask("/readyz?verbose");
      return answer.statusCode() + " " + answer.body();
    } catch (IOException e) {
      return "not there yet: " + e;
    }
  }

  private HttpResponse<String> ask(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin.number() + path)).build(),
        BodyHandlers.ofString());
  }
}
