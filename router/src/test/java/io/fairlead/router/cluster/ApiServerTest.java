package io.fairlead.router.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.Soon;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API server that other tests rely on is a real one, with its rules. */
@Tag("cluster")
class ApiServerTest {
  private static ApiServer server;

  @BeforeAll
  static void start() throws Exception {
    server = ApiServer.shared();
  }

  @Test
  void keepsWhatItWasGivenOverARestart() throws Exception {
    String namespace = server.namespace("restart");
    server.kubectl("-n", namespace, "create", "configmap", "kept", "--from-literal=a=b");

    server.stop();
    server.start();

    assertThat(server.get("/api/v1/namespaces/" + namespace + "/configmaps/kept").body())
        .contains("\"a\":\"b\"");
  }

  @Test
  void serviceAccountMayDoWhatItsRoleSaysAndNothingMore() throws Exception {
    String namespace = server.namespace("rbac");
    server.kubectl("-n", namespace, "create", "serviceaccount", "reader");
    server.kubectl(
        "-n", namespace, "create", "role", "reader", "--verb=get", "--resource=configmaps");
    server.kubectl(
        "-n",
        namespace,
        "create",
        "rolebinding",
        "reader",
        "--role=reader",
        "--serviceaccount=" + namespace + ":reader");
    Path config = server.kubeconfig(server.token(namespace, "reader"), namespace);

    await() // the server learns of a role a moment after it is there
        .atMost(Soon.PATIENCE)
        .untilAsserted(
            () -> {
              var get = server.attempt("kubectl", config, null, "get", "configmap", "absent");
              assertThat(get.err()).contains("NotFound");
            });
    var list = server.attempt("kubectl", config, null, "get", "configmaps");

    assertThat(list.err()).contains("Forbidden");
    assertThat(
            server.kubectl(
                "auth",
                "can-i",
                "list",
                "pods",
                "--as=system:serviceaccount:" + namespace + ":reader",
                "--as-group=system:masters"))
        .startsWith("yes");
  }

  @Test
  void podsOfDeploymentBecomeReadyAtAddressesOfTheirOwn() throws Exception {
    server.startControllers();
    server.startScheduler();
    server.startKwok();
    String namespace = server.namespace("pods");

    server.kubectl("-n", namespace, "create", "deployment", "m", "--image=none", "--replicas=3");
    server.kubectl(
        "-n", namespace, "wait", "--for=condition=Available", "deployment/m", "--timeout=60s");

    String addresses =
        server.kubectl("-n", namespace, "get", "pods", "-o", "jsonpath={.items[*].status.podIP}");
    assertThat(addresses.split(" ", -1))
        .hasSize(3)
        .doesNotHaveDuplicates()
        .allMatch(address -> address.startsWith("127.0."));
  }

  @Test
  void deadServerIsReportedAtOnceWithItsLog(@TempDir Path directory) throws Exception {
    try (var broken =
        ServerProcess.start(KubeAssets.require("etcd"), directory, List.of("--no-such-option"))) {
      assertThatThrownBy(() -> broken.await("health", () -> false))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("etcd ended with")
          .hasMessageContaining("no-such-option");
    }
  }

  @Test
  void serverDiesWhenItsInputEnds(@TempDir Path directory) throws Exception {
    Path pid = directory.resolve("pid");
    Path script =
        Files.writeString(directory.resolve("server"), "#!/bin/sh\necho $$ >pid\nexec sleep 600\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    ServerProcess server = ServerProcess.start(script, directory, List.of());
    server.await("its number", () -> Files.size(pid) > 0);
    long number = Long.parseLong(Files.readString(pid).strip());

    server.close();

    assertThat(ProcessHandle.of(number)).isNotPresent();
  }
}
