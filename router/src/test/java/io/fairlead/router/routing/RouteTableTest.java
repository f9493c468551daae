package io.fairlead.router.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.http.Head;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
  private final Routes routes =
      new Routes()
          .endpoint("echo", Map.of("blue", 100))
          .endpoint("triton", Map.of("blue", 100), "/v2", "/metrics/")
          .endpoint("open", Map.of("blue", 100), "/")
          .endpointIn("other", "echo", Map.of("red", 100))
          .deployment("default", "echo", "blue", "/predict")
          .deployment("triton", "blue")
          .deployment("open", "blue")
          .deployment("other", "echo", "red", "/score");
  private final RouteTable table = routes.compile();
  private final RouteMatch match = new RouteMatch();

  @ParameterizedTest
  @CsvSource({
    "/api/v1/endpoint/echo/score,             /predict",
    "/api/v1/service/echo/score,              /predict",
    "/api/v1/ns/default/endpoint/echo/score,  /predict",
    "/api/v1/ns/other/endpoint/echo/score,    /score",
    "/api/v1/endpoint/echo/swagger.json,      /swagger.json",
    "/api/v1/service/echo/swagger.json,       /swagger.json",
    "/api/v1/endpoint/triton/score,           /score",
    "/api/v1/endpoint/triton/v2,              /v2",
    "/api/v1/endpoint/triton/v2/,             /v2/",
    "/api/v1/endpoint/triton/v2/models/a%20b, /v2/models/a%20b",
    "/api/v1/service/triton/v2/models,        /v2/models",
    "/api/v1/endpoint/triton/metrics/,        /metrics/",
    "/api/v1/endpoint/triton/metrics/gpu,     /metrics/gpu",
    "/api/v1/endpoint/open/,                  /",
    "/api/v1/endpoint/open/any/thing,         /any/thing",
    "/api/v1/endpoint/open/score/,            /score/",
  })
  void leadsToThePathOfTheModel(String path, String upstream) {
    Head head = Routes.head(path);

    assertThat(table.match(head, match)).isNull();
    assertThat(upstreamPath(head)).isEqualTo(upstream);
  }

  private String upstreamPath(Head head) {
    if (!(match.choose(head, 0) instanceof Target target)) {
      throw new AssertionError("no target");
    }
    byte[] to = new byte[100];
    int end = match.writeUpstreamPath(head, target, to, 7);
    assertThat(end - 7).isEqualTo(match.upstreamPathLength(target));
    return new String(to, 7, end - 7, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/api/v1/endpoint/",
        "/api/v1/endpoint/echo",
        "/api/v1/endpoint/echo/",
        "/api/v1/endpoint//score",
        "/api/v1/endpoint/ech/score",
        "/api/v1/endpoint/echo2/score",
        "/api/v1/endpoint/Echo/score",
        "/API/v1/endpoint/echo/score",
        "/api/v2/endpoint/echo/score",
        "/api/v1/endpoints/echo/score",
        "/api/v1/endpoint/echo/Score",
        "/api/v1/endpoint/echo/score/",
        "/api/v1/endpoint/echo/scores",
        "/api/v1/endpoint/echo/v2/models",
        "/api/v1/endpoint/triton/v2x",
        "/api/v1/endpoint/triton/v",
        "/api/v1/endpoint/triton/metrics",
        "/api/v1/endpoint/triton/metricsx",
        "/api/v1/ns/default",
        "/api/v1/ns/default/endpoint/",
        "/api/v1/ns/default/service/echo/score",
        "/api/v1/ns/nowhere/endpoint/echo/score",
        "/api/v1/ns//endpoint/echo/score",
        "/api/v1/endpoint/default/endpoint/echo/score",
      })
  void leadsNowhere(String path) {
    assertThat(table.match(Routes.head(path), match))
        .extracting(Refusal::error)
        .isEqualTo(RouterError.ENDPOINT_NOT_FOUND);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/v1/endpoint/nope/score | endpoint: nope (expected: the name of an endpoint)",
        "/api/v1/ns/blue/endpoint/echo/score"
            + " | endpoint: blue/endpoint/echo (expected: the name of an endpoint)",
        "/api/v1/endpoint/echo/v2/x"
            + " | path: /v2/x of endpoint echo"
            + " (expected: /score, /swagger.json or one of its allowedPaths)",
        "/favicon.ico"
            + " | path: /favicon.ico (expected: /api/v1/endpoint/NAME/score,"
            + " /api/v1/service/NAME/score or /api/v1/ns/NAMESPACE/endpoint/NAME/score)",
      })
  void saysWhatWasNotFound(String path, String detail) {
    assertThat(table.match(Routes.head(path), match))
        .isEqualTo(new Refusal(RouterError.ENDPOINT_NOT_FOUND, detail));
  }

  @Test
  void quotesALongOrStrangeNameInPart() {
    assertThat(detailFor("/api/v1/endpoint/" + "x".repeat(9000)))
        .startsWith("endpoint: " + "x".repeat(64) + "... (expected");
    assertThat(detailFor("/api/v1/endpoint/a\"\\\u0007\u00ff/score"))
        .startsWith("endpoint: a\\x22\\x5c\\x07\\xff (expected");
  }

  private String detailFor(String path) {
    Refusal refusal = table.match(Routes.head(path), match);
    return refusal == null ? "found" : refusal.detail();
  }

  @Test
  void givesTheShortPathToTheFirstOfOneName() {
    table.match(Routes.head("/api/v1/endpoint/echo/score"), match);
    assertThat(match.endpoint().namespace()).isEqualTo("default");

    table.match(Routes.head("/api/v1/ns/other/endpoint/echo/score"), match);
    assertThat(match.endpoint().namespace()).isEqualTo("other");
  }

  @Test
  void keepsTheLastMatchWhenAPathLeadsNowhere() {
    table.match(Routes.head("/api/v1/endpoint/triton/score"), match);
    table.match(Routes.head("/api/v1/endpoint/echo/nope"), match);

    assertThat(match.endpoint().name()).isEqualTo("triton");
  }

  @Test
  void numbersEndpointsAndDeployments() {
    Head head = Routes.head("/api/v1/ns/other/endpoint/echo/score");
    table.match(head, match);

    assertThat(match.endpointOrdinal())
        .isEqualTo(routes.ordinal(new DeploymentKey("other", "echo", "")));
    assertThat(match.choose(head, 0))
        .isInstanceOfSatisfying(
            Target.class,
            target -> {
              assertThat(target.ordinal())
                  .isEqualTo(routes.ordinal(new DeploymentKey("other", "echo", "red")));
              assertThat(target.name()).asString(StandardCharsets.US_ASCII).isEqualTo("red");
            });
  }

  @Test
  void findsEachOfTenThousandEndpoints() {
    Routes many = new Routes();
    for (int i = 0; i < 10_000; i++) {
      many.endpoint("model-" + i, Map.of());
    }
    RouteTable large = many.compile();

    for (int i = 0; i < 10_000; i++) {
      assertThat(large.match(Routes.head("/api/v1/endpoint/model-" + i + "/score"), match))
          .isNull();
      assertThat(match.endpoint().name()).isEqualTo("model-" + i);
    }
    assertThat(large.match(Routes.head("/api/v1/endpoint/model-10000/score"), match)).isNotNull();
  }
}
