package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The router that leads scales by the requests of all of them, and the others do not scale. */
@Timeout(120)
class FleetScaleTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir private Path directory;

  @Test
  void leaderCountsWhatEveryRouterHasInFlight() throws Exception {
    try (var fleet = new SharedFleet(directory, 3, 3, Duration.ofSeconds(10));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      advise(fleet);
      Router leader = fleet.coordinator();
      await()
          .atMost(Soon.PATIENCE)
          .until(() -> scaling(fleet, leader).at("/deployments/0/records").size() > 0);

      var calls =
          fleet.routers.stream()
              .map(router -> callers.submit(() -> fleet.score(router).statusCode()))
              .toList();

      await()
          .atMost(Soon.PATIENCE)
          .untilAsserted(
              () -> {
                JsonNode last = scaling(fleet, leader).at("/deployments/0/records/0");
                assertThat(last.at("/inputs/inFlight").asInt()).as(last.toString()).isEqualTo(3);
                assertThat(last.at("/desired").asInt()).isEqualTo(5);
              });
      for (Router router : fleet.routers) {
        assertThat(scaling(fleet, router).at("/leads").asBoolean()).isEqualTo(router == leader);
      }
      for (var call : calls) {
        assertThat(call.get()).isEqualTo(200);
      }
    }
  }

  private void advise(SharedFleet fleet) throws Exception {
    List<String> addresses =
        fleet.models.stream()
            .map(model -> "\"127.0.0.1:" + model.address().getPort() + "\"")
            .toList();
    new ManifestFile(directory.resolve("manifests"))
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
              addresses: %s
              requestSettings: {requestTimeoutMs: 60000, maxQueueWaitMs: 20000}
              scaleSettings: {type: TargetUtilization, maxInstances: 9, mode: advisory}
            """
                .formatted(addresses));
  }

  private static JsonNode scaling(SharedFleet fleet, Router router) throws Exception {
    return JSON.readTree(fleet.admin(router, "/debug/scaling?endpoint=echo"));
  }
}
