package io.fairlead.router.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key that a resource may have, with the rule for what stands under it. The readers of
 * resources and the schemas that the API server holds them to are made of the same rows.
 */
public sealed interface Field {
  /** Returns the key. */
  String key();

  /** Returns a sentence for who asks {@code kubectl explain}. */
  String meaning();

  /**
   * A text.
   *
   * @param pattern that all of it matches, in what RE2 and Java have in common; null for any text
   * @param shortest in characters, as is {@code longest}
   * @param fallback what its absence means; null if the meaning is said in words
   */
  record Text(
      String key,
      @Nullable String pattern,
      int shortest,
      int longest,
      @Nullable String fallback,
      String meaning)
      implements Field {}

  /** A moment (RFC 3339, section 5.6). */
  record Time(String key, String meaning) implements Field {}

  /**
   * One of several words.
   *
   * @param fallback what its absence means; null if that depends
   */
  record Word(String key, List<String> words, @Nullable String fallback, String meaning)
      implements Field {}

  /**
   * A whole number.
   *
   * @param fallback what its absence means; null if that depends
   */
  record Whole(String key, @Nullable Long fallback, long least, long most, String meaning)
      implements Field {}

  /** True, or false where it is absent. */
  record Flag(String key, String meaning) implements Field {}

  /**
   * A list of texts.
   *
   * @param item the rule for each
   * @param most how many there may be
   */
  record Texts(String key, Text item, int most, String meaning) implements Field {}

  /**
   * Whole percentages by the name of a deployment.
   *
   * @param most how many there may be
   */
  record Shares(String key, int least, int mostPercent, int most, List<Rule> rules, String meaning)
      implements Field {}

  /** Labels of Kubernetes: texts by name. */
  record Labels(String key, int most, String meaning) implements Field {}

  /**
   * A mapping with keys of its own.
   *
   * @param required which of them must be there
   */
  record Section(
      String key, List<Field> fields, List<String> required, List<Rule> rules, String meaning)
      implements Field {
    /** Returns its keys, in the order that messages list them. */
    public List<String> keys() {
      return fields.stream().map(Field::key).toList();
    }
  }

  /**
   * A list of mappings that are told apart by one of their keys.
   *
   * @param most how many there may be
   */
  record Sections(String key, Section item, String identity, int most, String meaning)
      implements Field {}

  /**
   * What several keys must fulfil together.
   *
   * @param cel an expression of the Common Expression Language over {@code self}
   * @param message what is expected
   */
  record Rule(String cel, String message) {}
}
