package io.fairlead.router;

import io.fairlead.router.config.ReplaySettings;
import io.fairlead.router.manifest.ManifestDirectory;
import io.fairlead.router.manifest.Reading;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.ScaleOptions;
import io.fairlead.router.model.ScaleSettings;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.replay.BadTrace;
import io.fairlead.router.replay.Policy;
import io.fairlead.router.replay.PolicyResult;
import io.fairlead.router.replay.Replay;
import io.fairlead.router.replay.ReplayCourse;
import io.fairlead.router.replay.ReplayPlot;
import io.fairlead.router.replay.ReplayTable;
import io.fairlead.router.replay.Trace;
import io.fairlead.router.replay.Workplace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Does what {@code replay} is asked for. Each call returns the exit code. */
record ReplayCommand(PrintWriter out, PrintWriter err) {
  private static final int OK = 0;
  private static final int REFUSED = 2;

  int run(ReplaySettings asked) {
    Deployment deployment = deployment(asked);
    if (deployment == null) {
      return REFUSED;
    }
    RequestSettings requests = deployment.requestSettings();
    if (requests.maxConcurrentRequestsPerInstance() == 0) {
      return refuse(
          deployment.name() + ": maxConcurrentRequestsPerInstance: 0 (expected: 1 or more)");
    }
    var world =
        new Workplace(
            requests.maxConcurrentRequestsPerInstance(),
            requests.maxQueueWait(),
            requests.maxQueueLength(),
            asked.podStart(),
            asked.patience(),
            asked.start(),
            asked.seed());
    try {
      Trace trace = Trace.parse(asked.trace().toString(), Files.readString(asked.trace()));
      List<PolicyResult> results =
          Replay.of(trace, world, Policy.around(deployment.scaleSettings()));
      out.print(ReplayTable.of(results, asked.patience()));
      write(asked.csv(), ReplayCourse.csv(results));
      write(asked.svg(), ReplayPlot.svg(results));
      return OK;
    } catch (BadTrace e) {
      return refuse(e.text());
    } catch (IOException e) {
      return refuse(e.toString());
    }
  }

  private static void write(@Nullable Path file, String text) throws IOException {
    if (file != null) {
      Files.writeString(file, text);
    }
  }

  /** Returns the one that is meant; null if that cannot be told, which has been said. */
  private @Nullable Deployment deployment(ReplaySettings asked) {
    if (asked.manifests() == null) {
      return usual(asked.maxInstances());
    }
    // The first look always reads.
    Reading reading = Objects.requireNonNull(new ManifestDirectory(asked.manifests()).poll());
    return switch (reading) {
      case Reading.Accepted accepted -> only(asked, accepted.state().deployments());
      case Reading.Refused refused -> {
        refused.problems().forEach(problem -> err.println("fairlead: " + problem));
        yield null;
      }
    };
  }

  private @Nullable Deployment only(ReplaySettings asked, List<Deployment> deployments) {
    List<String> names = deployments.stream().map(ReplayCommand::name).toList();
    List<Deployment> meant =
        deployments.stream()
            .filter(one -> asked.deployment() == null || name(one).equals(asked.deployment()))
            .toList();
    if (meant.size() == 1) {
      return meant.getFirst();
    }
    String found = asked.deployment() == null ? "missing" : asked.deployment();
    refuse("deployment: " + found + " (expected: one of " + String.join(", ", names) + ")");
    return null;
  }

  private static String name(Deployment deployment) {
    return deployment.key().endpoint() + "/" + deployment.name();
  }

  private static Deployment usual(int most) {
    return new Deployment(
        new DeploymentKey("default", "replayed", "usual"),
        List.of(),
        Scoring.DEFAULT,
        RequestSettings.DEFAULT,
        new ScaleSettings(
            ScaleSettings.Type.DEFAULT,
            1,
            most,
            70,
            Duration.ofSeconds(1),
            ScaleSettings.Mode.ACTIVE,
            0,
            ScaleOptions.NONE),
        1,
        null);
  }

  private int refuse(String line) {
    err.println("fairlead: " + line);
    return REFUSED;
  }
}
