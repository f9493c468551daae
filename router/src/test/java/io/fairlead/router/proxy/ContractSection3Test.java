package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Traffic;
import io.fairlead.router.model.TrafficSplit;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Section 3 of the contract: which deployment. */
@SuppressWarnings("NullAway.Init") // each test starts with start()
class ContractSection3Test {
  private static final String DOCUMENTED =
      "No route found or no valid deployments to route to, please check that the endpoint has at"
          + " least one deployment with positive weight values or use a deployment specific header"
          + " to route.";

  @RegisterExtension final Stage stage = new Stage();
  private FakeReplica blue;
  private FakeReplica green;

  /** Starts an endpoint with two deployments, whose shares are as given. */
  private void start(int bluePercent, int greenPercent, String stickyHeader) throws Exception {
    blue = stage.replica();
    green = stage.replica();
    Map<String, Integer> percent = new LinkedHashMap<>();
    percent.put("blue", bluePercent);
    percent.put("green", greenPercent);
    var traffic =
        new Traffic(new TrafficSplit(percent), null, stickyHeader.isEmpty() ? null : stickyHeader);
    stage.setup.endpoint(old -> old.with(traffic)).deployment("green", green);
    stage.start(blue);
  }

  private void start(int bluePercent, int greenPercent) throws Exception {
    start(bluePercent, greenPercent, "");
  }

  /** "Choice is random by weight." The router's chance is seeded, so the outcome is always one. */
  @ParameterizedTest
  @EnumSource
  void theSplitIsKept(Asker.Version version) throws Exception {
    start(90, 10);
    int green = 0;
    int asked = 1_000;
    try (Asker asker = version.connect(stage.port())) {
      for (int i = 0; i < asked; i++) {
        green += "green".equals(asker.score().field("azureml-model-deployment")) ? 1 : 0;
      }
    }
    // sigma = sqrt(n * 0.9 * 0.1) = 9.5: four of them
    assertThat(green).isCloseTo(asked / 10, within(38));
    assertThat(this.green.untakenRequests()).isEqualTo(green);
    assertThat(blue.untakenRequests()).isEqualTo(asked - green);
  }

  /** "{@code traffic} maps deployment -> integer percent; the sum is 0 or 100 [D]." */
  @ParameterizedTest
  @CsvSource({"90, 9", "50, 51", "0, 1", "101, -1"})
  void otherSumsAreRefused(int bluePercent, int greenPercent) {
    assertThatThrownBy(() -> new TrafficSplit(Map.of("blue", bluePercent, "green", greenPercent)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: 0 ");
  }

  /** "A new deployment starts at 0." One that traffic does not name gets nothing. */
  @Test
  void aNewDeploymentGetsNothing() throws Exception {
    blue = stage.replica();
    green = stage.replica();
    stage.setup.deployment("green", green);
    stage.start(blue);
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      for (int i = 0; i < 50; i++) {
        asker.score();
      }
    }
    assertThat(green.acceptedConnections()).isZero();
  }

  /**
   * "Request header {@code azureml-model-deployment: <deployment>} bypasses the split and reaches a
   * 0 % deployment [D]".
   */
  @ParameterizedTest
  @EnumSource
  void theHeaderReachesADeploymentWithoutTraffic(Asker.Version version) throws Exception {
    start(100, 0);
    try (Asker asker = version.connect(stage.port())) {
      Answer answer = asker.score("azureml-model-deployment: green");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.field("azureml-model-deployment")).isEqualTo("green");
    }
    assertThat(green.untakenRequests()).isEqualTo(1);
    assertThat(blue.acceptedConnections()).isZero();
  }

  /** "an unknown name is 404 with its own reason [F]". */
  @ParameterizedTest
  @EnumSource
  void anUnknownDeploymentIsNotFound(Asker.Version version) throws Exception {
    for (ErrorProfile profile : ErrorProfile.values()) {
      stage.setup.profile = profile;
      start(100, 0);
      try (Asker asker = version.connect(stage.port())) {
        for (String name : new String[] {"gren", "Green", "blue/green", ""}) {
          Answer answer = asker.score("azureml-model-deployment: " + name);
          assertThat(answer.status()).as(name).isEqualTo(404);
          assertThat(answer.reason()).isEqualTo("deployment_not_found");
        }
      }
      stage.router().close();
      stage.setup.state = java.util.function.UnaryOperator.identity();
    }
  }

  /** "No deployment with positive weight: 404 with body text ... [O]". */
  @ParameterizedTest
  @EnumSource
  void withoutPositiveWeightThereIsTheDocumentedAnswer(Asker.Version version) throws Exception {
    start(0, 0);
    try (Asker asker = version.connect(stage.port())) {
      Answer answer = asker.score();
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.reason()).isEqualTo("no_route");
      assertThat(answer.body()).contains("\"detail\":\"" + DOCUMENTED + "\"");
      Answer addressed = asker.score("azureml-model-deployment: blue");
      assertThat(addressed.status()).as("\"or use a deployment specific header\"").isEqualTo(200);
    }
  }

  /** "a retry stays in the chosen deployment". */
  @ParameterizedTest
  @EnumSource
  void aRetryStaysInItsDeployment(Asker.Version version) throws Exception {
    green = stage.replica();
    stage.setup.deployment("green", green);
    InetSocketAddress[] nobody = new InetSocketAddress[2];
    for (int i = 0; i < nobody.length; i++) {
      try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        nobody[i] = new InetSocketAddress(free.getInetAddress(), free.getLocalPort());
      }
    }
    stage.start(nobody);
    try (Asker asker = version.connect(stage.port())) {
      Answer answer = asker.score();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.reason()).isEqualTo("upstream_connect_failed");
    }
    assertThat(stage.router().meters().count("RETRY")).isEqualTo(1);
    assertThat(green.acceptedConnections()).isZero();
  }

  /** "Optional stickiness by a named header, hashed [F]." */
  @ParameterizedTest
  @EnumSource
  void equalValuesOfTheStickyHeaderReachOneDeployment(Asker.Version version) throws Exception {
    start(50, 50, "x-session");
    Set<String> seen = new HashSet<>();
    try (Asker asker = version.connect(stage.port())) {
      for (int user = 0; user < 20; user++) {
        String first = asker.score("x-session: user-" + user).field("azureml-model-deployment");
        seen.add(first);
        for (int i = 0; i < 5; i++) {
          Answer again = asker.score("X-Session: user-" + user);
          assertThat(again.field("azureml-model-deployment")).isEqualTo(first);
        }
      }
      Answer addressed = asker.score("x-session: user-1", "azureml-model-deployment: green");
      assertThat(addressed.field("azureml-model-deployment")).isEqualTo("green");
    }
    assertThat(seen).containsExactlyInAnyOrder("blue", "green");
  }

  /** The same value means the same in every router: over HTTP/1.1 here and HTTP/2 there. */
  @Test
  void allRoutersAgreeAboutAValue() throws Exception {
    start(50, 50, "x-session");
    try (TestRouter other =
            stage.setup.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), blue.port()));
        Asker here = Asker.Version.HTTP1.connect(stage.port());
        Asker there = Asker.Version.HTTP2.connect(other.listen())) {
      for (int user = 0; user < 50; user++) {
        String field = "x-session: user-" + user;
        assertThat(there.score(field).field("azureml-model-deployment"))
            .isEqualTo(here.score(field).field("azureml-model-deployment"));
      }
    }
  }
}
