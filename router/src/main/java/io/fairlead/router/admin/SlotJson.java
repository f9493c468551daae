package io.fairlead.router.admin;

import io.fairlead.router.control.SlotView;
import java.io.ByteArrayOutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Slots that are taken, for programs and for reading. */
final class SlotJson {
  private static final JsonFactory JSON = new JsonFactory();

  private SlotJson() {}

  static byte[] render(List<SlotView> slots) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("slots");
      slots.forEach(slot -> slot(json, slot));
      json.writeEndArray();
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static void slot(JsonGenerator json, SlotView slot) {
    json.writeStartObject();
    json.writeStringProperty("namespace", slot.deployment().namespace());
    json.writeStringProperty("endpoint", slot.deployment().endpoint());
    json.writeStringProperty("deployment", slot.deployment().deployment());
    json.writeStringProperty("replica", slot.replica().toString());
    json.writeNumberProperty("heldMs", slot.heldNanos() / 1_000_000);
    json.writeStringProperty("condition", slot.condition());
    json.writeEndObject();
  }
}
