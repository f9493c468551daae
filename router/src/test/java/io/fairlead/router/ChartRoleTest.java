package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.certs.DevCertificates;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Validity;
import io.fairlead.router.chart.ChartRoles;
import io.fairlead.router.cluster.ApiServer;
import io.fairlead.router.cluster.RecordingProxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The router as the chart installs it: its options, its configuration, its service account, and
 * what its roles allow and nothing more.
 */
@Tag("cluster")
@Timeout(180)
class ChartRoleTest {
  private static final Path CHART = Path.of("..", "charts", "fairlead");
  private static final String READY = "{.status.conditions[?(@.type==\"Ready\")].status}";
  private static final String KEY = "0123456789abcdef0123456789abcdef";

  private static final Set<String> SCALED =
      Set.of(
          "update fairlead.dev/onlinedeployments/scale",
          "update apps/deployments/scale",
          "update apps/statefulsets/scale");

  @TempDir Path directory;

  /** Ways to install it, each with what the others have not. */
  enum Way {
    CLUSTER_WIDE_WITH_TLS(
        "https://models.example.com",
        "inferenceRouterHA=False",
        "sslSecret=certificate",
        "sslCname=models.example.com"),
    NAMESPACED_AND_PLAIN(
        "http://192.0.2.1", "inferenceRouterHA=False", "watchNamespaces={namespace-of-the-test}"),
    SEVERAL("http://192.0.2.1", "watchNamespaces={namespace-of-the-test}");

    private final String address;
    private final String settings;

    Way(String address, String... settings) {
      this.address = address;
      this.settings = String.join("\n", settings);
    }

    List<String> options() {
      List<String> options =
          new ArrayList<>(
              List.of(
                  "--set=inferenceRouterServiceType=LoadBalancer",
                  "--set=allowInsecureConnections=True"));
      settings.lines().forEach(setting -> options.add("--set=" + setting));
      return options;
    }
  }

  @ParameterizedTest
  @EnumSource(names = "SEVERAL", mode = EnumSource.Mode.EXCLUDE)
  void theRouterServesWithTheRolesOfTheChart(Way way) throws Exception {
    ApiServer server = ApiServer.shared();
    String namespace = server.namespace("role");
    install(server, namespace, way);

    try (var model = StubModel.start("one");
        var proxy = new RecordingProxy(server);
        var router =
            RouterProcess.start(arguments(server, namespace, proxy).toArray(String[]::new))) {
      serveFrom(server, namespace, model);
      router.ready();

      await("a score" + router)
          .atMost(Soon.PATIENCE)
          .until(() -> score(router).statusCode() == 200);
      await("a status")
          .atMost(Soon.PATIENCE)
          .until(() -> told(server, namespace, READY).equals("True"));
      await("an event")
          .atMost(Soon.PATIENCE)
          .until(() -> proxy.calls().contains("create events.k8s.io/events"));
      await("an address")
          .atMost(Soon.PATIENCE)
          .until(
              () -> told(server, namespace, "{.status.scoringUri}"),
              (way.address + "/api/v1/endpoint/echo/score")::equals);
      await("scales" + router)
          .atMost(Duration.ofSeconds(60))
          .until(() -> proxy.calls().containsAll(SCALED));
      assertThat(proxy.refused()).isEmpty();
      Set<String> unused = new TreeSet<>(ChartRoles.allowed(way.options()));
      unused.removeAll(proxy.calls());
      assertThat(unused).as("allowed and never asked").isEmpty();
    }
    server.helm("uninstall", "rel", "--namespace=" + namespace);
  }

