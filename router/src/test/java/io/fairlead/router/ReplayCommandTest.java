package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.config.DemoSettings;
import io.fairlead.router.config.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fairlead replay}, and that the document shows what it says. */
class ReplayCommandTest {
  private static final String SAMPLE = "../docs/sample-trace.csv";

  private static final String DEPLOYMENTS =
      """
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineEndpoint
      metadata: {name: echo}
      spec: {authMode: None, traffic: {blue: 100}}
      ---
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineDeployment
      metadata: {name: echo-blue}
      spec:
        name: blue
        endpointName: echo
        addresses: []
        scaleSettings:
          type: TargetUtilization
          maxInstances: 20
          schedule: [{name: noon, from: "12:00", until: "12:30", minInstances: 20}]
      ---
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineDeployment
      metadata: {name: echo-green}
      spec: {name: green, endpointName: echo, addresses: []}
      """;

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return new Main(new NoLauncher(), Map.of(), new PrintWriter(out), new PrintWriter(err))
        .run(args);
  }

  @Test
  void reportOfTheShippedSampleIsTheDocumented() throws IOException {
    assertThat(run("replay", "--trace", SAMPLE, "--max-instances", "40")).isZero();

    assertThat(err.toString()).isEmpty();
    assertThat(Files.readString(Path.of("../docs/AUTOSCALING.md"))).contains(out.toString());
  }

  @Test
  void replaysADeploymentOfTheManifestsAtItsHourOfTheDay() throws IOException {
    Files.writeString(directory.resolve("echo.yaml"), DEPLOYMENTS);

    assertThat(
            run(
                "replay",
                "--trace",
                SAMPLE,
                "--manifests",
                directory.toString(),
                "--deployment",
                "echo/blue",
                "--start",
                "2026-11-25T12:00:00Z"))
        .isZero();
    assertThat(out.toString()).contains("+schedule", "as set");
  }

  @Test
  void writesTheCourseAndAPicture() throws IOException {
    Path csv = directory.resolve("course.csv");
    Path svg = directory.resolve("course.svg");

    assertThat(run("replay", "--trace", SAMPLE, "--csv", csv.toString(), "--svg", svg.toString()))
        .isZero();
    assertThat(Files.readString(csv)).startsWith("policy,second,ordered,ready,in_flight,queued\n");
    assertThat(Files.readString(svg)).startsWith("<svg ");
  }

  @Test
  void saysWhichDeploymentsThereAre() throws IOException {
    Files.writeString(directory.resolve("echo.yaml"), DEPLOYMENTS);

    assertThat(run("replay", "--trace", SAMPLE, "--manifests", directory.toString())).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "fairlead: deployment: missing (expected: one of echo/blue, echo/green)\n");
  }

  @Test
  void saysWhatIsWrongWithATrace() throws IOException {
    Path trace = Files.writeString(directory.resolve("bad.csv"), "second,arrivals,model_ms\n0,x,1");

    assertThat(run("replay", "--trace", trace.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("bad.csv:2: arrivals: x (expected: a whole number, 0 to 100000)");
  }

  @Test
  void saysAllThatIsWrongWithItsOptions() {
    assertThat(
            run(
                "replay",
                "--trace",
                "/nonexistent",
                "--deployment",
                "echo/blue",
                "--pod-start",
                "soon",
                "--seed",
                "-1"))
        .isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            "fairlead: trace: /nonexistent from --trace (expected: a readable file)",
            "fairlead: manifests: missing (expected: a directory, as deployment is given)",
            "fairlead: podStart: soon from --pod-start (expected: whole milliseconds or seconds, such"
                + " as 500ms or 30s, up to 3600s)",
            "fairlead: seed: -1 from --seed (expected: a whole number, 0 to 2147483647)");
  }

  private static final class NoLauncher implements Launcher {
    @Override
    public int serve(Settings settings) {
      throw new AssertionError("serve");
    }

    @Override
    public int demo(DemoSettings settings) {
      throw new AssertionError("demo");
    }
  }
}
