package io.fairlead.router.manifest;

import java.util.Base64;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Checks the shape of {@code kind: Secret}. No finding ever shows what one holds. */
final class SecretReader {
  static final List<String> KNOWN =
      List.of("apiVersion", "kind", "metadata", "type", "immutable", "data", "stringData");

  private SecretReader() {}

  static void check(Fields root) {
    root.text("type", text -> true, "a text");
    root.flag("immutable", false);
    checkValues(root, "data", true, "base64 (RFC 4648)");
    checkValues(root, "stringData", false, "a text; quote numbers and the like");
  }

  private static void checkValues(Fields root, String section, boolean encoded, String expected) {
    if (root.value(section) instanceof ScalarNode) {
      root.findings().add(root.at(section), section + ": not shown (expected: a mapping)");
      return;
    }
    Fields fields = root.names(section);
    if (fields == null) {
      return;
    }
    for (String key : fields.keys()) {
      String path = fields.path(Findings.shorten(key));
      if (!key.matches("[-._a-zA-Z0-9]{1,253}")) {
        fields
            .findings()
            .add(
                fields.keyAt(key), path + ": not a key (expected: letters, digits, '-', '_', '.')");
      }
      Node value = fields.at(key);
      String text = Fields.textOf(value);
      if (text == null || (encoded && !isBase64(text))) {
        fields.findings().add(value, path + ": not shown (expected: " + expected + ")");
      }
    }
  }

  private static boolean isBase64(String text) {
    try {
      Base64.getDecoder().decode(text.replaceAll("\\s", ""));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
