package io.fairlead.router.resource;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The keys of one YAML mapping. Whatever is wrong becomes a finding, and the fallback is returned
 * instead, so that reading goes on and finds the rest.
 */
public final class Fields {
  private final Findings findings;
  private final String path;
  private final MappingNode node;
  private final Map<String, NodeTuple> tuples = new LinkedHashMap<>();

  private Fields(Findings findings, String path, MappingNode node) {
    this.findings = findings;
    this.path = path;
    this.node = node;
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        findings.unexpected(tuple.getKeyNode(), path.isEmpty() ? "key" : path, "a text as key");
      } else if (tuples.putIfAbsent(key.getValue(), tuple) != null) {
        findings.add(
            key, path(Findings.shorten(key.getValue())) + ": written twice (expected: once)");
      }
    }
  }

  /** Opens a mapping with whatever keys it has. */
  public static Fields open(Findings findings, String path, MappingNode node) {
    return new Fields(findings, path, node);
  }

  /**
   * Finds keys that do not belong here.
   *
   * @param later keys of features that this version refuses rather than ignores
   */
  public Fields allowOnly(List<String> known, List<String> later) {
    tuples.forEach(
        (key, tuple) -> {
          String name = path(Findings.shorten(key));
          if (later.contains(key)) {
            findings.add(tuple.getKeyNode(), name + ": not available in this version");
          } else if (!known.contains(key)) {
            String expected = String.join(", ", known) + Spelling.hint(key, known);
            findings.add(tuple.getKeyNode(), name + ": unknown key (expected: " + expected + ")");
          }
        });
    return this;
  }

  /** Returns the keys in the order written. */
  Iterable<String> keys() {
    return tuples.keySet();
  }

  Findings findings() {
    return findings;
  }

  /** Returns {@code key} with the names of all mappings around it. */
  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Returns where to point for {@code key}: its value if there is one, else this mapping. */
  public Node at(String key) {
    Node value = value(key);
    return value == null ? node : value;
  }

  /** Returns where {@code key} itself stands. */
  public Node keyAt(String key) {
    NodeTuple tuple = tuples.get(key);
    return tuple == null ? node : tuple.getKeyNode();
  }

  /** Returns where {@code key} stands in the mapping under {@code section}. */
  public Node keyAt(String section, String key) {
    if (value(section) instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key)) {
          return name;
        }
      }
    }
    return at(section);
  }

  /** Returns what {@code key} holds; null if it is not there. */
  public @Nullable Node value(String key) {
    NodeTuple tuple = tuples.get(key);
    return tuple == null ? null : tuple.getValueNode();
  }

  /** Says what is wrong with the mapping as a whole. */
  void wrong(String message) {
    findings.add(node, path + ": " + message);
  }

  /** Says that {@code key} should have been there. */
  void missing(String key, String expected) {
    findings.add(node, path(key) + ": missing (expected: " + expected + ")");
  }

  /** Returns a text that {@code sound} accepts; null if absent or refused. */
  @Nullable String text(String key, Predicate<String> sound, String expected) {
    Node value = value(key);
    if (value == null) {
      return null;
    }
    String text = textOf(value);
    if (text != null && sound.test(text)) {
      return text;
    }
    findings.unexpected(value, path(key), expected);
    return null;
  }

  /** As {@link #text}, but its absence is a problem as well. */
  public @Nullable String requiredText(String key, Predicate<String> sound, String expected) {
    if (value(key) == null) {
      missing(key, expected);
    }
    return text(key, sound, expected);
  }

  /** As {@link #text(String, Predicate, String)}, by the rule of {@code field} as well. */
  @Nullable String text(Field.Text field, Predicate<String> sound, String expected) {
    return text(field.key(), text -> fits(field, text) && sound.test(text), expected);
  }

  /** As {@link #requiredText(String, Predicate, String)}, by the rule of {@code field} as well. */
  @Nullable String requiredText(Field.Text field, Predicate<String> sound, String expected) {
    return requiredText(field.key(), text -> fits(field, text) && sound.test(text), expected);
  }

  private static boolean fits(Field.Text field, String text) {
    return text.length() >= field.shortest()
        && text.length() <= field.longest()
        && (field.pattern() == null || text.matches(field.pattern()));
  }

  /** Returns the number of {@code field}, or what its absence means. */
  long whole(Field.Whole field) {
    return whole(field, Objects.requireNonNull(field.fallback()));
  }

  /** Returns the number of {@code field}; {@code fallback} if absent or refused. */
  long whole(Field.Whole field, long fallback) {
    return whole(field.key(), fallback, field.least(), field.most());
  }

  /** As {@link #whole(Field.Whole, long)}, with a message of its own. */
  long whole(Field.Whole field, long fallback, String expected) {
    return whole(field.key(), fallback, field.least(), field.most(), expected);
  }

  /** Returns a whole number of the range; {@code fallback} if absent or refused. */
  long whole(String key, long fallback, long least, long most) {
    return whole(key, fallback, least, most, "a whole number, " + least + " to " + most);
  }

  long whole(String key, long fallback, long least, long most, String expected) {
    Node value = value(key);
    if (value == null) {
      return fallback;
    }
    if (value instanceof ScalarNode scalar
        && scalar.getTag().equals(Tag.INT)
        && scalar.getValue().matches("-?[0-9]{1,19}")) {
      try {
        long number = Long.parseLong(scalar.getValue());
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Beyond 64 bits: out of every range, reported below.
      }
    }
    findings.unexpected(value, path(key), expected);
    return fallback;
  }

  /** Returns true or false. */
  boolean flag(Field.Flag field) {
    return flag(field.key(), false);
  }

  /** Returns true or false; {@code fallback} if absent or refused. */
  boolean flag(String key, boolean fallback) {
    Node value = value(key);
    if (value == null) {
      return fallback;
    }
    if (value instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
      return Boolean.parseBoolean(scalar.getValue());
    }
    findings.unexpected(value, path(key), "true or false");
    return fallback;
  }

  /** Returns the word of {@code field}, or what its absence means. */
  String word(Field.Word field) {
    return word(field, Objects.requireNonNull(field.fallback()));
  }

  /** Returns the word of {@code field}; {@code fallback} if absent or refused. */
  String word(Field.Word field, String fallback) {
    String word = text(field.key(), field.words()::contains, Findings.either(field.words()));
    return word == null ? fallback : word;
  }

  /** Returns the mapping of {@code field}; null if absent or something else. */
  @Nullable Fields section(Field.Section field) {
    return section(field.key(), field.keys(), List.of());
  }

  /**
   * Returns the mapping of {@code field}; null if absent or something else.
   *
   * @param later keys of features that this version refuses rather than ignores
   */
  @Nullable Fields section(Field.Section field, List<String> later) {
    List<String> known = field.keys().stream().filter(key -> !later.contains(key)).toList();
    return section(field.key(), known, later);
  }

  /** Returns the mapping under {@code key}; null if absent or something else. */
  @Nullable Fields section(String key, List<String> known, List<String> later) {
    MappingNode value = mapping(key);
    return value == null ? null : open(findings, path(key), value).allowOnly(known, later);
  }

  /** Returns the mapping of free names under {@code key}; null if absent or something else. */
  @Nullable Fields names(String key) {
    MappingNode value = mapping(key);
    return value == null ? null : open(findings, path(key), value);
  }

  /** Returns the mapping of {@code field}, no larger than it may be; null if absent or not one. */
  @Nullable Fields names(Field.Shares field) {
    MappingNode value = mapping(field.key());
    if (value != null && value.getValue().size() > field.most()) {
      tooMany(value, field.key(), value.getValue().size(), field.most());
      return null;
    }
    return value == null ? null : open(findings, path(field.key()), value);
  }

  private void tooMany(Node at, String key, int size, int most) {
    findings.add(at, path(key) + ": " + size + " given (expected: " + most + " at most)");
  }

  /** Returns the items of {@code field}, no more than it may have. */
  List<Node> items(Field.Texts field) {
    List<Node> items = items(field.key());
    if (items.size() > field.most()) {
      tooMany(at(field.key()), field.key(), items.size(), field.most());
      return List.of();
    }
    return items;
  }

  /** Returns the items of {@code field}, no more than it may have. */
  List<Node> items(Field.Sections field) {
    List<Node> items = items(field.key());
    if (items.size() > field.most()) {
      tooMany(at(field.key()), field.key(), items.size(), field.most());
      return List.of();
    }
    return items;
  }

  /** Returns the items of a list; none if absent or something else. */
  List<Node> items(String key) {
    Node value = value(key);
    if (value instanceof SequenceNode sequence) {
      return new ArrayList<>(sequence.getValue());
    }
    if (value != null) {
      findings.unexpected(value, path(key), "a list");
    }
    return List.of();
  }

  /** Returns whether exactly one of {@code keys} is given; else it is a finding. */
  boolean isOneOf(String... keys) {
    long given = List.of(keys).stream().filter(key -> value(key) != null).count();
    if (given != 1) {
      wrong(given + " given (expected: exactly one of " + String.join(", ", keys) + ")");
    }
    return given == 1;
  }

  /** Returns the texts of a list that {@code sound} accepts; the others are findings. */
  List<String> texts(Field.Texts field, Predicate<String> sound, String expected) {
    List<String> texts = new ArrayList<>();
    List<Node> items = items(field);
    for (int i = 0; i < items.size(); i++) {
      String text = textOf(items.get(i));
      if (text != null && fits(field.item(), text) && sound.test(text)) {
        texts.add(text);
      } else {
        findings.unexpected(items.get(i), path(field.key()) + "[" + i + "]", expected);
      }
    }
    return texts;
  }

  /** As {@link #texts(Field.Texts, Predicate, String)}, where its rule says everything. */
  List<String> texts(Field.Texts field, String expected) {
    return texts(field, text -> true, expected);
  }

  /** Returns the text of a scalar that YAML takes for text; null for numbers and the like. */
  public static @Nullable String textOf(@Nullable Node value) {
    return value instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)
        ? scalar.getValue()
        : null;
  }

  private @Nullable MappingNode mapping(String key) {
    Node value = value(key);
    if (value == null || value instanceof MappingNode) {
      return (MappingNode) value;
    }
    findings.unexpected(value, path(key), "a mapping");
    return null;
  }
}
