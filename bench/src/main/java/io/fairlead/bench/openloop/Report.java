package io.fairlead.bench.openloop;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A run as Markdown for people and as JSON for programs, with what it takes to repeat it. */
record Report(Map<String, String> about, List<Run.Result> scenes) {
  static Report of(OpenLoop options, List<Run.Result> scenes)
      throws IOException, InterruptedException {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("command", System.getProperty("bench.command", "open-loop"));
    about.put("date", Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
    about.put(
        "machine",
        "%d cores, %d of them for the load and the models, %s %s"
            .formatted(
                cores(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.version")));
    about.put(
        "versions",
        (options.direct || options.target != null ? "no router of ours" : version(options))
            + ", Java "
            + Runtime.version());
    about.put(
        "load",
        "%s arrivals, seed %d, %s, steps of %s s after %s s of warm-up, %d replicas"
            .formatted(
                options.arrivals,
                options.seed,
                options.protocol,
                options.seconds,
                options.warmUp,
                options.replicas));
    return new Report(about, scenes);
  }

  /** Returns how many the machine has; this process may be confined to some of them. */
  private static long cores() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines.filter(line -> line.startsWith("processor")).count();
    }
  }

  private static String version(OpenLoop options) throws IOException, InterruptedException {
    List<String> command = options.routerCommand();
    command.add("version");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor(10, TimeUnit.SECONDS);
    return said.strip();
  }

  String json() {
    return JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(this)
        + "\n";
  }

  String markdown() {
    var text = new StringWriter();
    var out = new PrintWriter(text);
    about.forEach((what, value) -> out.printf("- %s: %s%n", what, value));
    scenes.forEach(scene -> write(out, scene));
    return text.toString();
  }

  private static void write(PrintWriter out, Run.Result scene) {
    out.printf("%n### %s: %s%n%n", scene.scene(), scene.meaning());
    if (scene.knee() > 0) {
      String least = scene.kneeFound() ? "" : "above ";
      out.printf(Locale.ROOT, "Knee: %s%.0f requests/s.%n%n", least, scene.knee());
    }
    if (scene.violated()) {
      out.printf("**A replica was given %d requests at once (expected: 1).**%n%n", scene.peak());
    }
    if (scene.overload() != null) {
      write(out, scene.overload());
    }
    out.println(
        "| due/s | good/s | p50 µs | p99 µs | p99.9 µs | max µs | first byte p99 µs |"
            + " sent late p99 µs | requests | errors |");
    out.println("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (StepResult step : scene.steps()) {
      out.printf(
          Locale.ROOT,
          "| %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %d | %d |%n",
          step.rate(),
          step.goodPerSecond(),
          step.latency().p50(),
          step.latency().p99(),
          step.latency().p999(),
          step.latency().max(),
          step.firstByte().p99(),
          step.lateness().p99(),
          step.due(),
          step.errors());
    }
  }

  private static void write(PrintWriter out, Overload.Result overload) {
    out.println("| capacity/s, closed loop | offered/s | good within a second/s | ratio |");
    out.println("|---:|---:|---:|---:|");
    for (Overload.Turn turn : overload.turns()) {
      double ratio = turn.goodput() / turn.capacity();
      out.printf(
          Locale.ROOT,
          "| %.0f | %.0f | %.0f | %.3f |%n",
          turn.capacity(),
          turn.offered(),
          turn.goodput(),
          ratio);
    }
    out.printf(
        Locale.ROOT,
        "%nGoodput at %d times capacity over capacity, of medians: **%.3f** (target: at least 0.9,"
            + " aim 0.97).%n%n",
        Overload.TIMES,
        overload.ratio());
  }
}
