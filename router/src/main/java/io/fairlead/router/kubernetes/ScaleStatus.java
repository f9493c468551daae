package io.fairlead.router.kubernetes;

import io.fairlead.router.autoscale.ScaleDecision;
import io.fairlead.router.autoscale.ScaleRefusal;
import io.fairlead.router.autoscale.ScaleRule;
import io.fairlead.router.control.ScaleRecord;
import io.fairlead.router.resource.ClusterObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the autoscaler says in the status of a deployment, as patches of its own fields. */
final class ScaleStatus {
  private ScaleStatus() {}

  /** Returns the patch that says what was ordered last. */
  static String lastScale(
      ClusterObject object, ScaleRecord record, ScaleDecision.Change change, Instant now) {
    ObjectNode patch = of(object);
    patch
        .putObject("status")
        .putObject("lastScale")
        .put("time", now.truncatedTo(ChronoUnit.SECONDS).toString())
        .put("from", record.current())
        .put("to", change.to())
        .put("reason", word(change.rule()))
        .put("message", record.reason());
    return patch.toString();
  }

  /** Returns the patch that says what is in the way; null for nothing. */
  static String condition(
      ClusterObject object, @Nullable ScaleRefusal refusal, String message, Instant now) {
    ObjectNode patch = of(object);
    ArrayNode conditions = patch.putObject("status").putArray("conditions");
    if (refusal != null) {
      conditions
          .addObject()
          .put("type", refusal.condition())
          .put("status", "True")
          .put("observedGeneration", object.generation())
          .put("lastTransitionTime", now.truncatedTo(ChronoUnit.SECONDS).toString())
          .put("reason", refusal.condition())
          .put("message", message);
    }
    return patch.toString();
  }

  private static ObjectNode of(ClusterObject object) {
    ObjectNode patch = JsonTree.object();
    patch.put("apiVersion", "fairlead.dev/v1alpha1").put("kind", object.kind().text());
    patch
        .putObject("metadata")
        .put("name", object.name())
        .put("namespace", object.namespace())
        .put("uid", object.uid());
    return patch;
  }

  private static String word(ScaleRule rule) {
    return switch (rule) {
      case UP -> "Up";
      case PANIC -> "Panic";
      case DOWN -> "Down";
      case RANGE -> "Range";
      case STEADY, WAIT_LOWER, WAIT_STARTING -> "Steady";
    };
  }
}
