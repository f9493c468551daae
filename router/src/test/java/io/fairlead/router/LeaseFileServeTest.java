package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Routers that elect a leader by {@code --lease-file}, as processes. */
@Timeout(180)
class LeaseFileServeTest {

  @TempDir Path directory;
  private Path manifests;
  private Path lease;

  @BeforeEach
  void writeManifest() throws IOException {
    manifests = Files.createDirectory(directory.resolve("manifests"));
    lease = directory.resolve("lease");
    new ManifestFile(manifests)
        .write(new ManifestFile.Share("blue", 100, List.of("127.0.0.1:5001")));
  }

  private RouterProcess serve() throws IOException {
    // longer than a slow machine may take to write a file while the other router starts
    return RouterProcess.serve(
        manifests, "--lease-file", lease.toString(), "--lease-duration-ms", "6000");
  }

  private static boolean leads(Caller router) throws Exception {
    return router.metric("fairlead_leader") == 1;
  }

  @Test
  void otherTakesOverWhenTheLeaderLeaves() throws Exception {
    try (var one = serve();
        var askOne = new Caller(one)) {
      await().atMost(Soon.PATIENCE).until(() -> leads(askOne));
      try (var other = serve();
          var askOther = new Caller(other)) {
        await()
            .atMost(Soon.PATIENCE)
            .until(() -> askOther.admin("/debug/status").body().contains("\"term\":1"));
        assertThat(leads(askOther)).isFalse();

        one.signal("TERM");
        assertThat(one.awaitEnd().code()).isZero();

        await().atMost(Soon.PATIENCE).until(() -> leads(askOther));
        assertThat(askOther.admin("/debug/status").body()).contains("\"leads\":true", "\"term\":2");
        assertThat(askOther.metric("fairlead_leader_transitions_total")).isEqualTo(1);
      }
    }
  }

  @Test
  void leaseThatIsDeletedIsMadeAnewWithALaterTerm() throws Exception {
    try (var router = serve();
        var caller = new Caller(router)) {
      await().atMost(Soon.PATIENCE).until(() -> leads(caller));

      Files.delete(lease);

      await()
          .atMost(Soon.PATIENCE)
          .until(() -> caller.admin("/debug/status").body().contains("\"term\":2"));
      assertThat(leads(caller)).isTrue();
    }
  }

  @Test
  void routersThatDoNotShareSlotsDoNotScale() throws Exception {
    new ManifestFile(manifests)
        .write(
            """
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
              addresses: ["127.0.0.1:5001"]
              scaleSettings: {type: TargetUtilization, maxInstances: 9, mode: advisory}
            """);
    try (var one = serve();
        var askOne = new Caller(one)) {
      await().atMost(Soon.PATIENCE).until(() -> leads(askOne));
      await().atMost(Soon.PATIENCE).until(() -> scaling(askOne).contains("\"rule\":\"steady\""));
      assertThat(scaling(askOne)).doesNotContain("unshared_load");

      try (var _ = serve()) {
        await().atMost(Soon.PATIENCE).until(() -> scaling(askOne).contains("unshared_load"));
      }
    }
  }

  private static String scaling(Caller router) throws Exception {
    return router.admin("/debug/scaling?endpoint=echo").body();
  }

  @Test
  void aloneItLeads() throws Exception {
    try (var router = RouterProcess.serve(manifests);
        var caller = new Caller(router)) {
      assertThat(leads(caller)).isTrue();
      assertThat(caller.admin("/").body()).contains("this router, there is no other");
    }
  }

  @Test
  void fileThatIsNoLeaseIsAReasonNotToStart() throws Exception {
    Files.writeString(lease, "something else\n");

    try (var router = serve()) {
      var ended = router.awaitEnd();

      assertThat(ended.code()).isEqualTo(2);
      assertThat(ended.err())
          .anyMatch(
              line -> line.contains(lease + ": no lease: line 1 (expected: fairlead-lease: 1)"));
      assertThat(lease).hasContent("something else\n");
    }
  }
}
