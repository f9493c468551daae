package io.fairlead.router.resource;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Makes conditions of what was found wrong with one object. */
final class Diagnosis {
  private Diagnosis() {}

  /** Returns one condition for each type that there is a problem of; settles what is dangling. */
  static List<Condition> of(Findings findings) {
    Map<Condition.Type, List<String>> messages = new EnumMap<>(Condition.Type.class);
    int found = findings.problems().size();
    findings.settle();
    for (int i = 0; i < findings.problems().size(); i++) {
      Problem problem = findings.problems().get(i);
      Condition.Type type =
          i >= found
              ? Condition.Type.SECRET_MISSING
              : findings.ofSecrets().contains(problem)
                  ? Condition.Type.SECRET_INVALID
                  : typeOf(problem.message());
      messages.computeIfAbsent(type, key -> new ArrayList<>()).add(problem.message());
    }
    List<Condition> conditions = new ArrayList<>();
    messages.forEach(
        (type, lines) -> conditions.add(new Condition(type, String.join("; ", lines))));
    return conditions;
  }

  private static Condition.Type typeOf(String message) {
    return message.startsWith("spec.traffic") || message.startsWith("spec.mirrorTraffic")
        ? Condition.Type.INVALID_TRAFFIC
        : Condition.Type.INVALID_SPEC;
  }
}
