package io.fairlead.router.resource;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** The Secrets there are, for the resources that name them. Nothing here shows what one holds. */
public final class Secrets {
  private final Map<SecretKey, Map<String, String>> values = new HashMap<>();
  private final Map<SecretKey, String> denied = new HashMap<>();
  private final Set<SecretKey> asked = new LinkedHashSet<>();

  /** Knows none yet. */
  public Secrets() {}

  /** Knows those of {@code looks} that were found. */
  static Secrets of(Map<SecretKey, SecretLook> looks) {
    Secrets secrets = new Secrets();
    looks.forEach(
        (key, look) -> {
          switch (look) {
            case SecretLook.Found found -> secrets.values.put(key, found.data());
            case SecretLook.Denied no -> secrets.denied.put(key, no.why());
            case SecretLook.Missing _ -> {}
          }
        });
    return secrets;
  }

  /** Returns those that were asked for, there or not. */
  Set<SecretKey> asked() {
    return asked;
  }

  /** Adds one; the first of a name counts, the second is a problem of its own. */
  public void add(Metadata metadata, Map<String, String> data) {
    if (metadata.name() != null) {
      values.putIfAbsent(new SecretKey(metadata.namespace(), metadata.name()), data);
    }
  }

  /**
   * Returns the entries {@code wanted} of the Secret that {@code section.name} names, in that
   * order; null if the section, the Secret or an entry is missing, which is then a finding.
   */
  @Nullable List<String> require(Fields section, String namespace, List<String> wanted) {
    String name =
        section.requiredText(
            CommonFields.OBJECT_NAME, Metadata::isObjectName, Metadata.OBJECT_NAME);
    if (name == null) {
      return null;
    }
    Node at = section.at("name");
    String expected = String.join(" and ", wanted);
    SecretKey key = new SecretKey(namespace, name);
    asked.add(key);
    Map<String, String> data = values.get(key);
    if (data == null) {
      section
          .findings()
          .dangling(
              at,
              section.path("name")
                  + ": "
                  + name
                  + ": "
                  + denied.getOrDefault(key, "no such Secret")
                  + " (expected: a Secret of namespace "
                  + namespace
                  + " with "
                  + expected
                  + ")");
      return null;
    }
    boolean whole = true;
    for (String entry : wanted) {
      if (data.getOrDefault(entry, "").isEmpty()) {
        section
            .findings()
            .addOfSecret(
                at,
                section.path("name")
                    + ": Secret "
                    + name
                    + " has no "
                    + entry
                    + " (expected: "
                    + expected
                    + ")");
        whole = false;
      }
    }
    return whole ? wanted.stream().map(data::get).toList() : null;
  }
}
