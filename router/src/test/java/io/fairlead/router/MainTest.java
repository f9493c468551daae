package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.config.DemoSettings;
import io.fairlead.router.config.Settings;
import io.fairlead.router.model.Address;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private static final String GOOD =
      """
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineEndpoint
      metadata: {name: echo}
      spec: {authMode: None, traffic: {blue: 100}}
      ---
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineDeployment
      metadata: {name: echo-blue}
      spec: {name: blue, endpointName: echo, addresses: ["127.0.0.1:5001"]}
      """;

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();
  private final FakeLauncher launcher = new FakeLauncher();

  @Test
  void servesWhatIsAsked() {
    assertThat(
            run(
                "serve",
                "--manifests",
                directory.toString(),
                "--http=127.0.0.1:0",
                "--http2-max-continuations",
                "3"))
        .isEqualTo(42);

    assertThat(launcher.served).singleElement().isNotNull();
    Settings settings = launcher.served.getFirst();
    assertThat(settings.manifests()).isEqualTo(directory);
    assertThat(settings.http()).isEqualTo(new Address("127.0.0.1", 0));
    assertThat(settings.limits().http2().maxContinuations()).isEqualTo(3);
    assertThat(out.toString() + err).isEmpty();
  }

  @Test
  void environmentCountsToo() {
    environment.put("FAIRLEAD_MANIFESTS", directory.toString());

    assertThat(run("serve")).isEqualTo(42);
  }

  @Test
  void demonstratesWhatIsAsked() {
    assertThat(run("demo", "--replicas", "5", "--model-time", "1ms")).isEqualTo(43);

    assertThat(launcher.demonstrated.getFirst().replicas()).isEqualTo(5);
    assertThat(launcher.demonstrated.getFirst().modelTime()).isEqualTo(Duration.ofMillis(1));
  }

  @Test
  void badSettingsAreAllSaidOnStandardError() {
    assertThat(run("serve", "--http", "x", "--drain-seconds", "-1")).isEqualTo(2);

    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            """
            fairlead: manifests: missing (expected: a directory)
            fairlead: http: x from --http (expected: host:port, such as 127.0.0.1:8080 or [::1]:8080)
            fairlead: drainSeconds: -1 from --drain-seconds (expected: whole seconds, 0 to 3600)
            """);
    assertThat(launcher.served).isEmpty();
  }

  @Test
  void unknownOptionIsMisuse() {
    assertThat(run("serve", "--bogus")).isEqualTo(2);

    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            """
            fairlead: Unknown option: '--bogus'
            Try 'fairlead serve --help'.
            """);
  }

  @Test
  void nothingAskedIsMisuse() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("fairlead serve   --manifests DIR");
  }

  @Test
  void helpListsEveryOption() {
    assertThat(run("serve", "--help")).isZero();

    assertThat(out.toString())
        .contains("--tls-cert=FILE", "--http2-glitch-budget=N", "FAIRLEAD_TLS_CERT")
        .contains("--kubernetes", "--namespace=NS,...", "--peers=");
  }

  @Test
  void versionIsOneLine() {
    assertThat(run("version")).isZero();
    assertThat(out.toString()).matches("fairlead \\S+\\R");
  }

  @Test
  void checkSaysWhatItFound() throws IOException {
    Files.writeString(directory.resolve("echo.yaml"), GOOD);

    assertThat(run("check", "--manifests", directory.toString())).isZero();
    assertThat(out.toString())
        .isEqualToNormalizingNewlines(
            directory + ": 1 endpoint, 1 deployment and 0 secrets in 1 file: no problem\n");
  }

  @Test
  void checkSaysEveryProblem() throws IOException {
    Files.writeString(directory.resolve("a.yaml"), GOOD.replace("None", "Key"));
    Files.writeString(directory.resolve("b.yaml"), "kind: Pod\n");

    assertThat(run("check", "--manifests", directory.toString())).isEqualTo(1);
    assertThat(out.toString())
        .isEqualToNormalizingNewlines(
            """
            a.yaml:4:7: spec.authSecretRef: missing (expected: {name: SECRET} with primaryKey and \
            secondaryKey for authMode Key; or authMode: None)
            b.yaml:1:7: kind: Pod (expected: OnlineEndpoint, OnlineDeployment or Secret)
            DIR: 2 problems
            """
                .replace("DIR", directory.toString()));
  }

  private int run(String... args) {
    return new Main(launcher, environment, new PrintWriter(out), new PrintWriter(err)).run(args);
  }

  private static final class FakeLauncher implements Launcher {
    final List<Settings> served = new ArrayList<>();
    final List<DemoSettings> demonstrated = new ArrayList<>();

    @Override
    public int serve(Settings settings) {
      served.add(settings);
      return 42;
    }

    @Override
    public int demo(DemoSettings settings) {
      demonstrated.add(settings);
      return 43;
    }
  }
}
