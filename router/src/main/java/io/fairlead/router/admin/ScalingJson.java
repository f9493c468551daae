package io.fairlead.router.admin;

import io.fairlead.router.autoscale.FleetLoad;
import io.fairlead.router.autoscale.ScaleDecision;
import io.fairlead.router.autoscale.ScaleInputs;
import io.fairlead.router.autoscale.ScaleRefusal;
import io.fairlead.router.control.ScaleRecord;
import io.fairlead.router.control.ScaleState;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Decisions about numbers of replicas, for programs and for reading. */
final class ScalingJson {
  private static final JsonFactory JSON = new JsonFactory();

  private ScalingJson() {}

  static byte[] render(boolean leads, List<ScaleState> states, ScalingQuestion question) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeBooleanProperty("leads", leads);
      json.writeArrayPropertyStart("deployments");
      states.stream()
          .filter(question::matches)
          .forEach(state -> state(json, state, question.limit()));
      json.writeEndArray();
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static void state(JsonGenerator json, ScaleState state, int limit) {
    json.writeStartObject();
    json.writeStringProperty("namespace", state.key().namespace());
    json.writeStringProperty("endpoint", state.key().endpoint());
    json.writeStringProperty("deployment", state.key().deployment());
    json.writeNumberProperty("ups", state.ups());
    json.writeNumberProperty("downs", state.downs());
    json.writeObjectPropertyStart("refused");
    new TreeMap<>(state.refused())
        .forEach((why, times) -> json.writeNumberProperty(why.text(), times));
    json.writeEndObject();
    json.writeArrayPropertyStart("records");
    state.records().stream().limit(limit).forEach(record -> record(json, record));
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void record(JsonGenerator json, ScaleRecord record) {
    json.writeStartObject();
    json.writeStringProperty("since", Instant.ofEpochMilli(record.sinceMillis()).toString());
    json.writeStringProperty("last", Instant.ofEpochMilli(record.lastMillis()).toString());
    json.writeNumberProperty("times", record.times());
    json.writeStringProperty("rule", record.rule());
    known(json, "ordered", record.current());
    known(json, "desired", record.desired());
    switch (record.decision()) {
      case ScaleDecision.Change change -> {
        json.writeNumberProperty("to", change.to());
        inputs(json, change.inputs());
      }
      case ScaleDecision.Keep keep -> inputs(json, keep.inputs());
      case ScaleDecision.Refused _ -> {}
      case null -> {}
    }
    json.writeStringProperty("applied", record.applied().text());
    ScaleRefusal refusal = record.refusal();
    if (refusal != null) {
      json.writeStringProperty("refusal", refusal.text());
    }
    json.writeStringProperty("reason", record.reason());
    json.writeEndObject();
  }

  private static void inputs(JsonGenerator json, ScaleInputs in) {
    FleetLoad load = in.load();
    json.writeObjectPropertyStart("inputs");
    json.writeNumberProperty("routers", load.routers());
    json.writeNumberProperty("inFlight", load.inFlight());
    json.writeNumberProperty("queued", load.queued());
    json.writeNumberProperty("arrived", load.arrived());
    known(json, "slotMicros", load.slotMicros());
    known(json, "offeredMillis", load.offeredMillis());
    json.writeNumberProperty("readyReplicas", load.ready());
    json.writeNumberProperty("comingReplicas", in.coming());
    json.writeNumberProperty("limitPerReplica", in.limit());
    json.writeNumberProperty("targetPercent", in.targetPercent());
    json.writeNumberProperty("least", in.least());
    json.writeNumberProperty("most", in.most());
    json.writeEndObject();
  }

  private static void known(JsonGenerator json, String name, long value) {
    if (value >= 0) {
      json.writeNumberProperty(name, value);
    }
  }
}
