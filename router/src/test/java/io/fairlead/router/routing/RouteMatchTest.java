package io.fairlead.router.routing;

import static io.fairlead.router.routing.Routes.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteMatchTest {
  private static final String SCORE = "/api/v1/endpoint/echo/score";

  private final RouteMatch match = new RouteMatch();

  @ParameterizedTest
  @CsvSource({
    "score,        'POST, GET, OPTIONS',                           POST GET OPTIONS",
    "swagger.json, 'GET, HEAD',                                    GET HEAD",
    "v2/models,    'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',"
        + " GET HEAD POST PUT PATCH DELETE OPTIONS OTHER",
  })
  void takesTheMethodsOfAPlace(String rest, String allow, String taken) {
    RouteTable table = new Routes().endpoint("echo", Map.of(), "/v2").compile();
    assertThat(table.match(head("/api/v1/endpoint/echo/" + rest), match)).isNull();

    assertThat(match.allow()).isEqualTo(allow);
    for (Method method : Method.values()) {
      Refusal refusal = match.checkMethod(method);
      if (List.of(taken.split(" ")).contains(method.name())) {
        assertThat(refusal).as(method.name()).isNull();
      } else {
        String name = method == Method.OTHER ? "unknown" : method.name();
        assertThat(refusal)
            .isEqualTo(
                new Refusal(
                    RouterError.METHOD_NOT_ALLOWED,
                    "method: " + name + " (expected: " + allow + ")"));
      }
    }
  }

  @Test
  void splitsByWeight() {
    long seed = 20261101;
    Map<String, Integer> percent = new LinkedHashMap<>();
    percent.put("blue", 90);
    percent.put("zero", 0);
    percent.put("green", 10);
    Routes routes = new Routes().endpoint("echo", percent);
    percent.keySet().forEach(name -> routes.deployment("echo", name));
    Head head = head(SCORE);
    routes.compile().match(head, match);

    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Integer> hits = new HashMap<>();
    int draws = 100_000;
    for (int i = 0; i < draws; i++) {
      hits.merge(nameOf(match.choose(head, random.nextInt())), 1, Integer::sum);
    }

    // sigma = sqrt(n * 0.9 * 0.1) = 95: four of them
    assertThat(hits).as("seed " + seed).containsOnlyKeys("blue", "green");
    assertThat(hits.get("blue")).as("seed " + seed).isCloseTo(90_000, within(380));
  }

  @Test
  void usesTheWholeRangeOfTheRandomNumber() {
    RouteTable table =
        new Routes()
            .endpoint("echo", ordered("blue", 1, "green", 99))
            .deployment("echo", "blue")
            .deployment("echo", "green")
            .compile();
    Head head = head(SCORE);
    table.match(head, match);

    int firstOfGreen = (int) (((1L << 32) + 99) / 100);
    assertThat(nameOf(match.choose(head, 0))).isEqualTo("blue");
    assertThat(nameOf(match.choose(head, firstOfGreen - 1))).isEqualTo("blue");
    assertThat(nameOf(match.choose(head, firstOfGreen))).isEqualTo("green");
    assertThat(nameOf(match.choose(head, -1))).isEqualTo("green");
  }

  @Test
  void headerReachesADeploymentWithoutTraffic() {
    RouteTable table =
        new Routes()
            .endpoint("echo", Map.of("blue", 100))
            .deployment("echo", "blue")
            .deployment("echo", "green")
            .compile();
    Head head = head(SCORE, "green");
    table.match(head, match);

    assertThat(match.isAddressed(head)).isTrue();
    assertThat(nameOf(match.choose(head, 0))).isEqualTo("green");
    assertThat(match.isAddressed(head(SCORE))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "gren,  azureml-model-deployment: gren (expected: a deployment of endpoint echo)",
    "Green, azureml-model-deployment: Green (expected: a deployment of endpoint echo)",
    "'',    azureml-model-deployment:  (expected: a deployment of endpoint echo)",
  })
  void refusesAHeaderThatNamesNoDeployment(String name, String detail) {
    RouteTable table =
        new Routes()
            .endpoint("echo", Map.of("green", 100))
            .endpoint("other", Map.of())
            .deployment("echo", "green")
            .deployment("other", "gren")
            .compile();
    Head head = head(SCORE, name);
    table.match(head, match);

    assertThat(match.choose(head, 0))
        .isEqualTo(new RouteResult.NoTarget(new Refusal(RouterError.DEPLOYMENT_NOT_FOUND, detail)));
  }

  @Test
  void saysTheDocumentedSentenceWithoutAPositiveWeight() {
    RouteTable table =
        new Routes().endpoint("echo", Map.of("blue", 0)).deployment("echo", "blue").compile();
    Head head = head(SCORE);
    table.match(head, match);

    assertThat(match.choose(head, 12345))
        .isEqualTo(
            new RouteResult.NoTarget(
                new Refusal(
                    RouterError.NO_ROUTE,
                    "No route found or no valid deployments to route to, please check that the"
                        + " endpoint has at least one deployment with positive weight values or"
                        + " use a deployment specific header to route.")));
  }

  @Test
  void keepsTheShareOfAMissingDeployment() {
    RouteTable table =
        new Routes()
            .endpoint("echo", ordered("blue", 50, "lost", 50))
            .deployment("echo", "blue")
            .compile();
    Head head = head(SCORE);
    table.match(head, match);

    assertThat(nameOf(match.choose(head, 0))).isEqualTo("blue");
    assertThat(match.choose(head, -1)).isEqualTo(EndpointRoutes.NO_ROUTE);
  }

  @Test
  void doesNotMixDeploymentsOfNamespaces() {
    RouteTable table =
        new Routes()
            .endpointIn("first", "echo", Map.of("blue", 100))
            .endpointIn("second", "echo", Map.of("blue", 100))
            .deployment("second", "echo", "blue", "/score")
            .compile();
    Head head = head("/api/v1/ns/first/endpoint/echo/score");
    table.match(head, match);

    assertThat(match.choose(head, 0)).isEqualTo(EndpointRoutes.NO_ROUTE);
  }

  private static Map<String, Integer> ordered(String a, int percentA, String b, int percentB) {
    Map<String, Integer> percent = new LinkedHashMap<>();
    percent.put(a, percentA);
    percent.put(b, percentB);
    return percent;
  }

  private static @Nullable String nameOf(RouteResult result) {
    return result instanceof Target target ? target.deployment().name() : null;
  }
}
