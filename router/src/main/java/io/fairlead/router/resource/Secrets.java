package io.fairlead.router.resource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The Secrets of all files, for the resources that name them. Nothing here shows what one holds.
 */
public final class Secrets {
  private record Key(String namespace, String name) {}

  private final Map<Key, Map<String, String>> values = new HashMap<>();

  /** Adds one; the first of a name counts, the second is a problem of its own. */
  public void add(Metadata metadata, Map<String, String> data) {
    if (metadata.name() != null) {
      values.putIfAbsent(new Key(metadata.namespace(), metadata.name()), data);
    }
  }

  /**
   * Returns the entries {@code wanted} of the Secret that {@code section.name} names, in that
   * order; null if the section, the Secret or an entry is missing, which is then a finding.
   */
  @Nullable List<String> require(Fields section, String namespace, List<String> wanted) {
    String name = section.requiredText(CommonFields.OBJECT_NAME, Metadata::isObjectName, Metadata.OBJECT_NAME);
    if (name == null) {
      return null;
    }
    Node at = section.at("name");
    String expected = String.join(" and ", wanted);
    Map<String, String> data = values.get(new Key(namespace, name));
    if (data == null) {
      section
          .findings()
          .dangling(
              at,
              section.path("name")
                  + ": "
                  + name
                  + ": no such Secret (expected: a Secret of namespace "
                  + namespace
                  + " with "
                  + expected
                  + ")");
      return null;
    }
    boolean whole = true;
    for (String key : wanted) {
      if (data.getOrDefault(key, "").isEmpty()) {
        section
            .findings()
            .add(
                at,
                section.path("name")
                    + ": Secret "
                    + name
                    + " has no "
                    + key
                    + " (expected: "
                    + expected
                    + ")");
        whole = false;
      }
    }
    return whole ? wanted.stream().map(data::get).toList() : null;
  }
}
