package io.fairlead.router.config;

import io.fairlead.router.config.Sources.Given;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The configuration file: one YAML mapping of keys to scalars, or to lists of scalars. */
final class ConfigFile {
  private final Path file;
  private final Set<String> known;
  private final Problems problems;
  private final Map<String, Given> values = new LinkedHashMap<>();

  private ConfigFile(Path file, Set<String> known, Problems problems) {
    this.file = file;
    this.known = known;
    this.problems = problems;
  }

  /** Returns the values of known keys with where each stands. */
  static Map<String, Given> read(Path file, Set<String> known, Problems problems) {
    ConfigFile reading = new ConfigFile(file, known, problems);
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
      reading.readDocument(
          new Compose(settings).composeString(Files.readString(file)).orElse(null));
    } catch (IOException e) {
      problems.add("config: " + file + " cannot be read: " + e, "a readable file of UTF-8 text");
    } catch (MarkedYamlEngineException e) {
      String place =
          e.getProblemMark()
              .map(mark -> ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
              .orElse("");
      problems.add("config: " + file + place + ": " + e.getProblem(), "YAML");
    } catch (YamlEngineException e) {
      problems.add("config: " + file + ": " + e.getMessage(), "YAML");
    }
    return reading.values;
  }

  private void readDocument(@Nullable Node document) {
    if (document == null) {
      return;
    }
    if (!(document instanceof MappingNode mapping)) {
      problems.add("config: " + place(document) + " is no mapping", "key: value lines");
      return;
    }
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        readKey(key, tuple.getValueNode());
      } else {
        problems.add("config: " + place(tuple.getKeyNode()) + " is no key", "a text");
      }
    }
  }

  private void readKey(ScalarNode key, Node value) {
    String name = key.getValue();
    String text = text(value);
    if (!known.contains(name) || name.equals(Options.CONFIG.key())) {
      problems.unknown(name, place(key), known);
    } else if (text == null) {
      problems.add(name + ": nested value from " + place(value), "a scalar or a list of scalars");
    } else if (values.putIfAbsent(name, new Given(text, place(value))) != null) {
      problems.add(name + ": written twice, again at " + place(key), "once");
    }
  }

  private static @Nullable String text(Node value) {
    if (value instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    if (!(value instanceof SequenceNode sequence)) {
      return null;
    }
    StringJoiner items = new StringJoiner(",");
    for (Node item : sequence.getValue()) {
      if (!(item instanceof ScalarNode scalar)) {
        return null;
      }
      items.add(scalar.getValue());
    }
    return items.toString();
  }

  private String place(Node node) {
    return node.getStartMark()
        .map(mark -> file + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
        .orElse(file.toString());
  }
}
