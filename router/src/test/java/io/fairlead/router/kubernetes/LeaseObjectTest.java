package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.Soon;
import io.fairlead.router.cluster.ApiServer;
import io.fairlead.router.election.LeaseRecord;
import io.fairlead.router.election.Reply;
import io.fairlead.router.election.Reply.Absent;
import io.fairlead.router.election.Reply.Conflict;
import io.fairlead.router.election.Reply.Failed;
import io.fairlead.router.election.Reply.Found;
import io.fairlead.router.election.Reply.Written;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Lease of a real API server. */
@Tag("cluster")
class LeaseObjectTest {
  private static final Instant TIME = Instant.parse("2026-11-01T00:00:00Z");
  private static ApiServer server;

  private String namespace;
  private ApiClient client;
  private LeaseObject lease;

  @BeforeAll
  static void startServer() throws Exception {
    server = ApiServer.shared();
  }

  @BeforeEach
  void setUp() throws Exception {
    namespace = server.namespace("lease");
    client = ApiClient.open(server.kubeconfig());
    lease = new LeaseObject(client, namespace, "fairlead-router");
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static LeaseRecord held(String holder, long transitions) {
    return new LeaseRecord(
        holder, Duration.ofSeconds(2), TIME, TIME.plusNanos(1_000), transitions, false);
  }

  private static String version(Reply reply) {
    return switch (reply) {
      case Written written -> written.version();
      case Found found -> found.version();
      default -> throw new AssertionError(reply);
    };
  }

  private String field(String path) throws Exception {
    return server.kubectl(
        "-n", namespace, "get", "lease", "fairlead-router", "-o", "jsonpath={" + path + "}");
  }

  @Test
  void givesBackWhatWasWritten() throws Exception {
    assertThat(lease.read()).isEqualTo(new Absent());
    String version = version(lease.write(held("one", 1), null));

    assertThat(lease.read()).isEqualTo(new Found(held("one", 1), version));
    assertThat(field(".spec.renewTime")).isEqualTo("2026-11-01T00:00:00.000001Z");
    assertThat(field(".spec.leaseDurationSeconds")).isEqualTo("2");
  }

  @Test
  void keepsThatThereAreOthers() throws Exception {
    String first = version(lease.write(held("one", 1), null));
    LeaseRecord noted =
        new LeaseRecord("one", Duration.ofSeconds(2), TIME, TIME, 1, /* others= */ true);

    lease.write(noted, first);

    assertThat(((Found) lease.read()).record()).isEqualTo(noted);
  }

  @Test
  void secondCreationIsLost() throws Exception {
    lease.write(held("one", 1), null);

    assertThat(lease.write(held("two", 1), null)).isEqualTo(new Conflict());
  }

  @Test
  void writeOfWhoHasNotSeenTheLastIsLost() throws Exception {
    String first = version(lease.write(held("one", 1), null));
    String second = version(lease.write(held("one", 2), first));

    assertThat(lease.write(held("two", 3), first)).isEqualTo(new Conflict());
    server.kubectl("-n", namespace, "delete", "lease", "fairlead-router");
    assertThat(lease.write(held("two", 3), second)).isEqualTo(new Conflict());
  }

  @Test
  void freeLeaseHasNoHolder() throws Exception {
    String first = version(lease.write(held("one", 1), null));

    lease.write(held("", 1), first);

    assertThat(((Found) lease.read()).record().holder()).isEmpty();
    assertThat(field(".spec.holderIdentity")).isEmpty();
  }

  @Test
  void whatOthersHavePutThereStays() throws Exception {
    lease.write(held("one", 1), null);
    server.kubectl("-n", namespace, "label", "lease", "fairlead-router", "team=ml");
    String version = version(lease.read());

    lease.write(held("one", 2), version);

    assertThat(field(".metadata.labels.team")).isEqualTo("ml");
    assertThat(field(".spec.leaseTransitions")).isEqualTo("2");
  }

  @Test
  void emptyLeaseIsFree() throws Exception {
    server.apply(
        namespace,
        "{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: fairlead-router}}");

    LeaseRecord record = ((Found) lease.read()).record();

    assertThat(record.holder()).isEmpty();
    assertThat(record.transitions()).isZero();
    assertThat(lease.write(held("one", 1), version(lease.read()))).isInstanceOf(Written.class);
  }

  @Test
  void whoMayNotIsToldSo() throws Exception {
    server.kubectl("-n", namespace, "create", "serviceaccount", "nobody");
    var config = server.kubeconfig(server.token(namespace, "nobody"), namespace);
    try (ApiClient nobody = ApiClient.open(config)) {
      assertThat(new LeaseObject(nobody, namespace, "fairlead-router").read())
          .isInstanceOfSatisfying(
              Failed.class,
              failed ->
                  assertThat(failed.reason())
                      .startsWith("Lease " + namespace + "/fairlead-router: 403 ")
                      .contains("cannot get resource"));
    }
  }

  @Test
  void rightsOfTheChartAreEnough() throws Exception {
    server.kubectl("-n", namespace, "create", "serviceaccount", "router");
    server.apply(
        namespace,
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: router}
        rules:
          - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create]}
          - apiGroups: [coordination.k8s.io]
            resources: [leases]
            resourceNames: [fairlead-router]
            verbs: [get, update]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: router}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: router}
        subjects: [{kind: ServiceAccount, name: router}]
        """);
    var config = server.kubeconfig(server.token(namespace, "router"), namespace);
    try (ApiClient router = ApiClient.open(config)) {
      var own = new LeaseObject(router, namespace, "fairlead-router");
      await() // the server learns of a role a moment after it is there
          .atMost(Soon.PATIENCE)
          .untilAsserted(() -> assertThat(own.read()).isEqualTo(new Absent()));
      String version = version(own.write(held("one", 1), null));
      assertThat(own.write(held("", 1), version)).isInstanceOf(Written.class);
    }
  }

  @Test
  void missingNamespaceIsNoConflict() throws Exception {
    var nowhere = new LeaseObject(client, "missing", "fairlead-router");

    assertThat(nowhere.write(held("one", 1), null)).isInstanceOf(Failed.class);
  }

  @Test
  void serverThatIsAwayIsAFailure() throws Exception {
    String version = version(lease.write(held("one", 1), null));
    server.stop();
    try {
      assertThat(lease.read()).isInstanceOf(Failed.class);
      assertThat(lease.write(held("one", 2), version)).isInstanceOf(Failed.class);
    } finally {
      server.start();
    }
    assertThat(lease.write(held("one", 2), version)).isInstanceOf(Written.class);
  }
}
