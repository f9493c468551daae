package io.fairlead.router.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.cluster.ApiServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.json.JsonMapper;

/** The chart and its definitions, as a real API server takes them. */
@Tag("cluster")
class ChartOnServerTest {
  /** Kinds whose definitions come with other software. */
  private static final Set<String> FOREIGN =
      Set.of("ServiceMonitor", "PrometheusRule", "Certificate");

  private static final String RELEASE = "rel";

  private static ApiServer server;

  @BeforeAll
  static void define() throws Exception {
    server = ApiServer.shared();
    server.kubectl("apply", "--validate=strict", "-f", Chart.DIRECTORY.resolve("crds").toString());
    server.kubectl(
        "wait",
        "--for=condition=Established",
        "--timeout=20s",
        "crd/onlineendpoints.fairlead.dev",
        "crd/onlinedeployments.fairlead.dev");
  }

  @TestFactory
  Stream<DynamicTest> everyObjectIsValid() throws Exception {
    for (String namespace : List.of("models", "more-models")) {
      server.attempt("kubectl", server.kubeconfig(), null, "create", "namespace", namespace);
    }
    return Chart.valueFiles().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getFileName().toString(),
                    () -> {
                      Chart chart = Chart.render(List.of("--values=" + file));
                      assertThat(applied(chart)).isEqualTo(expected(chart));
                    }));
  }

  /** How many objects the server would take, all fields known and valid. */
  private static long applied(Chart chart) throws Exception {
    long taken = 0;
    for (String document : chart.out().split("(?m)^---$", -1)) {
      List<Map<String, Object>> objects = Yaml.documents(document);
      if (objects.isEmpty() || FOREIGN.contains(objects.getFirst().get("kind"))) {
        continue;
      }
      Map<String, Object> metadata = Yaml.map(Yaml.at(objects.getFirst(), "metadata"));
      Object namespace = metadata.getOrDefault("namespace", "models");
      server.run(
          "kubectl",
          document,
          "apply",
          "--dry-run=server",
          "--validate=strict",
          "--namespace=" + namespace,
          "-f",
          "-");
      taken++;
    }
    return taken;
  }

  private static long expected(Chart chart) {
    return chart.objects().stream().filter(o -> !FOREIGN.contains(o.get("kind"))).count();
  }

  @Test
  void thePodIsAllowedWherePodsMustBeRestricted() throws Exception {
    String namespace = server.namespace("restricted");
    server.kubectl(
        "label", "namespace/" + namespace, "pod-security.kubernetes.io/enforce=restricted");
    Object template = Yaml.at(Chart.render(Chart.PLAIN).get("Deployment", ""), "spec", "template");
    Map<String, Object> pod = new LinkedHashMap<>(Yaml.map(template));
    pod.put("apiVersion", "v1");
    pod.put("kind", "Pod");
    Map<String, Object> metadata = new LinkedHashMap<>(Yaml.map(pod.get("metadata")));
    metadata.put("name", "router");
    pod.put("metadata", metadata);

    server.run(
        "kubectl",
        JsonMapper.builder().build().writeValueAsString(pod),
        "-n",
        namespace,
        "create",
        "--dry-run=server",
        "--validate=strict",
        "-f",
        "-");
  }

  @Test
  void anUpgradeKeepsTheCertificatesOfRouters() throws Exception {
    String namespace = server.namespace("chart");
    install("install", namespace);
    String before = peerCertificate(namespace);
    install("upgrade", namespace);

    assertThat(before).isNotEmpty();
    assertThat(peerCertificate(namespace)).isEqualTo(before);
    server.helm("uninstall", RELEASE, "--namespace=" + namespace);
  }

  @Test
  void instanceTypesAreDefinedOnceAndStay() throws Exception {
    String first = server.namespace("chart");
    String second = server.namespace("chart");
    String crd = "crd/instancetypes.amlarc.azureml.com";
    server.kubectl("delete", crd, "--ignore-not-found");
    install("install", first);
    server.kubectl("wait", "--for=condition=Established", "--timeout=20s", crd);
    String made = server.kubectl("get", crd, "-o", "jsonpath={.metadata.uid}");
    server.run(
        "kubectl",
        """
        apiVersion: amlarc.azureml.com/v1alpha1
        kind: InstanceTypeList
        items:
          - metadata: {name: cpusmall}
            spec: {resources: {requests: {cpu: "100m", memory: "100Mi"}, limits: {cpu: "1", memory: "1Gi"}}}
          - metadata: {name: defaultinstancetype}
            spec: {nodeSelector: {pool: gpu}, resources: {limits: {cpu: "1", memory: "1Gi", nvidia.com/gpu: 1}}}
        """,
        "apply",
        "--validate=strict",
        "-f",
        "-");

    install("upgrade", first);
    install("install", second);
    server.helm("uninstall", RELEASE, "--namespace=" + second);
    server.helm("uninstall", RELEASE, "--namespace=" + first);

    assertThat(server.kubectl("get", crd, "-o", "jsonpath={.metadata.uid}")).isEqualTo(made);
    assertThat(server.kubectl("get", "instancetypes", "-o", "name").lines()).hasSize(2);
  }

  private static void install(String verb, String namespace) throws Exception {
    server.helm(
        verb,
        RELEASE,
        Chart.DIRECTORY.toString(),
        "--namespace=" + namespace,
        "--set=inferenceRouterServiceType=ClusterIP",
        "--set=allowInsecureConnections=True");
  }

  private static String peerCertificate(String namespace) throws Exception {
    return server.kubectl(
        "-n", namespace, "get", "secret/rel-fairlead-peers", "-o", "jsonpath={.data.tls\\.crt}");
  }

  @Test
  void theScaleOfADeploymentIsItsInstanceCount() throws Exception {
    String namespace = server.namespace("chart");
    server.apply(namespace, resource("OnlineDeployment", "echo-blue", "endpointName: echo"));

    server.kubectl("-n", namespace, "scale", "od/echo-blue", "--replicas=7");
    server.kubectl(
        "-n",
        namespace,
        "patch",
        "od/echo-blue",
        "--subresource=status",
        "--type=merge",
        "-p",
        "{\"status\": {\"replicas\": 3, \"selector\": \"app=x\"}}");

    assertThat(
            server.kubectl(
                "-n",
                namespace,
                "get",
                "od/echo-blue",
                "--subresource=scale",
                "-o",
                "jsonpath={.spec.replicas} {.status.replicas} {.status.selector}"))
        .isEqualTo("7 3 app=x");
  }

  @Test
  void whatTheDocumentationShowsIsTaken() throws Exception {
    for (String good :
        List.of(
            resource("OnlineEndpoint", "echo", "authMode: None, traffic: {blue: 100}"),
            resource("OnlineEndpoint", "echo", "authMode: None, traffic: {blue: 0, green: 0}"),
            resource("OnlineEndpoint", "echo", "authSecretRef: {name: k}, traffic: {a-1: 100}"),
            resource(
                "OnlineEndpoint",
                "echo",
                "authMode: AMLToken, token: {issuer: me, jwks: {secretRef: {name: keys}}}"),
            resource(
                "OnlineEndpoint", "echo", "authMode: AADToken, token: {issuer: \"https://a/b\"}"),
            resource(
                "OnlineEndpoint",
                "echo",
                "authMode: None, traffic: {blue: 90, green: 10}, mirrorTraffic: {red: 50}"),
            resource("OnlineDeployment", "echo-blue", "endpointName: echo"),
            resource(
                "OnlineDeployment",
                "any.name",
                "name: blue, endpointName: echo, addresses: [\"127.0.0.1:5001\", \"[::1]:5001\"]"),
            resource(
                "OnlineDeployment",
                "echo-blue",
                "endpointName: echo, requestSettings: {maxConcurrentRequestsPerInstance: 0,"
                    + " idempotent: true, hedging: true}, scaleSettings: {minInstances: 3}"))) {
      server.run("kubectl", good, "apply", "--dry-run=server", "--validate=strict", "-f", "-");
    }
  }

  /** What is wrong, and what the API server says of it. */
  private record Refused(String kind, String name, String spec, String sentence) {}

  private static final List<Refused> REFUSED =
      List.of(
          endpoint("authMode: None, traffic: {blue: 90}", "the sum of the percentages must be 0"),
          endpoint("authMode: None, traffic: {blue: 101}", "less than or equal to 100"),
          endpoint("authMode: None, traffic: {b: 100}", "names of deployments must have 3 to 32"),
          endpoint("traffic: {blue: 100}", "authMode Key needs authSecretRef: {name: SECRET}"),
          endpoint("authMode: none", "supported values: \"Key\", \"AMLToken\", \"AADToken\""),
          endpoint("authMode: AMLToken", "need token: {issuer: ..., jwks: ...}"),
          endpoint("authMode: AMLToken, token: {issuer: x}", "token.jwks with one of url, secret"),
          endpoint(
              "authMode: AMLToken, token: {issuer: x, jwks: {}}", "exactly one of url, secret"),
          endpoint("authMode: AADToken, token: {issuer: x}", "the https URL of the issuer"),
          endpoint(
              "authMode: None, clientCertificate: {caFile: a, caSecretRef: {name: b}}",
              "exactly one of caSecretRef, caFile must be given"),
          endpoint(
              "authMode: None, traffic: {blue: 100}, mirrorTraffic: {blue: 10}",
              "mirrorTraffic must name a deployment without live traffic"),
          endpoint("authMode: None, mirrorTraffic: {blue: 51}", "less than or equal to 50"),
          endpoint("authMode: None, mirrorTraffic: {blue: 1, red: 1}", "must have at most 1"),
          endpoint("authMode: None, cors: {origins: [\"*\", \"https://a\"]}", "must be * alone"),
          endpoint(
              "authMode: None, forwardAuthorization: true, cors: {origins: [\"*\"]}",
              "cors.origins must not be * with forwardAuthorization: true"),
          endpoint("authMode: None, rateLimit: {burst: 1}", "requestsPerSecond: Required value"),
          endpoint("authMode: None, trafic: {blue: 100}", "unknown field \"spec.trafic\""),
          new Refused(
              "OnlineEndpoint", "ec", "authMode: None", "metadata.name must have 3 to 32 letters"),
          deployment(
              "requestSettings: {maxConcurrentRequestsPerInstance: -1}",
              "should be greater than or equal to 0"),
          deployment("requestSettings: {requestTimeoutMs: 300001}", "less than or equal to 300000"),
          deployment("requestSettings: {hedging: true}", "hedging: true needs idempotent: true"),
          deployment(
              "scaleSettings: {minInstances: 3, maxInstances: 2}",
              "maxInstances must not be less than minInstances"),
          deployment("addresses: [\"model.example.com:80\"]", "addresses[0]"),
          deployment(
              "addresses: [\"127.0.0.1:1\"], selector: {matchLabels: {app: x}}",
              "selector and addresses must not be given both"),
          deployment("scoring: {path: \"/a?b\"}", "spec.scoring.path in body should match"),
          deployment("scaleTargetRef: {name: x}", "spec.scaleTargetRef.kind: Required value"),
          new Refused("OnlineDeployment", "echo.blue", "endpointName: echo", "or give spec.name"),
          new Refused(
              "OnlineDeployment",
              "echo-blue",
              "name: " + "a".repeat(32) + ", endpointName: " + "b".repeat(32),
              "must have 62 characters at most together"));

  private static Refused endpoint(String spec, String sentence) {
    return new Refused("OnlineEndpoint", "echo", spec, sentence);
  }

  private static Refused deployment(String spec, String sentence) {
    return new Refused("OnlineDeployment", "echo-blue", "endpointName: echo, " + spec, sentence);
  }

  @TestFactory
  Stream<DynamicTest> whatIsWrongInOneObjectIsRefused() {
    return REFUSED.stream()
        .map(
            refused ->
                DynamicTest.dynamicTest(
                    refused.kind() + ": " + refused.spec(),
                    () -> {
                      ApiServer.Ran ran =
                          server.attempt(
                              "kubectl",
                              server.kubeconfig(),
                              resource(refused.kind(), refused.name(), refused.spec()),
                              "apply",
                              "--dry-run=server",
                              "--validate=strict",
                              "-f",
                              "-");
                      assertThat(ran.code()).isNotZero();
                      assertThat(ran.err()).contains(refused.sentence());
                    }));
  }

  private static String resource(String kind, String name, String spec) {
    return """
        apiVersion: fairlead.dev/v1alpha1
        kind: %s
        metadata: {name: %s}
        spec: {%s}
        """
        .formatted(kind, name, spec);
  }
}
