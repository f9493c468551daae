package io.fairlead.router.kubernetes;

import io.fairlead.router.resource.Condition;
import io.fairlead.router.resource.Report;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The status that a resource should have, beside the one it has. What others write there, the
 * autoscaler for one, is none of its business.
 */
final class WantedStatus {
  private static final String READY = "Ready";
  private static final Set<String> OWN_CONDITIONS =
      Arrays.stream(Condition.Type.values()).map(Condition.Type::text).collect(Collectors.toSet());

  private final Report report;
  private final @Nullable String scoringUri;
  private final Instant now;
  private final JsonNode current;
  private final ObjectNode wanted = JsonTree.object();

  /**
   * Makes the status of {@code report}'s resource.
   *
   * @param scoringUri where callers reach it; null if that is not known
   */
  WantedStatus(Report report, @Nullable String scoringUri, Instant now) throws IOException {
    this.report = report;
    this.scoringUri = scoringUri;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
    this.current = JsonTree.read(report.object().status().getBytes(StandardCharsets.UTF_8));
    wanted.put("observedGeneration", report.object().generation());
    switch (report) {
      case Report.OfEndpoint endpoint -> {
        if (scoringUri != null) {
          wanted.put("scoringUri", scoringUri);
        }
        ArrayNode deployments = wanted.putArray("deployments");
        for (Report.Count count : endpoint.deployments()) {
          deployments
              .addObject()
              .put("name", count.deployment())
              .put("desiredReplicas", count.replicas())
              .put("readyReplicas", count.ready());
        }
      }
      case Report.OfDeployment deployment ->
          wanted
              .put("replicas", deployment.count().replicas())
              .put("readyReplicas", deployment.count().ready())
              .put("selector", deployment.selector());
    }
    addConditions();
  }

  private void addConditions() {
    ArrayNode conditions = wanted.putArray("conditions");
    boolean isReady = report.conditions().isEmpty();
    if (isReady) {
      add(conditions, READY, "True", "Serving", "requests are served");
    } else {
      Condition first = report.conditions().getFirst();
      add(conditions, READY, "False", first.type().text(), first.message());
    }
    for (Condition condition : report.conditions()) {
      String type = condition.type().text();
      add(conditions, type, "True", type, condition.message());
    }
  }

  private void add(ArrayNode to, String type, String status, String reason, String message) {
    JsonNode last = conditions(current).get(type);
    String since =
        last != null && last.path("status").asString("").equals(status)
            ? last.path("lastTransitionTime").asString("")
            : "";
    to.addObject()
        .put("type", type)
        .put("status", status)
        .put("observedGeneration", report.object().generation())
        .put("lastTransitionTime", since.isEmpty() ? now.toString() : since)
        .put("reason", reason)
        .put("message", message);
  }

  /** Returns whether the resource says so already. */
  boolean isSaid() throws IOException {
    JsonNode plain = JsonTree.read(text().getBytes(StandardCharsets.UTF_8)); // numbers as read
    for (String key : List.of("observedGeneration", "scoringUri", "replicas", "readyReplicas")) {
      if (!plain.path(key).equals(current.path(key))) {
        return false;
      }
    }
    return plain.path("selector").asString("").equals(current.path("selector").asString(""))
        && items(plain, "deployments").equals(items(current, "deployments"))
        && conditions(plain).equals(conditions(current));
  }

  /** Returns what the resource says: the report, but for counts; null if it says anything else. */
  @Nullable Report said() throws IOException {
    if (isSaid()) {
      return report;
    }
    Report counted = report.withCounts(report.counts().stream().map(this::asSaid).toList());
    return new WantedStatus(counted, scoringUri, now).isSaid() ? counted : null;
  }

  private Report.Count asSaid(Report.Count count) {
    if (report instanceof Report.OfDeployment) {
      return count(count.deployment(), current, "replicas");
    }
    for (JsonNode item : current.path("deployments")) {
      if (item.path("name").asString("").equals(count.deployment())) {
        return count(count.deployment(), item, "desiredReplicas");
      }
    }
    return count;
  }

  private static Report.Count count(String deployment, JsonNode from, String replicas) {
    return new Report.Count(
        deployment, from.path(replicas).asInt(0), from.path("readyReplicas").asInt(0));
  }

  private static Set<JsonNode> items(JsonNode status, String key) {
    Set<JsonNode> items = new HashSet<>();
    status.path(key).forEach(items::add);
    return items;
  }

  /** Returns the conditions that are this writer's. */
  private static Map<String, JsonNode> conditions(JsonNode status) {
    Map<String, JsonNode> conditions = new HashMap<>();
    for (JsonNode condition : status.path("conditions")) {
      String type = condition.path("type").asString("");
      if (type.equals(READY) || OWN_CONDITIONS.contains(type)) {
        conditions.put(type, condition);
      }
    }
    return conditions;
  }

  /** Something that an operator should know of. */
  record News(boolean isWarning, String reason, String message) {}

  /** Returns what has become of it since the resource's status was written. */
  List<News> news() {
    List<News> news = new ArrayList<>();
    Map<String, JsonNode> before = conditions(current);
    for (Condition condition : report.conditions()) {
      String type = condition.type().text();
      if (!isTrue(before.get(type))) {
        news.add(new News(true, type, condition.message()));
      }
    }
    if (report.conditions().isEmpty() && !isTrue(before.get(READY))) {
      news.add(new News(false, READY, "requests are served"));
    }
    return news;
  }

  private static boolean isTrue(@Nullable JsonNode condition) {
    return condition != null && condition.path("status").asString("").equals("True");
  }

  /** Returns the status as JSON. */
  String text() {
    return wanted.toString();
  }

  /** Returns what is sent to an API server: the status alone, of this very object. */
  String patch() {
    ObjectNode object = JsonTree.object();
    object.put("apiVersion", "fairlead.dev/v1alpha1").put("kind", report.object().kind().text());
    object
        .putObject("metadata")
        .put("name", report.object().name())
        .put("namespace", report.object().namespace())
        .put("uid", report.object().uid());
    object.set("status", wanted);
    return object.toString();
  }
}
