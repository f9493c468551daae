package io.fairlead.router.resource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;

/**
 * What one object was found to say.
 *
 * @param value the last good one; null if there was none yet
 * @param problems of what it says now; {@code value} is of what it says now if there are none
 * @param secrets that it names, as they were when it was read; null for one not known yet
 */
record ObjectReading<T>(
    ClusterObject object,
    @Nullable T value,
    List<Condition> problems,
    Map<SecretKey, @Nullable SecretLook> secrets) {

  /** Reads the spec of an object into a value, or into findings. */
  @FunctionalInterface
  interface Reader<T> {
    @Nullable T read(Fields root, Metadata metadata);
  }

  /** Reads {@code object}; what was good of it before is {@code last}. */
  static <T> ObjectReading<T> read(
      ClusterObject object,
      @Nullable T last,
      Map<SecretKey, @Nullable SecretLook> secrets,
      Reader<T> reader) {
    Findings findings = new Findings(object.title());
    T value = null;
    List<MappingNode> documents =
        Documents.read(object.json().getBytes(StandardCharsets.UTF_8), findings);
    if (!documents.isEmpty()) {
      MappingNode document = documents.getFirst();
      try {
        value =
            reader.read(
                Fields.open(findings, "", document),
                new Metadata(object.namespace(), object.name(), document));
      } catch (RuntimeException e) {
        // A bug; but one object is not to keep all others from being read.
        findings.add("spec: " + e + " (expected: what the definition of the resource says)");
      }
    }
    List<Condition> problems = Diagnosis.of(findings);
    return new ObjectReading<>(
        object, problems.isEmpty() && value != null ? value : last, problems, secrets);
  }
}
