package io.fairlead.bench.fleet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bench/fleet}. */
@Command(
    name = "fleet",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures three packaged routers, as processes, that share the slots of models which notice",
      "when they get more than their limit, and prints the table of targets.",
      "",
      "cost       requests/s with coordination against without, in turns",
      "idle       idle slots while somebody waits, of all slot time",
      "pool       what a request waits for a slot that its router does not have",
      "terminate  requests lost while routers get SIGTERM, one after the other",
      "kill       requests lost while the coordinator gets kill -9, again and again",
      "stop       the same while a router and the coordinator get SIGSTOP, and SIGCONT later",
      "",
      "Exit code: 0; 1 if a target was missed; 2 if the command was misused."
    })
public final class FleetBench implements Callable<Integer> {
  private static final double SMOKE_SECONDS = 1;

  @Option(names = "--scenes", split = ",", description = "Of those above. Default: all")
  List<String> scenes = new ArrayList<>(all().keySet());

  @Option(
      names = "--seconds",
      description = "Of the measured part of a scene. Default: ${DEFAULT-VALUE}")
  double seconds = 60;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description = {
        "Before the measured part of cost and pool: what routers say to each other is compiled",
        "only after minutes of it. Default: 20 and 8"
      })
  double warmUp;

  @Option(
      names = "--smoke",
      description = "Every scene for a moment: only errors matter, no figure is looked at.")
  boolean smoke;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** One of the things that are measured. */
  @FunctionalInterface
  interface Scene {
    void run(Course course) throws Exception;
  }

  private static Map<String, Scene> all() {
    Map<String, Scene> all = new LinkedHashMap<>();
    all.put("cost", CostScene::run);
    all.put("idle", IdleScene::run);
    all.put("pool", PoolScene::run);
    all.put("terminate", course -> new Faults(course).terminate());
    all.put("kill", course -> new Faults(course).kill());
    all.put("stop", course -> new Faults(course).stop());
    return all;
  }

  public static void main(String[] args) {
    System.exit(new CommandLine(new FleetBench()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Map<String, Scene> known = all();
    Map<String, Scene> chosen = new LinkedHashMap<>(known);
    chosen.keySet().retainAll(scenes);
    if (!known.keySet().containsAll(scenes)) {
      throw new ParameterException(
          spec.commandLine(), "--scenes: " + scenes + " (expected: of " + known.keySet() + ")");
    }
    if (seconds < 1 || seconds > 3_600) {
      throw new ParameterException(
          spec.commandLine(), "--seconds: " + seconds + " (expected: 1 to 3600)");
    }
    if (warmUp < 0 || warmUp > 3_600) {
      throw new ParameterException(
          spec.commandLine(), "--warm-up: " + warmUp + " (expected: up to 3600)");
    }
    var course = new Course(smoke ? SMOKE_SECONDS : seconds, warmUp, new Rows(System.out));
    for (Map.Entry<String, Scene> scene : chosen.entrySet()) {
      System.err.println("fleet: " + scene.getKey() + "...");
      scene.getValue().run(course);
    }
    course.overAdmission();
    return course.rows().isAnyMissed() && !smoke ? 1 : 0;
  }
}
