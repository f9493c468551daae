package io.fairlead.router.admin;

import io.fairlead.router.control.BuildInfo;
import io.fairlead.router.control.Check;
import io.fairlead.router.control.ClusterContact;
import io.fairlead.router.control.DeploymentLoad;
import io.fairlead.router.control.FleetState;
import io.fairlead.router.control.LeaderState;
import io.fairlead.router.control.Reload;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.election.Standing;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The status page for programs. */
final class StatusJson {
  private static final JsonFactory JSON = new JsonFactory();

  private StatusJson() {}

  static byte[] render(StatusView view) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      about(json, view);
      json.writeArrayPropertyStart("checks");
      view.checks().forEach(check -> check(json, check));
      json.writeEndArray();
      json.writeArrayPropertyStart("reloads");
      view.reloads().forEach(reload -> reload(json, reload));
      json.writeEndArray();
      json.writeArrayPropertyStart("endpoints");
      view.services().forEach(service -> service(json, service));
      json.writeEndArray();
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static void about(JsonGenerator json, StatusView view) {
    BuildInfo build = view.build();
    json.writeStringProperty("version", build.version());
    json.writeStringProperty("commit", build.commit());
    json.writeStringProperty("java", build.java());
    json.writeStringProperty("transport", build.transport());
    json.writeStringProperty("tlsEngine", build.tlsEngine());
    json.writeNumberProperty("uptimeSeconds", view.uptime().toSeconds());
    Instant notAfter = view.certificateNotAfter();
    if (notAfter != null) {
      json.writeStringProperty("certificateNotAfter", notAfter.toString());
    }
    json.writeNumberProperty("stateVersion", view.version());
    leader(json, view.leader());
    if (view.cluster() != null) {
      cluster(json, view.cluster());
    }
    FleetState fleet = view.fleet();
    if (fleet != null) {
      fleet(json, fleet);
    }
  }

  private static void cluster(JsonGenerator json, ClusterContact cluster) {
    json.writeObjectPropertyStart("cluster");
    json.writeStringProperty("server", cluster.server());
    json.writeNumberProperty("lastHeardSeconds", cluster.silentNanos() / 1_000_000_000);
    json.writeStringProperty("problem", cluster.problem());
    json.writeArrayPropertyStart("conditions");
    for (ClusterContact.ConditionCount each : cluster.conditions()) {
      json.writeStartObject();
      json.writeStringProperty("kind", each.kind());
      json.writeStringProperty("condition", each.condition());
      json.writeNumberProperty("resources", each.resources());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void leader(JsonGenerator json, LeaderState leader) {
    json.writeObjectPropertyStart("leader");
    json.writeStringProperty("self", leader.self());
    json.writeBooleanProperty("leads", leader.leads());
    switch (leader.standing()) {
      case Standing.Leader self -> holder(json, leader.self(), self.term());
      case Standing.Follower other -> holder(json, other.holder(), other.term());
      case Standing.Leaderless _ -> {}
    }
    json.writeEndObject();
  }

  private static void fleet(JsonGenerator json, FleetState fleet) {
    json.writeObjectPropertyStart("fleet");
    json.writeStringProperty("self", fleet.self());
    if (fleet.coordinator() != null) {
      json.writeStringProperty("coordinator", fleet.coordinator());
    }
    json.writeBooleanProperty("connected", fleet.connected());
    json.writeNumberProperty("connectedSeconds", fleet.connectedForNanos() / 1_000_000_000);
    json.writeBooleanProperty("leased", fleet.leased());
    json.writeNumberProperty("peers", fleet.peers());
    json.writeNumberProperty("slots", fleet.slots());
    json.writeNumberProperty("slotsInDoubt", fleet.inDoubt());
    json.writeEndObject();
  }

  private static void holder(JsonGenerator json, String holder, long term) {
    json.writeStringProperty("holder", holder);
    json.writeNumberProperty("term", term);
  }

  private static void check(JsonGenerator json, Check check) {
    json.writeStartObject();
    json.writeStringProperty("name", check.name());
    json.writeBooleanProperty("passes", check.passes());
    json.writeStringProperty("detail", check.detail());
    json.writeEndObject();
  }

  private static void reload(JsonGenerator json, Reload reload) {
    json.writeStartObject();
    json.writeStringProperty("what", reload.what());
    json.writeBooleanProperty("accepted", reload.accepted());
    json.writeStringProperty("at", reload.at().toString());
    json.writeStringProperty("detail", reload.detail());
    json.writeEndObject();
  }

  private static void service(JsonGenerator json, StatusView.Service service) {
    json.writeStartObject();
    json.writeStringProperty("namespace", service.endpoint().namespace());
    json.writeStringProperty("name", service.endpoint().name());
    json.writeStringProperty(
        "authMode", service.endpoint().access().authentication().mode().text());
    json.writeArrayPropertyStart("deployments");
    for (DeploymentLoad deployment : service.deployments()) {
      deployment(json, deployment, service.percentOf(deployment));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void deployment(JsonGenerator json, DeploymentLoad deployment, int percent) {
    Load load = deployment.load();
    json.writeStartObject();
    json.writeStringProperty("name", deployment.deployment().name());
    json.writeNumberProperty("trafficPercent", percent);
    DecisionJson.counts(json, load);
    DecisionJson.candidates(json, "replicas", deployment.replicas(), null);
    json.writeEndObject();
  }
}
