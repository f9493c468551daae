package io.fairlead.router.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The {@code metadata} of a resource.
 *
 * @param name null if it is missing or refused
 * @param named where it stands
 */
public record Metadata(String namespace, @Nullable String name, Node named) {
  /** The rule of Kubernetes for names of objects, except that upper case is taken too. */
  static final String OBJECT_NAME = "1 to 253 letters, digits, '-' or '.'";

  private static final List<String> KNOWN = List.of("name", "namespace", "labels", "annotations");

  /** Reads it; what is wrong with it has become a finding. */
  public static Metadata read(Fields root) {
    Fields fields = root.section("metadata", KNOWN, List.of());
    if (fields == null) {
      if (root.value("metadata") == null) {
        root.missing("metadata", "a mapping with name");
      }
      return new Metadata("default", null, root.at("metadata"));
    }
    String name = fields.requiredText("name", Metadata::isObjectName, OBJECT_NAME);
    String namespace =
        fields.text(
            "namespace",
            text -> text.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"),
            "1 to 63 lower-case letters, digits or '-'");
    checkTexts(fields.names("labels"));
    checkTexts(fields.names("annotations"));
    return new Metadata(namespace == null ? "default" : namespace, name, fields.at("name"));
  }

  static boolean isObjectName(String text) {
    return text.matches("[a-zA-Z0-9]([-.a-zA-Z0-9]{0,251}[a-zA-Z0-9])?");
  }

  private static void checkTexts(@Nullable Fields fields) {
    if (fields != null) {
      for (String key : fields.keys()) {
        fields.text(key, text -> true, "a text; quote numbers and the like");
      }
    }
  }
}
