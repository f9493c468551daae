package io.fairlead.router.admin;

import io.fairlead.router.control.Decision;
import io.fairlead.router.control.Phases;
import io.fairlead.router.dispatch.Candidate;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RouterError;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Decisions that are remembered, for programs and for reading. */
final class DecisionJson {
  private static final JsonFactory JSON = new JsonFactory();

  private DecisionJson() {}

  static byte[] render(List<Decision> decisions) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("decisions");
      decisions.forEach(decision -> decision(json, decision));
      json.writeEndArray();
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static void decision(JsonGenerator json, Decision decision) {
    json.writeStartObject();
    json.writeStringProperty("at", Instant.ofEpochMilli(decision.atMillis()).toString());
    json.writeStringProperty("requestId", decision.requestId());
    text(json, "clientRequestId", decision.clientRequestId());
    String traceId = decision.traceId();
    text(json, "traceId", traceId == null ? "" : traceId);
    json.writeStringProperty("method", decision.method().name());
    json.writeStringProperty("path", decision.path());
    json.writeStringProperty("protocol", decision.protocol());
    target(json, decision);
    json.writeNumberProperty("status", decision.status());
    RouterError error = decision.error();
    text(json, "reason", error == null ? "" : error.reason());
    String detail = decision.detail();
    text(json, "detail", detail == null ? "" : detail);
    if (decision.callerLeft()) {
      json.writeBooleanProperty("callerLeft", true);
    }
    if (decision.modelStatus() > 0) {
      json.writeNumberProperty("modelStatus", decision.modelStatus());
    }
    json.writeNumberProperty("requestBytes", decision.requestBytes());
    json.writeNumberProperty("responseBytes", decision.responseBytes());
    json.writeNumberProperty("attempts", decision.attempts());
    Replica replica = decision.replica();
    text(json, "replica", replica == null ? "" : replica.toString());
    if (decision.queuePosition() > 0) {
      json.writeNumberProperty("queuePosition", decision.queuePosition());
    }
    phases(json, decision.phases());
    Load load = decision.load();
    if (load != null) {
      json.writeName("load");
      load(json, load);
    }
    List<Candidate> candidates = decision.candidates();
    if (candidates != null) {
      candidates(json, "candidates", candidates, replica);
      json.writeNumberProperty("moreCandidates", decision.moreCandidates());
    }
    json.writeEndObject();
  }

  private static void target(JsonGenerator json, Decision decision) {
    Endpoint endpoint = decision.endpoint();
    if (endpoint != null) {
      json.writeStringProperty("namespace", endpoint.namespace());
      json.writeStringProperty("endpoint", endpoint.name());
    }
    Deployment deployment = decision.deployment();
    if (deployment != null) {
      json.writeStringProperty("deployment", deployment.name());
    }
  }

  private static void phases(JsonGenerator json, Phases phases) {
    json.writeObjectPropertyStart("phasesMs");
    millis(json, "total", phases.totalNanos());
    millis(json, "receive", phases.receiveNanos());
    millis(json, "queue", phases.queueNanos());
    millis(json, "connect", phases.connectNanos());
    millis(json, "model", phases.modelNanos());
    millis(json, "relay", phases.relayNanos());
    millis(json, "overhead", phases.overheadNanos());
    json.writeEndObject();
  }

  private static void text(JsonGenerator json, String name, String value) {
    if (!value.isEmpty()) {
      json.writeStringProperty(name, value);
    }
  }

  /** Writes a duration in milliseconds, to the microsecond. */
  static void millis(JsonGenerator json, String name, long nanos) {
    long micros = nanos / 1_000;
    json.writeNumberProperty(name, micros / 1e3);
  }

  static void load(JsonGenerator json, Load load) {
    json.writeStartObject();
    counts(json, load);
    millis(json, "estimatedWaitMs", load.estimatedWaitNanos());
    json.writeEndObject();
  }

  /** Writes how many there are of each, into an object that is open. */
  static void counts(JsonGenerator json, Load load) {
    json.writeNumberProperty("limitPerReplica", load.limit());
    json.writeNumberProperty("inFlight", load.inFlight());
    json.writeNumberProperty("queued", load.queued());
    json.writeNumberProperty("queueLimit", load.queueLimit());
    json.writeNumberProperty("readyReplicas", load.readyReplicas());
    json.writeNumberProperty("ejectedReplicas", load.ejectedReplicas());
    json.writeNumberProperty("drainingReplicas", load.drainingReplicas());
  }

  static void candidates(
      JsonGenerator json, String name, List<Candidate> candidates, @Nullable Replica chosen) {
    json.writeArrayPropertyStart(name);
    for (Candidate candidate : candidates) {
      json.writeStartObject();
      json.writeStringProperty("replica", candidate.replica().toString());
      json.writeNumberProperty("inFlight", candidate.inFlight());
      if (candidate.freeSlots() >= 0) {
        json.writeNumberProperty("freeSlots", candidate.freeSlots());
      }
      json.writeStringProperty("standing", candidate.standing().text());
      if (candidate.replica().equals(chosen)) {
        json.writeBooleanProperty("chosen", true);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
