package io.fairlead.router.kubernetes;

import io.fairlead.router.model.Address;
import io.fairlead.router.resource.ClusterObject;
import io.fairlead.router.resource.ObservedPod;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Takes of an object what the router needs to know. */
@FunctionalInterface
interface Decoder<T> {
  /** Returns what is kept of {@code object}; null if it counts as one that is not there. */
  @Nullable T decode(JsonNode object);

  /** Returns the fields of an object, and of its metadata, that it does not look at. */
  default Set<String> unread() {
    return Set.of("managedFields", "annotations");
  }

  /** Returns the decoder of pods. */
  static Decoder<ObservedPod> ofPods() {
    return new Decoder<>() {
      private static final Set<String> UNREAD = Set.of("managedFields", "annotations", "spec");

      @Override
      public @Nullable ObservedPod decode(JsonNode object) {
        return pod(object);
      }

      @Override
      public Set<String> unread() {
        return UNREAD;
      }
    };
  }

  /** Returns the decoder of resources of {@code kind}. */
  static Decoder<ClusterObject> of(ClusterObject.Kind kind) {
    return object -> {
      JsonNode metadata = object.path("metadata");
      JsonNode spec = object.path("spec");
      JsonNode status = object.path("status");
      return new ClusterObject(
          kind,
          text(metadata, "namespace"),
          text(metadata, "name"),
          text(metadata, "uid"),
          metadata.path("generation").asLong(0),
          JsonTree.millis(text(metadata, "creationTimestamp")),
          spec.isMissingNode() ? "{}" : "{\"spec\":" + spec + "}",
          status.isMissingNode() ? "{}" : status.toString());
    };
  }

  /** A pod counts until the first sign of its end. */
  private static @Nullable ObservedPod pod(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    JsonNode status = object.path("status");
    String phase = text(status, "phase");
    if (!text(metadata, "deletionTimestamp").isEmpty()
        || phase.equals("Succeeded")
        || phase.equals("Failed")) {
      return null;
    }
    String address = text(status, "podIP");
    JsonNode labels = metadata.path("labels");
    return new ObservedPod(
        text(metadata, "namespace"),
        text(metadata, "name"),
        Address.isLiteral(address) ? address : "",
        text(labels, ObservedPod.ENDPOINT_LABEL),
        text(labels, ObservedPod.DEPLOYMENT_LABEL),
        isReady(status));
  }

  private static boolean isReady(JsonNode status) {
    for (JsonNode condition : status.path("conditions")) {
      if (text(condition, "type").equals("Ready")) {
        return text(condition, "status").equals("True");
      }
    }
    return false;
  }

  private static String text(JsonNode node, String key) {
    return node.path(key).asString("");
  }
}