  @Test
  void routersOfTheChartShareSlots() throws Exception {
    ApiServer server = ApiServer.shared();
    String namespace = server.namespace("role");
    install(server, namespace, Way.SEVERAL);

    try (var portOfOne = new ClaimedPort();
        var portOfOther = new ClaimedPort();
        var proxy = new RecordingProxy(server);
        var one = RouterProcess.start(peer(server, namespace, proxy, portOfOne, portOfOther));
        var other = RouterProcess.start(peer(server, namespace, proxy, portOfOther, portOfOne));
        var askOne = new Caller(one);
        var askOther = new Caller(other)) {
      one.ready();
      other.ready();
      await("one leads, and grants slots to the other" + one + other)
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                boolean isFirst = askOne.metric("fairlead_leader") == 1;
                Caller leader = isFirst ? askOne : askOther;
                Caller follower = isFirst ? askOther : askOne;
                return leader.metric("fairlead_leader") == 1
                    && follower.metric("fairlead_leader") == 0
                    && leader.metric("fairlead_peers_connected") == 1
                    && follower.metric("fairlead_coordinator_connected") == 1;
              });
      assertThat(proxy.refused()).isEmpty();
    }
    server.helm("uninstall", "rel", "--namespace=" + namespace);
  }

  /** The options of one of several pods, at an address of this machine. */
  private String[] peer(
      ApiServer server, String namespace, RecordingProxy proxy, ClaimedPort own, ClaimedPort other)
      throws Exception {
    String self = "127.0.0.1:" + own.number();
    String peers = self + ",127.0.0.1:" + other.number();
    for (String file : List.of("tls.crt", "tls.key", "ca.crt")) {
      String path = "jsonpath={.data." + file.replace(".", "\\.") + "}";
      String content =
          server.kubectl("-n", namespace, "get", "secret/rel-fairlead-peers", "-o", path);
      Files.write(directory.resolve(file), Base64.getDecoder().decode(content));
    }
    return arguments(server, namespace, proxy).stream()
        .map(argument -> argument.replace("/etc/fairlead/peer/", directory + "/"))
        .map(argument -> argument.replaceAll("^--peers=.*", "--peers=" + peers))
        .map(argument -> argument.replace("$(POD_IP)", self))
        .toArray(String[]::new);
  }

  private void install(ApiServer server, String namespace, Way way) throws Exception {
    server.kubectl("apply", "--validate=strict", "-f", CHART.resolve("crds").toString());
    server.kubectl(
        "wait",
        "--for=condition=Established",
        "--timeout=20s",
        "crd/onlineendpoints.fairlead.dev",
        "crd/onlinedeployments.fairlead.dev");
    var leaf =
        new Leaf(
            List.of("models.example.com"),
            KeyType.EC,
            Validity.of(Instant.now(), Duration.ofDays(1)),
            false);
    var files =
        DevCertificates.create(
            new DevCertificates.Request(leaf, KeyForm.PKCS8, false),
            directory.resolve("certificate"),
            new SecureRandom());
    server.kubectl(
        "-n",
        namespace,
        "create",
        "secret",
        "generic",
        "certificate",
        "--from-file=cert.pem=" + files.cert(),
        "--from-file=key.pem=" + files.key());
    List<String> command =
        new ArrayList<>(List.of("install", "rel", CHART.toString(), "--namespace=" + namespace));
    way.options().forEach(value -> command.add(value.replace("namespace-of-the-test", namespace)));
    server.helm(command.toArray(String[]::new));
    server.kubectl(
        "-n",
        namespace,
        "patch",
        "service/rel-fairlead",
        "--subresource=status",
        "--type=merge",
        "-p",
        "{\"status\": {\"loadBalancer\": {\"ingress\": [{\"ip\": \"192.0.2.1\"}]}}}");
  }

  /** The options of the installed pod, but for its addresses and files. */
  private List<String> arguments(ApiServer server, String namespace, RecordingProxy proxy)
      throws Exception {
    Path configuration =
        Files.writeString(
            directory.resolve("router.yaml"),
            server.kubectl(
                "-n",
                namespace,
                "get",
                "configmap/rel-fairlead",
                "-o",
                "jsonpath={.data.router\\.yaml}"));
    Path kubeconfig =
        Files.writeString(
            directory.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: test, cluster: {server: "%s"}}]
            users: [{name: test, user: {token: "%s"}}]
            contexts: [{name: test, context: {cluster: test, user: test, namespace: %s}}]
            current-context: test
            """
                .formatted(proxy.url(), server.token(namespace, "rel-fairlead"), namespace));
    String written =
        server.kubectl(
            "-n",
            namespace,
            "get",
            "deployment/rel-fairlead",
            "-o",
            "jsonpath={range .spec.template.spec.containers[0].args[*]}{@}{\"\\n\"}{end}");
    List<String> arguments = new ArrayList<>();
    for (String argument : written.strip().split("\n", -1)) {
      arguments.add(
          argument
              .replaceAll("0\\.0\\.0\\.0:[0-9]+", "127.0.0.1:0")
              .replaceAll("^--config=.*", "--config=" + configuration));
    }
    arguments.add("--kubeconfig=" + kubeconfig);
    return arguments;
  }

  private static void serveFrom(ApiServer server, String namespace, StubModel model)
      throws Exception {
    int port = URI.create("http://" + model.address()).getPort();
    server.apply(
        namespace,
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData: {primaryKey: "%s", secondaryKey: "%s"}
        ---
        apiVersion: fairlead.dev/v1alpha1
        kind: OnlineEndpoint
        metadata: {name: echo}
        spec: {authSecretRef: {name: keys}, traffic: {blue: 100}}
        ---
        apiVersion: fairlead.dev/v1alpha1
        kind: OnlineDeployment
        metadata: {name: echo-blue}
        spec: {name: blue, endpointName: echo, scoring: {port: %d}}
        ---
        apiVersion: fairlead.dev/v1alpha1
        kind: OnlineEndpoint
        metadata: {name: lonely}
        spec: {authMode: None, traffic: {nobody: 100}}
        ---
        apiVersion: fairlead.dev/v1alpha1
        kind: OnlineDeployment
        metadata: {name: own-scale}
        spec:
          endpointName: echo
          scaleSettings: {type: TargetUtilization, minInstances: 2, maxInstances: 4}
        ---
        apiVersion: fairlead.dev/v1alpha1
        kind: OnlineDeployment
        metadata: {name: scale-of-deployment}
        spec:
          endpointName: echo
          scaleSettings: {type: TargetUtilization, minInstances: 2, maxInstances: 4}
          scaleTargetRef: {kind: Deployment, name: pods}
        ---
        apiVersion: fairlead.dev/v1alpha1
        kind: OnlineDeployment
        metadata: {name: scale-of-set}
        spec:
          endpointName: echo
          scaleSettings: {type: TargetUtilization, minInstances: 2, maxInstances: 4}
          scaleTargetRef: {kind: StatefulSet, name: pods}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: pods}
        spec:
          selector: {matchLabels: {app: pods}}
          template:
            metadata: {labels: {app: pods}}
            spec: {containers: [{name: model, image: model}]}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: pods}
        spec:
          serviceName: pods
          selector: {matchLabels: {app: pods}}
          template:
            metadata: {labels: {app: pods}}
            spec: {containers: [{name: model, image: model}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          name: one
          labels: {ml.azure.com/endpoint-name: echo, ml.azure.com/deployment-name: blue}
        spec: {containers: [{name: model, image: model}]}
        """
            .formatted(KEY, KEY.replace('0', '1'), port));
    server.kubectl(
        "-n",
        namespace,
        "patch",
        "pod/one",
        "--subresource=status",
        "--type=merge",
        "-p",
        """
        {"status": {"phase": "Running", "podIP": "127.0.0.1", "podIPs": [{"ip": "127.0.0.1"}],
          "conditions": [{"type": "Ready", "status": "True"}]}}
        """);
  }

  private static HttpResponse<String> score(RouterProcess router) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create(
                      "http://127.0.0.1:" + router.port("http") + "/api/v1/endpoint/echo/score"))
              .header("authorization", "Bearer " + KEY)
              .POST(BodyPublishers.ofString("{}"))
              .build();
      return client.send(request, BodyHandlers.ofString());
    }
  }

  private static String told(ApiServer server, String namespace, String path) throws Exception {
    return server.kubectl("-n", namespace, "get", "oe/echo", "-o", "jsonpath=" + path);
  }
}
