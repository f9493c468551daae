package io.fairlead.router.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart's alerts and its dashboard, against the table of metrics and against promtool. */
class MonitoringTest {
  private static final Path FILES = Chart.DIRECTORY.resolve("files");
  private static final Pattern METRIC =
      Pattern.compile("\\b((?:fairlead|jvm|process)_[a-z0-9_]+)(\\{[^}]*})?");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)");
  private static final Pattern GROUPED = Pattern.compile("by \\(([^)]*)\\)");
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z0-9_]+)` \\| [a-z]+ \\|[^|]*\\| ([^|]*)\\|.*");

  /** Labels that Prometheus or the operator adds, or that a histogram has of itself. */
  private static final Set<String> OF_TARGETS = Set.of("pod", "namespace", "service", "job", "le");

  @TempDir Path directory;

  @Test
  void everyMetricAndLabelOfTheDashboardIsInTheTable() throws Exception {
    assertThat(MonitoringQueries.dashboard()).hasSizeGreaterThan(20);
    Map<String, Set<String>> table = table();
    MonitoringQueries.dashboard().forEach(query -> isInTheTable(query, table));
  }

  @Test
  void everyMetricAndLabelOfTheAlertsIsInTheTable() throws Exception {
    assertThat(MonitoringQueries.alerts()).hasSizeGreaterThan(10);
    Map<String, Set<String>> table = table();
    MonitoringQueries.alerts().forEach(query -> isInTheTable(query, table));
  }

  private static void isInTheTable(String query, Map<String, Set<String>> table) {
    Matcher metric = METRIC.matcher(query);
    Set<String> grouped = new TreeSet<>();
    int found = 0;
    while (metric.find()) {
      found++;
      String name = metric.group(1);
      Set<String> tags = table.getOrDefault(name, table.get(name.replaceAll("_bucket$", "")));
      assertThat(tags).as("%s in %s", name, query).isNotNull();
      grouped.addAll(tags);
      Matcher label = LABEL.matcher(metric.group(2) == null ? "" : metric.group(2));
      while (label.find()) {
        assertThat(OF_TARGETS.contains(label.group(1)) || tags.contains(label.group(1)))
            .as("label %s of %s in %s", label.group(1), name, query)
            .isTrue();
      }
    }
    assertThat(found).as(query).isPositive();
    Matcher by = GROUPED.matcher(query);
    while (by.find()) {
      for (String label : by.group(1).split("\\s*,\\s*", -1)) {
        assertThat(OF_TARGETS.contains(label) || grouped.contains(label))
            .as("label %s in %s", label, query)
            .isTrue();
      }
    }
  }

  /** The tags of each metric in {@code docs/METRICS.md}. */
  private static Map<String, Set<String>> table() throws IOException {
    Map<String, Set<String>> table = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "METRICS.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        String tags = row.group(2).replaceAll("[`\\s]", "");
        table.put(row.group(1), new TreeSet<>(Arrays.asList(tags.split(",", -1))));
      }
    }
    return table;
  }

  @Test
  void panelsHaveNamesOfTheirOwn() throws Exception {
    List<Object> titles = new ArrayList<>();
    for (Object panel : Yaml.list(Yaml.read(FILES.resolve("dashboard.json")).get("panels"))) {
      titles.add(Yaml.at(panel, "title"));
    }

    assertThat(titles).doesNotHaveDuplicates().hasSizeGreaterThan(15);
  }

  @Test
  void promtoolTakesEveryQueryOfTheDashboard() throws Exception {
    StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
    for (String query : MonitoringQueries.dashboard()) {
      String plain =
          query.replace("$__rate_interval", "5m").replaceAll("\\$(endpoint|deployment)", ".*");
      rules.append("      - record: one:query\n        expr: '").append(plain).append("'\n");
      rules.append("        labels: {number: \"").append(rules.length()).append("\"}\n");
    }
    Path file = Files.writeString(directory.resolve("dashboard-rules.yaml"), rules);

    assertThat(promtool("check", "rules", file.toString())).contains("SUCCESS");
  }

  @Test
  void alertsFireWhenTheyShouldAndOnlyThen() throws Exception {
    assertThat(promtool("test", "rules", FILES.resolve("rules-test.yaml").toString()))
        .contains("SUCCESS");
  }

  @Test
  void everyAlertHasACaseInWhichItFiresAndOneInWhichItDoesNot() throws Exception {
    Set<Object> fires = new TreeSet<>();
    Set<Object> rests = new TreeSet<>();
    Object tests = Yaml.read(FILES.resolve("rules-test.yaml")).get("tests");
    for (Object test : Yaml.list(tests)) {
      for (Object rule : Yaml.list(Yaml.at(test, "alert_rule_test"))) {
        (Yaml.map(rule).containsKey("exp_alerts") ? fires : rests).add(Yaml.at(rule, "alertname"));
      }
    }

    Set<String> alerts = MonitoringQueries.alertNames();
    assertThat(fires.toString()).isEqualTo(alerts.toString());
    assertThat(rests.toString()).isEqualTo(alerts.toString());
  }

  private static String promtool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Tools.require("promtool").toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
