package io.fairlead.router.chart;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** YAML and JSON as maps and lists. A key that is written twice is an error. */
final class Yaml {
  private static final LoadSettings SETTINGS = LoadSettings.builder().build();

  private Yaml() {}

  /** Returns the documents of {@code text} that hold anything. */
  static List<Map<String, Object>> documents(String text) {
    List<Map<String, Object>> documents = new ArrayList<>();
    for (Object document : new Load(SETTINGS).loadAllFromString(text)) {
      if (document != null) {
        documents.add(map(document));
      }
    }
    return documents;
  }

  /** Returns the one document of {@code file}. */
  static Map<String, Object> read(Path file) throws Exception {
    return map(new Load(SETTINGS).loadFromString(Files.readString(file)));
  }

  @SuppressWarnings("unchecked") // keys of YAML mappings that Kubernetes takes are texts
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  /** Returns what is at {@code path}, whose parts are keys and indices. */
  static Object at(Object root, Object... path) {
    Object value = root;
    for (Object part : path) {
      value =
          part instanceof Integer index ? list(value).get(index) : map(value).get((String) part);
      Objects.requireNonNull(value, () -> part + " of " + List.of(path));
    }
    return value;
  }
}
