package io.fairlead.router.admin;

import io.fairlead.router.control.Explanation;
import io.fairlead.router.control.Explanation.Choice;
import io.fairlead.router.control.Explanation.Verdict;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.RouterError;
import java.io.ByteArrayOutputStream;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The answer of {@code POST /debug/explain}. */
final class ExplanationJson {
  private static final JsonFactory JSON = new JsonFactory();

  private ExplanationJson() {}

  static byte[] render(Explanation explanation) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeName("verdict");
      verdict(json, explanation.verdict());
      Endpoint endpoint = explanation.endpoint();
      if (endpoint != null) {
        endpoint(json, endpoint, explanation);
      }
      json.writeArrayPropertyStart("deployments");
      explanation.choices().forEach(choice -> choice(json, choice));
      json.writeEndArray();
      json.writeArrayPropertyStart("notEvaluated");
      explanation.notEvaluated().forEach(json::writeString);
      json.writeEndArray();
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static void endpoint(JsonGenerator json, Endpoint endpoint, Explanation explanation) {
    AuthMode mode = endpoint.access().authentication().mode();
    json.writeStringProperty("namespace", endpoint.namespace());
    json.writeStringProperty("endpoint", endpoint.name());
    json.writeStringProperty("authMode", mode.text());
    json.writeStringProperty("credential", credential(mode, explanation.credentialGiven()));
    if (explanation.bodyLimit() < Long.MAX_VALUE) { // a WebSocket has none
      json.writeNumberProperty("maxRequestBytes", explanation.bodyLimit());
    }
  }

  private static String credential(AuthMode mode, boolean given) {
    if (mode == AuthMode.NONE) {
      return "not required";
    }
    return given ? "required, given, not checked" : "required, not given";
  }

  private static void verdict(JsonGenerator json, Verdict verdict) {
    json.writeStartObject();
    json.writeStringProperty("outcome", verdict.outcome().name().toLowerCase(Locale.ROOT));
    RouterError error = verdict.error();
    if (verdict.status() != 0) {
      json.writeNumberProperty("status", verdict.status());
    }
    if (error != null) {
      json.writeStringProperty("reason", error.reason());
    }
    json.writeStringProperty("detail", verdict.detail());
    if (verdict.estimatedWaitNanos() > 0) {
      DecisionJson.millis(json, "estimatedWaitMs", verdict.estimatedWaitNanos());
    }
    json.writeEndObject();
  }

  private static void choice(JsonGenerator json, Choice choice) {
    json.writeStartObject();
    json.writeStringProperty("name", choice.deployment().name());
    json.writeNumberProperty("percent", choice.percent());
    json.writeName("verdict");
    verdict(json, choice.verdict());
    if (choice.freeSlots() >= 0) {
      json.writeNumberProperty("freeSlots", choice.freeSlots());
    } else {
      json.writeStringProperty("freeSlots", "unlimited");
    }
    json.writeNumberProperty(
        "maxQueueWaitMs", choice.deployment().requestSettings().maxQueueWait().toMillis());
    json.writeName("load");
    DecisionJson.load(json, choice.load());
    DecisionJson.candidates(json, "replicas", choice.replicas(), null);
    json.writeEndObject();
  }
}
