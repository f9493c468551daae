package io.fairlead.router.chart;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the roles of the chart allow. */
public final class ChartRoles {
  private ChartRoles() {}

  /**
   * Returns it with these values, as {@code get secrets} and {@code patch
   * fairlead.dev/onlineendpoints/status}.
   */
  public static Set<String> allowed(List<String> values) throws Exception {
    Set<String> allowed = new TreeSet<>();
    for (Map<String, Object> object : Chart.render(values).objects()) {
      if (object.get("kind").equals("Role") || object.get("kind").equals("ClusterRole")) {
        for (Object rule : Yaml.list(Yaml.at(object, "rules"))) {
          addAll(rule, allowed);
        }
      }
    }
    return allowed;
  }

  private static void addAll(Object rule, Set<String> to) {
    for (Object group : Yaml.list(Yaml.at(rule, "apiGroups"))) {
      for (Object resource : Yaml.list(Yaml.at(rule, "resources"))) {
        for (Object verb : Yaml.list(Yaml.at(rule, "verbs"))) {
          to.add(verb + " " + (group.equals("") ? "" : group + "/") + resource);
        }
      }
    }
  }
}
