package io.fairlead.router.resource;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads {@code kind: Secret}. No finding ever shows what one holds. */
public final class SecretReader {
  /** Every key that a Secret may have. */
  public static final List<String> KNOWN =
      List.of("apiVersion", "kind", "metadata", "type", "immutable", "data", "stringData");

  private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");
  private static final Pattern SPACE = Pattern.compile("\\s");

  private SecretReader() {}

  /** Returns its sound entries; what is under {@code stringData} goes before {@code data}. */
  public static Map<String, String> read(Fields root) {
    root.text("type", text -> true, "a text");
    root.flag("immutable", false);
    Map<String, String> entries = new HashMap<>();
    readValues(root, "data", true, "base64 (RFC 4648)", entries);
    readValues(root, "stringData", false, "a text; quote numbers and the like", entries);
    return entries;
  }

  /** Returns the sound entries of {@code data}, whose values are base64. */
  public static Map<String, String> decode(Map<String, String> data) {
    Map<String, String> entries = new HashMap<>();
    data.forEach(
        (key, value) -> {
          String plain = decode(value);
          if (plain != null) {
            entries.put(key, plain);
          }
        });
    return entries;
  }

  private static void readValues(
      Fields root, String section, boolean encoded, String expected, Map<String, String> to) {
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
      if (!KEY.matcher(key).matches()) {
        fields
            .findings()
            .add(
                fields.keyAt(key), path + ": not a key (expected: letters, digits, '-', '_', '.')");
      }
      Node value = fields.at(key);
      String text = Fields.textOf(value);
      String plain = text == null || !encoded ? text : decode(text);
      if (plain == null) {
        fields.findings().add(value, path + ": not shown (expected: " + expected + ")");
      } else {
        to.put(key, plain);
      }
    }
  }

  private static @Nullable String decode(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(SPACE.matcher(text).replaceAll(""));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
