package io.fairlead.router.resource;

import static io.fairlead.router.resource.DeploymentFields.MAX_INSTANCES;

import io.fairlead.router.model.ScaleOptions;
import io.fairlead.router.model.ScaleSettings;
import io.fairlead.router.model.ScaleTargetRef;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads how many replicas a deployment shall have. */
final class ScaleFields {
  private ScaleFields() {}

  static ScaleSettings settings(Fields spec) {
    Fields fields = spec.section(DeploymentFields.SCALE_SETTINGS);
    if (fields == null) {
      return ScaleSettings.DEFAULT;
    }
    String type = fields.word(DeploymentFields.SCALE_TYPE);
    int least = (int) fields.whole(DeploymentFields.MIN_INSTANCES);
    int most = (int) fields.whole(MAX_INSTANCES, Math.max(1, least));
    if (most < least) {
      fields
          .findings()
          .unexpected(
              fields.at(MAX_INSTANCES.key()),
              fields.path(MAX_INSTANCES.key()),
              ">= minInstances " + least);
      most = least;
    }
    int target = (int) fields.whole(DeploymentFields.TARGET_UTILIZATION);
    long interval = fields.whole(DeploymentFields.POLLING_INTERVAL, 1, "whole seconds, 1 to 3600");
    String mode = fields.word(DeploymentFields.SCALE_MODE);
    int maxStep = (int) fields.whole(DeploymentFields.MAX_STEP, 0);
    return new ScaleSettings(
        type.equals("Default") ? ScaleSettings.Type.DEFAULT : ScaleSettings.Type.TARGET_UTILIZATION,
        least,
        most,
        target,
        Duration.ofSeconds(interval),
        mode.equals("active") ? ScaleSettings.Mode.ACTIVE : ScaleSettings.Mode.ADVISORY,
        maxStep,
        options(fields));
  }

  private static ScaleOptions options(Fields fields) {
    return new ScaleOptions(
        fields.flag(DeploymentFields.COUNT_STARTING),
        fields.flag(DeploymentFields.PANIC),
        Duration.ofMillis(fields.whole(DeploymentFields.COLD_START_WAIT_MS)),
        ScheduleFields.read(fields));
  }

  static int instanceCount(Fields spec) {
    return (int) spec.whole(DeploymentFields.INSTANCE_COUNT);
  }

  /** Returns whose scale is written; null for the deployment's own, or if it is refused. */
  static @Nullable ScaleTargetRef target(Fields spec) {
    Fields target = spec.section(DeploymentFields.SCALE_TARGET_REF);
    if (target == null) {
      return null;
    }
    String kind =
        target.requiredText(
            DeploymentFields.TARGET_KIND, text -> true, "a kind, such as Deployment");
    String name =
        target.requiredText(
            DeploymentFields.TARGET_NAME, Metadata::isObjectName, Metadata.OBJECT_NAME);
    return kind == null || name == null ? null : new ScaleTargetRef(kind, name);
  }
}
