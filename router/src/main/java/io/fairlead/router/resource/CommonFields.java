package io.fairlead.router.resource;

import java.util.List;

/** The rows and rules that both kinds of resources have. */
final class CommonFields {
  /** As {@link io.fairlead.router.model.Names}. */
  static final String NAME_PATTERN = "^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$";

  /** Text that is more than blanks. */
  static final String ANY_TEXT = "^.*\\S.*$";

  /** As {@link Metadata#isObjectName}. */
  static final String OBJECT_NAME_PATTERN = "^[a-zA-Z0-9]([-.a-zA-Z0-9]{0,251}[a-zA-Z0-9])?$";

  static final Field.Text OBJECT_NAME =
      new Field.Text("name", OBJECT_NAME_PATTERN, 1, 253, null, "Its name.");

  private static final Field.Section CONDITION =
      new Field.Section(
          "condition",
          List.of(
              told("type", 316, "What it is about, in CamelCase."),
              new Field.Word(
                  "status", List.of("True", "False", "Unknown"), null, "Whether it is so."),
              new Field.Whole(
                  "observedGeneration",
                  null,
                  0,
                  Long.MAX_VALUE,
                  "The generation of the resource that this was said of."),
              new Field.Time("lastTransitionTime", "When status changed last."),
              told("reason", 1024, "Why, as one word in CamelCase."),
              told("message", 32_768, "Why, as a sentence that says what was expected.")),
          List.of("type", "status", "lastTransitionTime", "reason", "message"),
          List.of(),
          "One thing that is true or not.");

  static final Field.Sections CONDITIONS =
      new Field.Sections(
          "conditions", CONDITION, "type", 32, "What is true of the resource, and why.");

  static final Field.Whole OBSERVED_GENERATION =
      new Field.Whole(
          "observedGeneration",
          null,
          0,
          Long.MAX_VALUE,
          "The generation of the resource that this status was made of.");

  private CommonFields() {}

  /** A reference to an object of the same namespace. */
  static Field.Section reference(String key, String meaning) {
    return new Field.Section(key, List.of(OBJECT_NAME), List.of("name"), List.of(), meaning);
  }

  /** A text that the router itself writes. */
  static Field.Text told(String key, int longest, String meaning) {
    return new Field.Text(key, null, 0, longest, null, meaning);
  }
}
