package io.fairlead.router.resource;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which pods of a namespace a deployment chooses, where it does not go by the usual labels.
 *
 * @param labels all of which a pod must have, as an API server takes them: {@code a=b,c=d}
 */
public record PodSelection(String namespace, String labels) {
  private static final String LABELS = "a mapping of one label or more, each with a text";

  /**
   * Returns what {@code spec.selector} chooses; null if there is none, or it is a finding.
   *
   * @param spec of a deployment
   */
  static @Nullable PodSelection read(Fields spec, String namespace) {
    Fields selector = spec.section(DeploymentFields.SELECTOR);
    if (selector == null) {
      return null;
    }
    Fields wanted = selector.names("matchLabels");
    Map<String, String> labels = new TreeMap<>();
    if (wanted != null) {
      for (String key : wanted.keys()) {
        String value = wanted.text(key, PodSelection::isLabel, LABELS);
        if (!key.matches("([-.a-z0-9]{1,253}/)?[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?")) {
          wanted.findings().unexpected(wanted.keyAt(key), wanted.path("key"), "a label's key");
        } else if (value != null) {
          labels.put(key, value);
        }
      }
    }
    if (selector.value("matchLabels") == null || (wanted != null && labels.isEmpty())) {
      // All pods of a namespace are nobody's replicas.
      selector.missing("matchLabels", LABELS);
      return null;
    }
    return labels.isEmpty() ? null : new PodSelection(namespace, text(labels));
  }

  /** Returns {@code labels} as an API server takes them. */
  static String text(Map<String, String> labels) {
    return new TreeMap<>(labels)
        .entrySet().stream()
            .map(label -> label.getKey() + "=" + label.getValue())
            .collect(Collectors.joining(","));
  }

  private static boolean isLabel(String text) {
    return text.matches("([a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)?");
  }
}
