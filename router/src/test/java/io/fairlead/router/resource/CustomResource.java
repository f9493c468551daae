package io.fairlead.router.resource;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A CustomResourceDefinition of the group {@code fairlead.dev}.
 *
 * @param scale its scale sub-resource; empty for none
 */
record CustomResource(
    String kind,
    String shortName,
    String description,
    Field.Section spec,
    Field.Section status,
    List<Field.Rule> rules,
    Map<String, Object> scale,
    List<Map<String, Object>> columns) {
  private static final String GROUP = "fairlead.dev";

  private static final String HEAD =
      """
      # Made from the table of fields in router/src/main/java/io/fairlead/router/resource; after a change run
      # ./mvnw -pl router -am test -Dtest=CustomResourceFilesTest -Dsurefire.failIfNoSpecifiedTests=false -Dfairlead.docs.write=true
      """;

  static final CustomResource ENDPOINT =
      new CustomResource(
          "OnlineEndpoint",
          "oe",
          "The public address of one model service, whose traffic is split over deployments.",
          EndpointFields.SPEC,
          EndpointFields.STATUS,
          EndpointFields.RULES,
          Map.of(),
          List.of(
              column("Auth", "string", ".spec.authMode"),
              column("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status"),
              column("URI", "string", ".status.scoringUri"),
              column("Age", "date", ".metadata.creationTimestamp")));

  static final CustomResource DEPLOYMENT =
      new CustomResource(
          "OnlineDeployment",
          "od",
          "One version of a model behind an endpoint, made of replicas.",
          DeploymentFields.SPEC,
          DeploymentFields.STATUS,
          DeploymentFields.RULES,
          scaleOf(".spec.instanceCount", ".status.replicas", ".status.selector"),
          List.of(
              column("Endpoint", "string", ".spec.endpointName"),
              column("Replicas", "integer", ".status.replicas"),
              column("Ready", "integer", ".status.readyReplicas"),
              column("Age", "date", ".metadata.creationTimestamp")));

  static final List<CustomResource> ALL = List.of(ENDPOINT, DEPLOYMENT);

  /** Returns the name of its file. */
  String file() {
    return GROUP + "_" + plural() + ".yaml";
  }

  String yaml() {
    var settings =
        DumpSettings.builder()
            .setSchema(new CoreSchema()) // quotes True, which is a truth value in YAML 1.1
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setDereferenceAliases(true)
            .setIndicatorIndent(2)
            .setIndentWithIndicator(true)
            .setWidth(120)
            .build();
    return HEAD + new Dump(settings).dumpToString(definition());
  }

  private String plural() {
    return kind.toLowerCase(Locale.ROOT) + "s";
  }

  private Map<String, Object> definition() {
    return map(
        "apiVersion",
        "apiextensions.k8s.io/v1",
        "kind",
        "CustomResourceDefinition",
        "metadata",
        map("name", plural() + "." + GROUP),
        "spec",
        map(
            "group",
            GROUP,
            "scope",
            "Namespaced",
            "names",
            map(
                "kind", kind,
                "listKind", kind + "List",
                "plural", plural(),
                "singular", kind.toLowerCase(Locale.ROOT),
                "shortNames", List.of(shortName),
                "categories", List.of("fairlead")),
            "versions",
            List.of(version())));
  }

  private Map<String, Object> version() {
    Map<String, Object> subresources = map("status", Map.of());
    if (!scale.isEmpty()) {
      subresources.put("scale", scale);
    }
    return map(
        "name",
        "v1alpha1",
        "served",
        true,
        "storage",
        true,
        "additionalPrinterColumns",
        columns,
        "subresources",
        subresources,
        "schema",
        map("openAPIV3Schema", schema()));
  }

  private Map<String, Object> schema() {
    Map<String, Object> schema =
        map(
            "description",
            description,
            "type",
            "object",
            "required",
            List.of("spec"),
            "properties",
            map(
                "apiVersion", map("type", "string"),
                "kind", map("type", "string"),
                "metadata", map("type", "object"),
                "spec", Schema.of(spec),
                "status", Schema.of(status)));
    Schema.putRules(schema, rules);
    return schema;
  }

  private static Map<String, Object> column(String name, String type, String jsonPath) {
    return map("name", name, "type", type, "jsonPath", jsonPath);
  }

  private static Map<String, Object> scaleOf(String spec, String status, String selector) {
    return map(
        "specReplicasPath", spec, "statusReplicasPath", status, "labelSelectorPath", selector);
  }

  /** Returns a map in the order of {@code entries}, keys and values in turn. */
  private static Map<String, Object> map(Object... entries) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < entries.length; i += 2) {
      map.put((String) entries[i], entries[i + 1]);
    }
    return map;
  }
}
