package io.fairlead.router.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.cluster.KubeAssets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What {@code helm template} makes of the chart with some values: objects, or a refusal. */
record Chart(int code, String out, String err) {
  static final Path DIRECTORY = Path.of("..", "charts", "fairlead");

  /** What is needed beside a setting that a test is about. */
  static final List<String> PLAIN =
      List.of("--set=inferenceRouterServiceType=ClusterIP", "--set=allowInsecureConnections=True");

  /** Renders with {@code options} of Helm, and fails where that is refused. */
  static Chart render(List<String> options) throws IOException, InterruptedException {
    Chart chart = attempt(options);
    assertThat(chart.code()).as(chart.err()).isZero();
    return chart;
  }

  /** Renders with {@code options} of Helm; it may be refused. */
  static Chart attempt(List<String> options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(KubeAssets.require("helm").toString());
    command.addAll(List.of("template", "rel", DIRECTORY.toString(), "--namespace=models"));
    command.addAll(options);
    Path err = Files.createTempFile("helm", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("HELM_"));
      Process helm = builder.start();
      helm.getOutputStream().close();
      byte[] out = helm.getInputStream().readAllBytes();
      int code = helm.waitFor();
      return new Chart(code, new String(out, StandardCharsets.UTF_8), Files.readString(err));
    } finally {
      Files.delete(err);
    }
  }

  /** Returns the files with values that the chart must take. */
  static List<Path> valueFiles() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY.resolve("ci"))) {
      return files.filter(file -> file.toString().endsWith("-values.yaml")).sorted().toList();
    }
  }

  List<Map<String, Object>> objects() {
    return Yaml.documents(out);
  }

  /** Returns the object of {@code kind} whose name ends with {@code name}, if there is one. */
  Optional<Map<String, Object>> find(String kind, String name) {
    return objects().stream()
        .filter(object -> kind.equals(object.get("kind")))
        .filter(object -> ((String) Yaml.at(object, "metadata", "name")).endsWith(name))
        .findFirst();
  }

  Map<String, Object> get(String kind, String name) {
    return find(kind, name).orElseThrow(() -> new AssertionError(kind + " " + name + " in " + out));
  }

  /** Returns the options that the router is started with. */
  List<String> arguments() {
    Object deployment = get("Deployment", "");
    return Yaml.list(Yaml.at(deployment, "spec", "template", "spec", "containers", 0, "args"))
        .stream()
        .map(String.class::cast)
        .toList();
  }
}
