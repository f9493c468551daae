package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.certs.Certified;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.Pem;
import io.fairlead.router.cluster.ApiServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program in a real cluster, with pods at loopback addresses that models listen at. */
@Tag("cluster")
@Timeout(180)
class ClusterServeTest {
  private static final AtomicInteger ADDRESSES = new AtomicInteger();
  private static final int PORT = 25_001;
  private static ApiServer server;

  private final List<AutoCloseable> running = new ArrayList<>();
  private String namespace;

  @BeforeAll
  static void start() throws Exception {
    server = ApiServer.shared();
    for (String kind : List.of("onlineendpoints", "onlinedeployments")) {
      Path file = Path.of("..", "charts", "fairlead", "crds", "fairlead.dev_" + kind + ".yaml");
      server.kubectl("apply", "-f", file.toAbsolutePath().toString());
      server.kubectl("wait", "--for=condition=Established", "crd/" + kind + ".fairlead.dev");
    }
  }

  @BeforeEach
  void takeNamespace() throws Exception {
    namespace = server.namespace("serve");
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : running.reversed()) {
      each.close();
    }
  }

  @Test
  void podsServeFromReadyToTheFirstSignOfTheirEnd() throws Exception {
    apply(ECHO);
    String first = pod("one");
    Caller caller = serve();
    ClusterTraffic traffic = keep(new ClusterTraffic(caller));
    await().atMost(Soon.PATIENCE).until(() -> traffic.count("one") > 20);

    pod("two");
    await().atMost(Soon.PATIENCE).until(() -> traffic.count("two") > 20);
    server.kubectl("-n", namespace, "delete", "pod", first, "--wait=false");
    await()
        .atMost(Soon.PATIENCE)
        .until(() -> caller.metric(replicas("ready")) == 1 && isStill(traffic, "one"));

    assertThat(traffic.failures()).isEmpty();
  }

  @Test
  void aServerThatIsAwayChangesNothing() throws Exception {
    apply(ECHO);
    pod("one");
    Caller caller = serve();
    ClusterTraffic traffic = keep(new ClusterTraffic(caller));
    await().atMost(Soon.PATIENCE).until(() -> traffic.count("one") > 20);

    server.stop();
    try {
      await()
          .atMost(Soon.PATIENCE)
          .until(() -> !caller.admin("/debug/status").body().contains("\"problem\":\"\""));
      long before = traffic.count("one");
      await().atMost(Soon.PATIENCE).until(() -> traffic.count("one") > before + 50);
      assertThat(caller.admin("/readyz").statusCode()).isEqualTo(200);
    } finally {
      server.start();
    }
    pod("two");
    await().atMost(Soon.PATIENCE).until(() -> traffic.count("two") > 20);

    await()
        .atMost(Soon.PATIENCE)
        .until(() -> caller.admin("/debug/status").body().contains("\"problem\":\"\""));
    assertThat(caller.metric("fairlead_kubernetes_last_event_age_seconds")).isLessThan(90);
    assertThat(traffic.failures()).isEmpty();
  }

  @Test
  void podsWithoutAResourceAreAdopted() throws Exception {
    apply(
        "{apiVersion: fairlead.dev/v1alpha1, kind: OnlineEndpoint, metadata: {name: echo},"
            + " spec: {authMode: None, traffic: {blue: 100}}}");
    Caller caller = serve();
    assertThat(caller.score("{}").statusCode()).isEqualTo(404);
    awaitCondition("echo", "DeploymentNotFound", "True");

    pod("one");

    await().atMost(Soon.PATIENCE).until(() -> caller.score("{}").statusCode() != 404);
  }

  @Test
  void statusAndEventsSayWhatIsTheMatter() throws Exception {
    apply(ECHO.replace("authMode: None", "authMode: Key, authSecretRef: {name: keys}"));
    Caller caller = serve("--public-base-url", "https://models.example.com");
    awaitCondition("echo", "SecretMissing", "True");
    assertThat(caller.score("{}").statusCode()).isEqualTo(401);
    pod("one");

    server.kubectl(
        "-n",
        namespace,
        "create",
        "secret",
        "generic",
        "keys",
        "--from-literal=primaryKey=primary-key-primary-key",
        "--from-literal=secondaryKey=secondary-key-secondary");

    awaitCondition("echo", "Ready", "True");
    assertThat(get("onlineendpoint/echo", "{.status.scoringUri}"))
        .isEqualTo("https://models.example.com/api/v1/endpoint/echo/score");
    await()
        .atMost(Soon.PATIENCE)
        .until(() -> get("onlinedeployment/echo-blue", "{.status.readyReplicas}").equals("1"));
    assertThat(get("onlineendpoint/echo", "{.status.conditions[*].type}")).isEqualTo("Ready");
    await() // told after the status
        .atMost(Soon.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(server.kubectl("-n", namespace, "get", "events.events.k8s.io"))
                    .contains("SecretMissing", "Ready", "onlineendpoint/echo"));
  }

  @Test
  void theCertificateOfASecretIsFollowed() throws Exception {
    apply(certificate(CertificateFilesTest.FIRST, "cert.pem", "key.pem"));
    serve("--https", "127.0.0.1:0", "--tls-secret", namespace + "/certificate");
    RouterProcess router = router();
    assertThat(CertificateFilesTest.nameOf(router)).contains("first.test");

    apply(certificate(CertificateFilesTest.SECOND, "cert.pem", "none.pem"));
    router.awaitLog("certificate refused, the old one stays: Secret " + namespace);
    assertThat(CertificateFilesTest.nameOf(router)).contains("first.test");
    server.kubectl("-n", namespace, "delete", "secret", "certificate");
    apply(certificate(CertificateFilesTest.SECOND, "tls.crt", "tls.key"));

    await()
        .atMost(Soon.PATIENCE)
        .until(() -> CertificateFilesTest.nameOf(router).contains("second.test"));
  }

  private static String certificate(Certified pair, String cert, String key) {
    return "{apiVersion: v1, kind: Secret, metadata: {name: certificate}, data: {"
        + cert
        + ": "
        + base64(Pem.of(pair.chain()))
        + ", "
        + key
        + ": "
        + base64(Pem.of(pair.key(), KeyForm.PKCS8))
        + "}}";
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private RouterProcess router() {
    return running.stream()
        .filter(RouterProcess.class::isInstance)
        .map(RouterProcess.class::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theNewerOfTwoNamespacesHasAConflict() throws Exception {
    apply(ECHO);
    String older = namespace;
    pod("one");
    namespace = server.namespace("newer");
    awaitNextSecond(older); // ages are told in seconds
    apply(ECHO);
    pod("two");

    Caller caller = serve("--namespace", older);

    awaitCondition("echo", "Conflict", "True");
    assertThat(caller.score("{}").body()).isEqualTo("one");
  }

  @Test
  void aBurstOfChangesIsAHandfulOfSnapshots() throws Exception {
    apply(ECHO);
    pod("one");
    Caller caller = serve();
    double before = caller.metric(reloads());
    long began = System.nanoTime();
    StringBuilder pods = new StringBuilder();
    StringBuilder statuses = new StringBuilder();
    for (int i = 0; i < BURST; i++) {
      String name = "burst-" + i;
      String address = "127.45." + i / 250 + "." + (i % 250 + 1);
      pods.append(POD.formatted(name)).append("\n---\n");
      statuses.append(ready(name, address)).append("\n---\n");
    }
    apply(pods.toString());

    server.run(
        "kubectl",
        statuses.toString(),
        "-n",
        namespace,
        "apply",
        "--server-side",
        "--subresource=status",
        "-f",
        "-");

    await().atMost(Soon.PATIENCE).until(() -> caller.metric(replicas("ready")) == BURST + 1);
    double took = (System.nanoTime() - began) / 1e9;
    assertThat(caller.metric(reloads()) - before)
        .as("two a second, however long it takes, and some to begin with")
        .isBetween(1.0, 10 + 2 * took);
  }

  private static final int BURST = 300;

  private static String ready(String name, String address) {
    return """
    {apiVersion: v1, kind: Pod, metadata: {name: %s}, status: {podIP: %s, podIPs: [{ip: %s}],
     phase: Running, conditions: [{type: Ready, status: "True"}]}}\
    """
        .formatted(name, address, address);
  }

  // ---- what is there

  private static final String ECHO =
      """
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineEndpoint
      metadata: {name: echo}
      spec: {authMode: None, traffic: {blue: 100}}
      ---
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineDeployment
      metadata: {name: echo-blue}
      spec: {name: blue, endpointName: echo, scoring: {port: 25001}}
      """;

  private static final String POD =
      "{apiVersion: v1, kind: Pod, metadata: {name: %s, labels: {ml.azure.com/endpoint-name: echo,"
          + " ml.azure.com/deployment-name: blue}}, spec: {schedulerName: this-test,"
          + " containers: [{name: m, image: m}]}}";

  private void apply(String yaml) throws IOException, InterruptedException {
    server.apply(namespace, yaml);
  }

  /** Starts a model that answers with its name, and a pod that is ready at its address. */
  private String pod(String name) throws Exception {
    int number = ADDRESSES.incrementAndGet();
    String address = "127.44." + number / 250 + "." + (number % 250 + 1);
    keep(StubModel.startAt(name, address, PORT));
    apply(POD.formatted(name));
    server.kubectl(
        "-n",
        namespace,
        "patch",
        "pod",
        name,
        "--subresource=status",
        "--type=merge",
        "-p",
        "{\"status\":{\"podIP\":\"%s\",\"podIPs\":[{\"ip\":\"%s\"}],\"phase\":\"Running\","
                .formatted(address, address)
            + "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
    return name;
  }

  private Caller serve(String... more) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of(
                "serve",
                "--kubernetes",
                "--kubeconfig",
                server.kubeconfig().toString(),
                "--namespace",
                namespace,
                "--http",
                "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0"));
    args.addAll(List.of(more));
    RouterProcess router = keep(RouterProcess.start(args.toArray(String[]::new)));
    router.ready();
    return keep(new Caller(router));
  }

  private <T extends AutoCloseable> T keep(T started) {
    running.add(started);
    return started;
  }

  private String get(String object, String path) throws IOException, InterruptedException {
    return server.kubectl("-n", namespace, "get", object, "-o", "jsonpath=" + path);
  }

  private void awaitCondition(String endpoint, String type, String status) {
    String path = "{.status.conditions[?(@.type==\"" + type + "\")].status}";
    await()
        .atMost(Soon.PATIENCE)
        .until(() -> get("onlineendpoint/" + endpoint, path).equals(status));
  }

  private void awaitNextSecond(String older) throws IOException, InterruptedException {
    String created =
        server.kubectl(
            "-n",
            older,
            "get",
            "onlineendpoint/echo",
            "-o",
            "jsonpath={.metadata.creationTimestamp}");
    await()
        .atMost(Soon.PATIENCE)
        .until(() -> Instant.now().isAfter(Instant.parse(created).plusSeconds(1)));
  }

  private static boolean isStill(ClusterTraffic traffic, String name) throws InterruptedException {
    long before = traffic.count(name);
    long others = traffic.count("two");
    await().atMost(Soon.PATIENCE).until(() -> traffic.count("two") > others + 20);
    return traffic.count(name) == before;
  }

  private static String replicas(String state) {
    return "fairlead_replicas{deployment=\"blue\",endpoint=\"echo\",state=\"" + state + "\"}";
  }

  private static String reloads() {
    return "fairlead_reloads_total{result=\"accepted\",what=\"kubernetes\"}";
  }
}
