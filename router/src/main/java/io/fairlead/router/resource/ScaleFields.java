package io.fairlead.router.resource;

import java.util.List;

/** Checks what only an autoscaler uses, so that it is right once there is one. */
final class ScaleFields {
  private static final int MOST_INSTANCES = 10_000;

  private static final List<String> SETTINGS =
      List.of(
          "type",
          "minInstances",
          "maxInstances",
          "targetUtilizationPercentage",
          "pollingInterval",
          "mode",
          "maxStep");

  private ScaleFields() {}

  static void check(Fields spec) {
    Fields settings = spec.section("scaleSettings", SETTINGS, List.of());
    if (settings != null) {
      settings.word("type", "Default", "TargetUtilization");
      long least = settings.whole("minInstances", 1, 0, MOST_INSTANCES);
      long most = settings.whole("maxInstances", Math.max(1, least), 0, MOST_INSTANCES);
      if (most < least) {
        settings
            .findings()
            .unexpected(
                settings.at("maxInstances"),
                settings.path("maxInstances"),
                ">= minInstances " + least);
      }
      settings.whole("targetUtilizationPercentage", 70, 1, 100);
      settings.whole("pollingInterval", 1, 1, 3600, "whole seconds, 1 to 3600");
      settings.word("mode", "active", "advisory");
      settings.whole("maxStep", 1, 1, MOST_INSTANCES);
    }
    spec.whole("instanceCount", 1, 0, MOST_INSTANCES);
    Fields target = spec.section("scaleTargetRef", List.of("kind", "name"), List.of());
    if (target != null) {
      target.requiredText(
          "kind", text -> text.matches("[A-Z][a-zA-Z0-9]{0,62}"), "a kind, such as Deployment");
      target.requiredText("name", Metadata::isObjectName, Metadata.OBJECT_NAME);
    }
  }
}
