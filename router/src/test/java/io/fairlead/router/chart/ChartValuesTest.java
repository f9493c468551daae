package io.fairlead.router.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Holds the chart's README, its schema and its templates to {@code values.yaml}. */
class ChartValuesTest {
  private static final Path VALUES = Chart.DIRECTORY.resolve("values.yaml");
  private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\| `([^`]*)` \\|.*");

  @Test
  void readmeListsEachValueWithItsDefault() throws Exception {
    Map<String, String> expected = new LinkedHashMap<>();
    flatten("", Yaml.read(VALUES), expected);

    Map<String, String> written = new LinkedHashMap<>();
    String readme = Files.readString(Chart.DIRECTORY.resolve("README.md"));
    for (String line : readme.substring(readme.indexOf("\n## Values\n")).split("\n", -1)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        written.put(row.group(1), row.group(2));
      }
    }
    assertThat(new ArrayList<>(written.entrySet())).isEqualTo(new ArrayList<>(expected.entrySet()));
  }

  @Test
  void readmesListEverySettingOfAzure() throws Exception {
    String chart = Files.readString(Chart.DIRECTORY.resolve("README.md"));

    assertThat(settings())
        .hasSizeGreaterThanOrEqualTo(12)
        .allSatisfy(name -> assertThat(chart).contains("`" + name));
  }

  @Test
  void schemaHasTheKeysOfTheValues() throws Exception {
    compare("", Yaml.read(VALUES), Yaml.read(Chart.DIRECTORY.resolve("values.schema.json")));
  }

  @Test
  void templatesKnowTheValues() throws Exception {
    String template = Files.readString(Chart.DIRECTORY.resolve("templates/_settings.tpl"));
    String begin = "{{- define \"fairlead.valueNames\" -}}";
    int from = template.indexOf(begin) + begin.length();
    String names = template.substring(from, template.indexOf("{{- end -}}", from)).strip();

    var expected = new TreeSet<>(Yaml.read(VALUES).keySet());
    expected.add("global");
    assertThat(List.of(names.split("\\s+"))).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** The names that the schema's patterns take, in the spelling that is documented. */
  private static List<String> settings() throws Exception {
    Object patterns =
        Yaml.read(Chart.DIRECTORY.resolve("values.schema.json")).get("patternProperties");
    List<String> names = new ArrayList<>();
    for (String pattern : Yaml.map(patterns).keySet()) {
      String inner = pattern.replace("^(?i)", "").replaceAll("[()$]", "");
      names.addAll(List.of(inner.split("\\|", -1)));
    }
    return names;
  }

  private static void compare(String path, Map<String, Object> values, Map<String, Object> schema) {
    Object properties = schema.get("properties");
    if (properties == null || values.isEmpty()) {
      return;
    }
    var known = new TreeSet<>(Yaml.map(properties).keySet());
    known.remove("global");
    known.remove("claims");
    assertThat(known).as(path).containsExactlyInAnyOrderElementsOf(values.keySet());
    assertThat(path.isEmpty() || Boolean.FALSE.equals(schema.get("additionalProperties")))
        .as(path)
        .isTrue();
    values.forEach(
        (key, value) -> {
          if (value instanceof Map) {
            compare(path + "." + key, Yaml.map(value), Yaml.map(Yaml.at(properties, key)));
          }
        });
  }

  private static void flatten(String path, Object value, Map<String, String> to) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      Yaml.map(value)
          .forEach((key, inner) -> flatten(path.isEmpty() ? key : path + "." + key, inner, to));
    } else {
      to.put(path, JsonMapper.builder().build().writeValueAsString(value));
    }
  }
}
