package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Mirror;
import io.fairlead.router.model.Traffic;
import io.fairlead.router.model.TrafficSplit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3 of the contract: which deployment. */
class ContractSection3Test {
  private static final String DOCUMENTED =
      "No route found or no valid deployments to route to, please check that the endpoint has at"
          + " least one deployment with positive weight values or use a deployment specific header"
          + " to route.";

  @RegisterExtension final Stage stage = new Stage();
  private final FakeReplica blue;
  private final FakeReplica green;

  ContractSection3Test() throws IOException {
    blue = stage.replica();
    green = stage.replica();
  }

  /** Starts an endpoint with two deployments, whose shares are as given. */
  private void start(int bluePercent, int greenPercent, String stickyHeader) throws Exception {
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
  @CsvSource({
    "HTTP1, KUBERNETES",
    "HTTP2, KUBERNETES",
    "HTTP1, MANAGED",
    "HTTP2, MANAGED",
  })
  void anUnknownDeploymentIsNotFound(Asker.Version version, ErrorProfile profile) throws Exception {
    stage.setup.profile = profile;
    start(100, 0);
    try (Asker asker = version.connect(stage.port())) {
      for (String name : new String[] {"gren", "Green", "blue/green", ""}) {
        Answer answer = asker.score("azureml-model-deployment: " + name);
        assertThat(answer.status()).as(name).isEqualTo(404);
        assertThat(answer.reason()).isEqualTo("deployment_not_found");
      }
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
    stage.setup.deployment("green", green);
    stage.start(stage.nobody(), stage.nobody());
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

  /**
   * "{@code mirrorTraffic: {<deployment>: <percent>}}: one deployment, at most 50 % [D], a copy
   * whose answer is dropped; [...] its results are counted under the mirror deployment."
   */
  @ParameterizedTest
  @EnumSource
  void aMirrorGetsItsShareAndNobodyGetsItsAnswers(Asker.Version version) throws Exception {
    mirror();
    int asked = 200;
    try (Asker asker = version.connect(stage.port())) {
      for (int i = 0; i < asked; i++) {
        Answer answer = asker.score();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.field("azureml-model-deployment")).isEqualTo("blue");
      }
    }
    var mirrored = stage.router().meters().mirrored;
    stage.until(() -> stage.router().dispatcher("green").load(0).inFlight() == 0);
    // sigma = sqrt(n * 0.5 * 0.5) = 7: four of them; what found no free slot is counted too
    assertThat(mirrored.size()).isCloseTo(asked / 2, within(28));
    assertThat(mirrored).allMatch(result -> result.startsWith("echo/green "));
    assertThat(blue.untakenRequests()).isEqualTo(asked);
  }

  /** "such requests are not mirrored [D]": those that name their deployment. */
  @ParameterizedTest
  @EnumSource
  void whatNamesItsDeploymentIsNotMirrored(Asker.Version version) throws Exception {
    mirror();
    try (Asker asker = version.connect(stage.port())) {
      for (int i = 0; i < 40; i++) {
        assertThat(asker.score("azureml-model-deployment: blue").status()).isEqualTo(200);
      }
    }
    assertThat(stage.router().meters().mirrored).isEmpty();
    assertThat(green.acceptedConnections()).isZero();
  }

  /** "at most 50 % [D]". */
  @ParameterizedTest
  @ValueSource(ints = {0, 51, 100, -1})
  void aMirrorGetsOneToFiftyPercent(int percent) {
    assertThatThrownBy(() -> new Mirror("green", percent))
        .hasMessage("mirrorTraffic.green: " + percent + " (expected: 1 to 50)");
  }

  private void mirror() {
    var traffic = new Traffic(new TrafficSplit(Map.of("blue", 100)), new Mirror("green", 50), null);
    stage.setup.endpoint(old -> old.with(traffic)).deployment("green", green);
    stage.start(blue);
  }
}
