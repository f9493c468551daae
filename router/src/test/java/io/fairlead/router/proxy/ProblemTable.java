package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.ErrorProfile;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table of section 5 of the contract, and what every answer that has a line of it must be. */
final class ProblemTable {
  /** The table: reason token, status in kubernetes and in managed, and where "+ Retry-After". */
  private static final String TABLE =
      """
      endpoint_not_found        404 404
      no_route                  404 404
      deployment_not_found      404 404
      unauthorized              401 401
      bad_request               400 400
      header_too_large          431 431
      uri_too_long              414 414
      payload_too_large         413 413
      method_not_allowed        405 405
      not_implemented           501 501
      version_not_supported     505 505
      expectation_failed        417 417
      misdirected_request       421 421
      upgrade_required          426 426
      head_timeout              408 408
      body_timeout              408 408
      too_many_pending_requests 503 429 Retry-After
      queue_timeout             503 429 Retry-After
      deadline_infeasible       503 429 Retry-After
      model_not_ready           503 503 Retry-After
      request_timeout           504 408
      upstream_connect_failed   502 502
      upstream_reset            502 502
      upstream_protocol_error   502 502
      model_error                 0 424
      draining                  503 503
      router_overloaded         503 503 Retry-After
      rate_limited              429 429 Retry-After
      """;

  private static final Map<String, Row> ROWS =
      TABLE
          .lines()
          .map(line -> line.split(" +", -1))
          .map(c -> new Row(c[0], Integer.parseInt(c[1]), Integer.parseInt(c[2]), c.length > 3))
          .collect(Collectors.toMap(Row::reason, Function.identity()));

  private static final String UUID_FORM =
      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

  private ProblemTable() {}

  /** One line of it. */
  record Row(String reason, int kubernetes, int managed, boolean retryAfter) {
    int status(ErrorProfile profile) {
      return profile == ErrorProfile.KUBERNETES ? kubernetes : managed;
    }
  }

  static Row row(String reason) {
    return requireNonNull(ROWS.get(reason), reason);
  }

  /** Returns the reason tokens, in the order of the table. */
  static List<String> reasons() {
    return TABLE.lines().map(line -> line.split(" ", -1)[0]).toList();
  }

  /**
   * Checks an answer against its row, and its body: "JSON problem (RFC 9457) with status, title,
   * detail, reason, requestId and the numbers behind the decision".
   */
  static JsonNode assertProblem(Stage stage, Way way, Answer answer, String reason) {
    Row row = row(reason);
    assertThat(answer.reason()).isEqualTo(reason);
    assertThat(answer.status()).isEqualTo(row.status(way.profile));
    assertThat(answer.field("content-type")).isEqualTo("application/problem+json");
    JsonNode problem = JsonMapper.shared().readTree(answer.body());
    assertThat(problem.propertyNames())
        .startsWith("status", "title", "detail", "reason", "requestId")
        .isSubsetOf(
            "status",
            "title",
            "detail",
            "reason",
            "requestId",
            "limit",
            "inFlight",
            "queued",
            "queueLimit",
            "readyReplicas",
            "estimatedWaitMs");
    assertThat(problem.at("/status").asInt()).isEqualTo(answer.status());
    assertThat(problem.at("/title").asString()).isNotEmpty();
    assertThat(problem.at("/detail").asString()).isNotEmpty();
    assertThat(problem.at("/reason").asString()).isEqualTo(reason);
    assertThat(problem.at("/requestId").asString())
        .matches(UUID_FORM)
        .isEqualTo(answer.field("x-request-id"));
    assertRetryAfter(answer, row.retryAfter());
    stage.until(() -> stage.finished().contains(answer.status() + " " + reason));
    return problem;
  }

  /** "Retry-After is computed ...; retry-after-ms beside it". */
  static void assertRetryAfter(Answer answer, boolean said) {
    if (said) {
      assertThat(answer.field("retry-after")).matches("[1-9][0-9]*");
      assertThat(answer.field("retry-after-ms")).matches("[1-9][0-9]*");
    } else {
      assertThat(answer.field("retry-after")).isNull();
      assertThat(answer.field("retry-after-ms")).isNull();
    }
  }
}
