package io.fairlead.bench.openloop;

import io.fairlead.bench.client.Protocol;
import io.fairlead.bench.process.RouterProcess;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code bench/open-loop}. */
@Command(
    name = "open-loop",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Loads Fairlead at given rates, whether it keeps up or not, and finds the knee: the rate up",
      "to which latency stays what it is at little load.",
      "",
      "Latency counts from when a request was due, so that a stall is felt by all requests that",
      "were due in it (correction for coordinated omission). Everything runs on this machine.",
      "",
      "A scene of overload offers three times the capacity, measured in a closed loop just before, and",
      "says which share of the capacity is still answered well, within a second.",
      "",
      "Exit code: 0; 1 if a request failed below the knee or a replica of one-at-a-time was given",
      "two; 2 if the command was misused."
    })
public final class OpenLoop implements Callable<Integer> {
  @Option(
      names = "--scenes",
      split = ",",
      description = "Of those listed with --list. Default: all")
  List<String> scenes = List.of();

  @Option(names = "--list", description = "Prints the scenes and ends.")
  boolean list;

  @Option(names = "--protocol", description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
  Protocol protocol = Protocol.H1;

  @Option(names = "--arrivals", description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
  Arrivals arrivals = Arrivals.POISSON;

  @Option(names = "--seed", description = "Of arrivals and models. Default: ${DEFAULT-VALUE}")
  long seed = 1;

  @Option(
      names = "--rate",
      description = "Requests per second of one step, instead of a ramp to the knee.")
  double rate;

  @Option(names = "--seconds", description = "Of a step. Default: ${DEFAULT-VALUE}")
  double seconds = 10;

  @Option(names = "--warm-up", description = "Seconds at the first rate. Default: ${DEFAULT-VALUE}")
  double warmUp = 20;

  @Option(names = "--replicas", description = "Default: ${DEFAULT-VALUE}")
  int replicas = 4;

  @Option(names = "--connections", description = "Of HTTP/2. Default: ${DEFAULT-VALUE}")
  int connections = 8;

  @Option(names = "--streams", description = "On one of them. Default: ${DEFAULT-VALUE}")
  int streams = 100;

  @Option(names = "--rounds", description = "Of overload. Default: ${DEFAULT-VALUE}")
  int rounds = 3;

  @Option(
      names = "--target",
      description = "URL of a server that runs already, instead of models and a router.")
  @Nullable URI target;

  @Option(
      names = "--drive",
      description = "Takes orders from another program: JSON lines on standard input.")
  boolean drive;

  @Option(names = "--direct", description = "Asks a model itself: what this generator can do.")
  boolean direct;

  @Option(names = "--router", description = "Command, instead of ./fairlead; `serve` is appended.")
  @Nullable String router;

  @Option(names = "--router-cpus", description = "CPUs of the router, as taskset takes them.")
  @Nullable String routerCpus;

  @Option(names = "--json", description = "Writes all figures there.")
  @Nullable Path json;

  @Option(names = "--smoke", description = "Every scene for half a second: only errors matter.")
  boolean smoke;

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new OpenLoop()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    var out = new PrintWriter(System.out, true, System.out.charset());
    if (list) {
      for (Scene scene : Scene.ALL) {
        out.printf("%-14s %s%n", scene.name(), scene.meaning());
      }
      return 0;
    }
    if (drive) {
      var in = new InputStreamReader(System.in, StandardCharsets.UTF_8);
      new Driver(new BufferedReader(in), System.out).run();
      return 0;
    }
    check();
    List<Run.Result> results = new ArrayList<>();
    for (Scene scene : chosen()) {
      if (smoke) {
        rate = Math.min(100, scene.startRate());
      }
      results.add(new Run(this, scene).run());
    }
    var report = Report.of(this, results);
    out.print(report.markdown());
    out.flush();
    if (json != null) {
      Files.writeString(json, report.json());
    }
    return results.stream().anyMatch(result -> result.failed(rate)) ? 1 : 0;
  }

  private void check() {
    if (smoke) {
      seconds = 0.5;
      warmUp = 0.5;
      rounds = 1;
    }
    require(direct && protocol != Protocol.H1, "--direct: " + protocol + " (expected: h1)");
    require(rounds < 1 || rounds > 100, "--rounds: " + rounds + " (expected: 1 to 100)");
    require(rate < 0 || rate > 1e6, "--rate: " + rate + " (expected: up to 1000000)");
    require(
        !(seconds > 0 && seconds <= 600 && warmUp > 0 && warmUp <= 600),
        "--seconds, --warm-up: expected above 0, up to 600");
    require(replicas < 1 || replicas > 1_000, "--replicas: " + replicas + " (expected: 1 to 1000)");
    require(
        connections < 1 || connections > 10_000 || streams < 1 || streams > 100,
        "--connections: expected 1 to 10000; --streams: 1 to 100");
  }

  private void require(boolean wrong, String message) {
    if (wrong) {
      throw new CommandLine.ParameterException(new CommandLine(this), message);
    }
  }

  private List<Scene> chosen() {
    if (scenes.isEmpty()) {
      return List.of(Scene.ALL);
    }
    return scenes.stream().map(this::scene).toList();
  }

  private Scene scene(String name) {
    return Arrays.stream(Scene.ALL)
        .filter(scene -> scene.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandLine.ParameterException(
                    new CommandLine(this), "--scenes: " + name + " (expected: see --list)"));
  }

  double rateOr(double otherwise) {
    return rate > 0 ? rate : otherwise;
  }

  List<String> routerCommand() {
    List<String> command = new ArrayList<>();
    if (routerCpus != null) {
      command.addAll(List.of("taskset", "-c", routerCpus));
    }
    command.addAll(router == null ? RouterProcess.launcher() : List.of(router.split(" ")));
    return command;
  }
}
