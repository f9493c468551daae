package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.cluster.ApiServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three routers of a real cluster, of which one leads. */
@Tag("cluster")
@Timeout(300)
class ClusterLeaderTest {
  private static ApiServer server;

  private final List<RouterProcess> routers = new ArrayList<>();
  private final List<Caller> callers = new ArrayList<>();
  private Path kubeconfig;
  private String namespace;

  @BeforeAll
  static void define() throws Exception {
    server = ApiServer.shared();
    Path crds = Path.of("").toAbsolutePath().resolveSibling("charts/fairlead/crds");
    server.kubectl("apply", "-f", crds.toString());
    server.kubectl(
        "wait",
        "--for=condition=Established",
        "--timeout=20s",
        "crd/onlineendpoints.fairlead.dev",
        "crd/onlinedeployments.fairlead.dev");
  }

  @BeforeEach
  void startThree() throws Exception {
    namespace = server.namespace("leader");
    kubeconfig = server.kubeconfig(server.adminToken(), namespace);
    for (int i = 0; i < 3; i++) {
      var router =
          RouterProcess.start(
              "serve",
              "--kubernetes",
              "--kubeconfig=" + kubeconfig,
              "--namespace=" + namespace,
              "--http=127.0.0.1:0",
              "--admin=127.0.0.1:0",
              "--lease-duration-ms=6000", // a slow API server shall not end it
              "--drain-delay-seconds=0");
      routers.add(router);
      callers.add(new Caller(router));
    }
  }

  @AfterEach
  void stop() {
    callers.forEach(Caller::close);
    routers.forEach(RouterProcess::close);
  }

  /** Returns the number of the one that leads in a term after {@code last}. */
  private int awaitLeader(long last) {
    int[] leader = {-1};
    await()
        .atMost(Soon.PATIENCE)
        .until(
            () -> {
              for (int i = 0; i < routers.size(); i++) {
                if (routers.get(i).isAlive() && term() > last && leads(i)) {
                  leader[0] = i;
                }
              }
              return leader[0] >= 0;
            });
    return leader[0];
  }

  private boolean leads(int router) throws Exception {
    return callers.get(router).metric("fairlead_leader") == 1;
  }

  private long term() throws Exception {
    String term =
        server.kubectl(
            "-n",
            namespace,
            "get",
            "lease",
            "fairlead-router",
            "--ignore-not-found",
            "-o",
            "jsonpath={.spec.leaseTransitions}");
    return term.isEmpty() ? 0 : Long.parseLong(term);
  }

  @Test
  void anotherLeadsWhenTheLeaderIsKilledOrLeaves() throws Exception {
    routers.forEach(RouterProcess::ready);
    int first = awaitLeader(0);
    long term = term();

    routers.get(first).signal("KILL");
    int second = awaitLeader(term);
    term = term();
    assertThat(second).isNotEqualTo(first);

    routers.get(second).signal("TERM");
    assertThat(routers.get(second).awaitEnd().code()).isZero();
    int third = awaitLeader(term);

    assertThat(third).isNotIn(first, second);
    assertThat(callers.get(third).admin("/debug/status").body()).contains("\"leads\":true");
  }
}
