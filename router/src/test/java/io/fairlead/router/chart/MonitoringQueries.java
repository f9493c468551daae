package io.fairlead.router.chart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the chart's dashboard and alerts ask Prometheus. */
public final class MonitoringQueries {
  private static final Path FILES = Chart.DIRECTORY.resolve("files");
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:fairlead|jvm|process)_[a-z0-9_]+\\b");

  private MonitoringQueries() {}

  static List<String> dashboard() throws Exception {
    List<String> queries = new ArrayList<>();
    for (Object panel : Yaml.list(Yaml.read(FILES.resolve("dashboard.json")).get("panels"))) {
      Object targets = Yaml.map(panel).getOrDefault("targets", List.of());
      for (Object target : Yaml.list(targets)) {
        queries.add((String) Yaml.at(target, "expr"));
      }
    }
    return queries;
  }

  static List<String> alerts() throws Exception {
    return rules().stream().map(rule -> (String) Yaml.at(rule, "expr")).toList();
  }

  static Set<String> alertNames() throws Exception {
    Set<String> names = new TreeSet<>();
    rules().forEach(rule -> names.add((String) Yaml.at(rule, "alert")));
    return names;
  }

  /** Returns the names of all metrics that are asked for. */
  public static Set<String> metrics() throws Exception {
    List<String> queries = new ArrayList<>(dashboard());
    queries.addAll(alerts());
    Set<String> names = new TreeSet<>();
    for (String query : queries) {
      Matcher name = METRIC.matcher(query);
      while (name.find()) {
        names.add(name.group().replaceAll("_bucket$", ""));
      }
    }
    return names;
  }

  private static List<Map<String, Object>> rules() throws Exception {
    List<Map<String, Object>> rules = new ArrayList<>();
    for (Object group : Yaml.list(Yaml.read(FILES.resolve("rules.yaml")).get("groups"))) {
      for (Object rule : Yaml.list(Yaml.at(group, "rules"))) {
        rules.add(Yaml.map(rule));
      }
    }
    return rules;
  }
}
