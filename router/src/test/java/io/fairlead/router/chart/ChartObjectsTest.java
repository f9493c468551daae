package io.fairlead.router.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.config.KubernetesOptions;
import io.fairlead.router.config.LeaseOptions;
import io.fairlead.router.config.Option;
import io.fairlead.router.config.Options;
import io.fairlead.router.config.PeerOptions;
import io.fairlead.router.config.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the chart makes of each file of values in {@code ci}. */
class ChartObjectsTest {
  /** Keys of kinds that no server of a test has definitions of; {@code *} takes any, unchecked. */
  private static final Map<String, Object> FOREIGN =
      Map.of(
          "ServiceMonitor",
          Map.of(
              "selector",
              Map.of("matchLabels", "*"),
              "endpoints",
              List.of(Map.of("port", "", "path", "", "interval", "", "honorLabels", ""))),
          "PrometheusRule",
          Map.of(
              "groups",
              List.of(
                  Map.of(
                      "name",
                      "",
                      "rules",
                      List.of(
                          Map.of(
                              "alert",
                              "",
                              "expr",
                              "",
                              "for",
                              "",
                              "labels",
                              "*",
                              "annotations",
                              "*"))))),
          "Certificate",
          Map.of(
              "secretName",
              "",
              "dnsNames",
              List.of(""),
              "usages",
              List.of(""),
              "privateKey",
              Map.of("algorithm", "", "size", "", "rotationPolicy", ""),
              "issuerRef",
              Map.of("name", "", "kind", "", "group", "")));

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> everyFileOfValuesGivesSoundObjects() throws Exception {
    return Chart.valueFiles().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getFileName().toString(),
                    () -> isSound(Chart.render(List.of("--values=" + file)))));
  }

  private void isSound(Chart chart) throws Exception {
    Set<String> seen = new HashSet<>();
    for (Map<String, Object> object : chart.objects()) {
      String kind = (String) object.get("kind");
      Map<String, Object> metadata = Yaml.map(Yaml.at(object, "metadata"));
      assertThat(seen.add(kind + " " + metadata.get("namespace") + " " + metadata.get("name")))
          .as("%s %s is there once", kind, metadata.get("name"))
          .isTrue();
      assertThat((String) metadata.get("name")).matches("[a-z0-9.-]{1,63}");
      if (FOREIGN.containsKey(kind)) {
        hasOnly(kind, Yaml.at(object, "spec"), FOREIGN.get(kind));
      }
    }
    selectorsSelectTheRouters(chart);
    optionsAreKnown(chart);
    configurationIsSound(chart);
  }

  /** Fails where {@code value} has a key that {@code shape} has not. */
  private static void hasOnly(String path, Object value, Object shape) {
    if (shape instanceof Map<?, ?> known) {
      Yaml.map(value)
          .forEach(
              (key, inner) -> {
                assertThat(known.containsKey(key)).as("%s.%s is known", path, key).isTrue();
                hasOnly(path + "." + key, inner, known.get(key));
              });
    } else if (shape instanceof List<?> items) {
      Yaml.list(value).forEach(inner -> hasOnly(path + "[]", inner, items.getFirst()));
    } else if (!"*".equals(shape)) {
      assertThat(value).as(path).isNotInstanceOf(Map.class).isNotInstanceOf(List.class);
    }
  }

  private static void selectorsSelectTheRouters(Chart chart) {
    Object pod = Yaml.at(chart.get("Deployment", ""), "spec", "template");
    var labels = Yaml.map(Yaml.at(pod, "metadata", "labels")).entrySet();
    var ports = new TreeSet<String>();
    for (Object port : Yaml.list(Yaml.at(pod, "spec", "containers", 0, "ports"))) {
      ports.add((String) Yaml.at(port, "name"));
    }
    for (Map<String, Object> object : chart.objects()) {
      if (object.get("kind").equals("Service")) {
        assertThat(labels).containsAll(Yaml.map(Yaml.at(object, "spec", "selector")).entrySet());
        for (Object port : Yaml.list(Yaml.at(object, "spec", "ports"))) {
          assertThat(ports).contains((String) Yaml.at(port, "targetPort"));
        }
      }
    }
    Object selector = Yaml.at(chart.get("Deployment", ""), "spec", "selector", "matchLabels");
    assertThat(labels).containsAll(Yaml.map(selector).entrySet());
  }

  private static void optionsAreKnown(Chart chart) {
    Set<String> known = new HashSet<>();
    Stream.of(Options.SERVE, KubernetesOptions.ALL, LeaseOptions.ALL, PeerOptions.ALL)
        .flatMap(List::stream)
        .forEach(option -> known.add(option.key()));
    List<String> arguments = chart.arguments();
    assertThat(arguments.getFirst()).isEqualTo("serve");
    assertThat(arguments.subList(1, arguments.size()))
        .isNotEmpty()
        .allSatisfy(argument -> assertThat(known).contains(key(argument)));
  }

  /** {@code --tls-cert=x} to {@code tlsCert}. */
  private static String key(String argument) {
    String[] words = argument.replaceAll("^--|=.*", "").split("-", -1);
    StringBuilder key = new StringBuilder(words[0]);
    for (int i = 1; i < words.length; i++) {
      key.append(Character.toUpperCase(words[i].charAt(0))).append(words[i].substring(1));
    }
    return key.toString();
  }

  private void configurationIsSound(Chart chart) throws Exception {
    Object configuration = Yaml.at(chart.get("ConfigMap", configMap(chart)), "data", "router.yaml");
    Path file = Files.writeString(directory.resolve("router.yaml"), (String) configuration);
    var settings =
        SettingsReader.serve(
            Map.of("config", file.toString(), "manifests", directory.toString()), Map.of());

    Object pod = Yaml.at(chart.get("Deployment", ""), "spec", "template", "spec");
    assertThat(((Number) Yaml.at(pod, "terminationGracePeriodSeconds")).longValue())
        .isEqualTo(
            settings.limits().connections().drainDelay().toSeconds()
                + settings.limits().connections().drain().toSeconds()
                + 5);
  }

  private static String configMap(Chart chart) {
    Object volumes = Yaml.at(chart.get("Deployment", ""), "spec", "template", "spec", "volumes");
    for (Object volume : Yaml.list(volumes)) {
      if (Yaml.at(volume, "name").equals("config")) {
        return (String) Yaml.at(volume, "configMap", "name");
      }
    }
    throw new AssertionError("no configuration in " + volumes);
  }

  @Test
  void thePodIsRestricted() throws Exception {
    Object pod =
        Yaml.at(Chart.render(Chart.PLAIN).get("Deployment", ""), "spec", "template", "spec");
    Map<String, Object> container = Yaml.map(Yaml.at(pod, "containers", 0, "securityContext"));

    assertThat(Yaml.map(Yaml.at(pod, "securityContext")))
        .containsEntry("runAsNonRoot", true)
        .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
    assertThat((Integer) Yaml.at(pod, "securityContext", "runAsUser")).isPositive();
    assertThat(container)
        .containsEntry("allowPrivilegeEscalation", false)
        .containsEntry("readOnlyRootFilesystem", true)
        .containsEntry("capabilities", Map.of("drop", List.of("ALL")));
    assertThat(Yaml.map(pod))
        .doesNotContainKeys("hostNetwork", "hostPID", "hostIPC")
        .containsEntry("enableServiceLinks", false);
    for (Object volume : Yaml.list(Yaml.at(pod, "volumes"))) {
      assertThat(Yaml.map(volume)).doesNotContainKey("hostPath");
    }
  }

  @Test
  void onlyRoutersReachThePortForRouters() throws Exception {
    Object policy = Chart.render(Chart.PLAIN).get("NetworkPolicy", "");
    List<Object> from = new ArrayList<>();
    for (Object rule : Yaml.list(Yaml.at(policy, "spec", "ingress"))) {
      if (Yaml.at(rule, "ports", 0, "port").equals("peer")) {
        from.addAll(Yaml.list(Yaml.at(rule, "from")));
      }
    }

    assertThat(from)
        .containsExactly(
            Map.of(
                "podSelector",
                Map.of("matchLabels", Yaml.at(policy, "spec", "podSelector", "matchLabels"))));
  }

  @Test
  void aChangedConfigurationIsRolledOut() throws Exception {
    List<String> changed = new ArrayList<>(Chart.PLAIN);
    changed.add("--set=config.maxRequestBytes=1048576");

    assertThat(checksum(Chart.render(changed))).isNotEqualTo(checksum(Chart.render(Chart.PLAIN)));
    assertThat(checksum(Chart.render(Chart.PLAIN))).isEqualTo(checksum(Chart.render(Chart.PLAIN)));
  }

  private static Object checksum(Chart chart) {
    return Yaml.at(
        chart.get("Deployment", ""),
        "spec",
        "template",
        "metadata",
        "annotations",
        "checksum/config");
  }

  @Test
  void rolesNameNoMoreThanTheyNeed() throws Exception {
    Chart chart = Chart.render(Chart.PLAIN);
    for (Map<String, Object> object : chart.objects()) {
      if (object.get("kind").equals("ClusterRole") || object.get("kind").equals("Role")) {
        assertThat(object.toString()).doesNotContain("*");
      }
    }
    assertThat(Yaml.list(Yaml.at(chart.get("ClusterRole", ""), "rules")))
        .allSatisfy(
            rule ->
                assertThat(
                        Yaml.list(Yaml.at(rule, "resources")).contains("secrets")
                            && Yaml.list(Yaml.at(rule, "verbs")).contains("create"))
                    .isFalse());
  }

  @Test
  void withNamespacesNamedNothingIsClusterWide() throws Exception {
    List<String> options = new ArrayList<>(Chart.PLAIN);
    options.add("--set=watchNamespaces={one,two}");
    Chart chart = Chart.render(options);

    assertThat(chart.find("ClusterRole", "")).isEmpty();
    assertThat(chart.find("ClusterRoleBinding", "")).isEmpty();
    assertThat(
            chart.objects().stream()
                .filter(object -> object.get("kind").equals("Role"))
                .map(object -> Yaml.map(Yaml.at(object, "metadata")).get("namespace"))
                .filter(namespace -> namespace != null))
        .containsExactly("one", "two");
    assertThat(chart.arguments()).contains("--namespace=one,two");
  }

  @Test
  void optionsOfTheRouterAreSpelledAsHere() {
    assertThat(Options.SERVE.stream().map(Option::key)).contains("tlsCert", key("--tls-key=x"));
  }
}
