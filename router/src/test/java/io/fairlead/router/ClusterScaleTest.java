package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.cluster.ApiServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The program scales a Deployment of a real cluster, whose controllers make pods of it that become
 * ready at loopback addresses. One model listens at all of them.
 */
@Tag("cluster")
@Timeout(240)
class ClusterScaleTest {
  private static final int PORT = 25_002;
  private static ApiServer server;

  private final List<AutoCloseable> running = new ArrayList<>();
  private StubModel model;
  private String namespace;

  @BeforeAll
  static void start() throws Exception {
    server = ApiServer.shared();
    server.startControllers();
    server.startScheduler();
    server.startKwok();
    for (String kind : List.of("onlineendpoints", "onlinedeployments")) {
      Path file = Path.of("..", "charts", "fairlead", "crds", "fairlead.dev_" + kind + ".yaml");
      server.kubectl("apply", "-f", file.toAbsolutePath().toString());
      server.kubectl("wait", "--for=condition=Established", "crd/" + kind + ".fairlead.dev");
    }
  }

  @BeforeEach
  void listen() throws Exception {
    namespace = server.namespace("scale");
    model = StubModel.startAt("model", "0.0.0.0", PORT);
    running.add(model);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : running.reversed()) {
      each.close();
    }
    server.kubectl("-n", namespace, "delete", "deployment", "model", "--wait=false");
  }

  private static String objects(int replicas, int least) {
    return """
    apiVersion: fairlead.dev/v1alpha1
    kind: OnlineEndpoint
    metadata: {name: echo}
    spec: {authMode: None, traffic: {blue: 100}}
    ---
    apiVersion: fairlead.dev/v1alpha1
    kind: OnlineDeployment
    metadata: {name: echo-blue}
    spec:
      name: blue
      endpointName: echo
      scoring: {port: 25002}
      requestSettings: {requestTimeoutMs: 60000, maxQueueWaitMs: 60000, maxQueueLength: 100}
      scaleSettings: {type: TargetUtilization, minInstances: %d, maxInstances: 6}
      scaleTargetRef: {kind: Deployment, name: model}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: model}
    spec:
      replicas: %d
      selector: {matchLabels: {app: model}}
      template:
        metadata:
          labels:
            {app: model, ml.azure.com/endpoint-name: echo, ml.azure.com/deployment-name: blue}
        spec: {containers: [{name: model, image: none}]}
    """
        .formatted(least, replicas);
  }

  private Caller serve() throws Exception {
    RouterProcess router =
        RouterProcess.start(
            "serve",
            "--kubernetes",
            "--kubeconfig",
            server.kubeconfig().toString(),
            "--namespace",
            namespace,
            "--http",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0");
    running.add(router);
    router.ready();
    Caller caller = new Caller(router);
    running.add(caller);
    return caller;
  }

  private String get(String object, String path) throws Exception {
    return server.kubectl("-n", namespace, "get", object, "-o", "jsonpath={" + path + "}");
  }

  @Test
  void ordersWhatRequestsNeedUntilAnHpaTakesOver() throws Exception {
    server.apply(namespace, objects(1, 1));
    Caller caller = serve();
    model.hold();

    List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(caller.scoreLater("{}"));
    }

    // three requests at 70 % of one slot each
    await()
        .atMost(Soon.PATIENCE)
        .until(() -> get("deployment/model", ".spec.replicas").equals("5"));
    await()
        .atMost(Soon.PATIENCE)
        .until(() -> get("deployment/model", ".status.readyReplicas").equals("5"));
    for (int i = 0; i < calls.size(); i++) {
      model.awaitRequest(); // each with a replica of its own: nobody waits any more
    }
    await()
        .atMost(Soon.PATIENCE)
        .until(() -> get("onlinedeployment/echo-blue", ".status.lastScale.to").equals("5"));
    assertThat(get("onlinedeployment/echo-blue", ".status.lastScale.reason")).isEqualTo("Up");
    assertThat(caller.admin("/debug/scaling?endpoint=echo").body())
        .contains("\"rule\":\"up\"", "\"applied\":\"written\"");

    server.kubectl("-n", namespace, "autoscale", "deployment/model", "--max=6");
    await()
        .atMost(Soon.PATIENCE)
        .until(
            () ->
                get("onlinedeployment/echo-blue", ".status.conditions[*].type")
                    .contains("ForeignAutoscaler"));
    model.release();
    for (CompletableFuture<HttpResponse<String>> call : calls) {
      assertThat(call.get().statusCode()).isEqualTo(200);
    }
    assertThat(caller.score("{}").body()).isEqualTo("model");
  }

  @Test
  void aRequestWithoutReplicasBringsTheFirst() throws Exception {
    server.apply(namespace, objects(0, 0));
    Caller caller = serve();

    HttpResponse<String> answer = caller.score("{}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("model");
  }
}
