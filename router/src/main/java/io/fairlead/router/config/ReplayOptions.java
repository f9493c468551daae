package io.fairlead.router.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The options of {@code replay}, which are for the command line alone. */
public final class ReplayOptions {
  static final Option<Path> TRACE =
      Options.path("trace", "FILE", "a readable file", "The load: second,arrivals,model_ms.");
  static final Option<Path> MANIFESTS =
      Options.path(
          "manifests", "DIR", "a directory", "Where the deployment is declared; else defaults.");
  static final Option<String> DEPLOYMENT =
      new Option<>(
          "deployment",
          "ENDPOINT/NAME",
          null,
          "the names of an endpoint and of a deployment of it, with / between",
          text -> text.matches("[-a-zA-Z0-9]{3,32}/[-a-zA-Z0-9]{3,32}") ? text : null,
          "Which one, if there are several.");
  static final Option<Integer> MAX_INSTANCES =
      Option.count("maxInstances", 100, 1, 10_000, "Most replicas, where no manifest says it.");
  static final Option<Duration> POD_START =
      time("podStart", Duration.ofSeconds(30), "How long a replica takes to become ready.");
  static final Option<Duration> PATIENCE =
      time("patience", Duration.ofMillis(100), "Requests that waited longer are counted.");
  static final Option<Instant> START =
      new Option<>(
          "start",
          "TIME",
          null,
          "a moment such as 2026-01-05T08:00:00Z; default that of 1970",
          ReplayOptions::instant,
          "When the trace begins, for schedules.");
  static final Option<Integer> SEED =
      Option.count("seed", 1, 0, Integer.MAX_VALUE, "The same seed gives the same requests.");
  static final Option<Path> CSV =
      Options.path("csv", "FILE", "a file", "Where replicas and queue by second go.");
  static final Option<Path> SVG = Options.path("svg", "FILE", "a file", "Where a picture goes.");

  /** What {@code replay} takes, in the order of the help. */
  public static final List<Option<?>> REPLAY =
      List.of(
          TRACE, MANIFESTS, DEPLOYMENT, MAX_INSTANCES, POD_START, PATIENCE, START, SEED, CSV, SVG);

  private ReplayOptions() {}

  /** Reads what {@code replay} needs. */
  public static ReplaySettings replay(Map<String, String> options) throws InvalidSettings {
    Problems problems = new Problems();
    Values values = new Values(Sources.ofOptions(options), problems);
    Path trace = values.find(TRACE);
    if (!values.has(TRACE) || (trace != null && !Files.isReadable(trace))) {
      values.refuse(TRACE, TRACE.expected());
    }
    Path manifests = values.find(MANIFESTS);
    if (manifests != null && !Files.isDirectory(manifests)) {
      values.refuse(MANIFESTS, MANIFESTS.expected());
    }
    if (values.has(DEPLOYMENT) && !values.has(MANIFESTS)) {
      values.refuse(MANIFESTS, MANIFESTS.expected() + ", as deployment is given");
    }
    if (values.has(MAX_INSTANCES) && values.has(MANIFESTS)) {
      values.refuse(MAX_INSTANCES, "none, as the manifests say it");
    }
    String deployment = values.find(DEPLOYMENT);
    int maxInstances = values.get(MAX_INSTANCES);
    Duration podStart = values.get(POD_START);
    Duration patience = values.get(PATIENCE);
    Instant start = values.find(START);
    int seed = values.get(SEED);
    Path csv = values.find(CSV);
    Path svg = values.find(SVG);
    if (!problems.messages().isEmpty()) {
      throw new InvalidSettings(problems.messages());
    }
    return new ReplaySettings(
        Objects.requireNonNull(trace),
        manifests,
        deployment,
        maxInstances,
        podStart,
        patience,
        start == null ? Instant.EPOCH : start,
        seed,
        csv,
        svg);
  }

  private static Option<Duration> time(String key, Duration fallback, String doc) {
    return new Option<>(
        key,
        "TIME",
        fallback,
        "whole milliseconds or seconds, such as 500ms or 30s, up to 3600s",
        ReplayOptions::duration,
        doc);
  }

  private static @Nullable Duration duration(String text) {
    if (!text.matches("[0-9]{1,7}(ms|s)")) {
      return null;
    }
    Duration time =
        text.endsWith("ms")
            ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
            : Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
    return time.toSeconds() > 3600 ? null : time;
  }

  private static @Nullable Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
