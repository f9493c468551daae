package io.fairlead.router.resource;

import java.util.List;

/** Checks what only an autoscaler uses, so that it is right once there is one. */
final class ScaleFields {
  private ScaleFields() {}

  static void check(Fields spec) {
    Fields settings = spec.section(DeploymentFields.SCALE_SETTINGS);
    if (settings != null) {
      settings.word(DeploymentFields.SCALE_TYPE);
      long least = settings.whole(DeploymentFields.MIN_INSTANCES);
      long most = settings.whole(DeploymentFields.MAX_INSTANCES, Math.max(1, least));
      if (most < least) {
        settings
            .findings()
            .unexpected(
                settings.at("maxInstances"),
                settings.path("maxInstances"),
                ">= minInstances " + least);
      }
      settings.whole(DeploymentFields.TARGET_UTILIZATION);
      settings.whole(DeploymentFields.POLLING_INTERVAL, 1, "whole seconds, 1 to 3600");
      settings.word(DeploymentFields.SCALE_MODE);
      settings.whole(DeploymentFields.MAX_STEP, 1);
    }
    spec.whole(DeploymentFields.INSTANCE_COUNT);
    Fields target = spec.section(DeploymentFields.SCALE_TARGET_REF);
    if (target != null) {
      target.requiredText(
          DeploymentFields.TARGET_KIND, text -> true, "a kind, such as Deployment");
      target.requiredText(
          DeploymentFields.TARGET_NAME, Metadata::isObjectName, Metadata.OBJECT_NAME);
    }
  }
}
