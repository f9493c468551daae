package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.ManifestFile.Share;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The model server of AzureML's own images behind the router. It takes one request at a time and
 * closes each connection after its answer.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class RealModelServerTest {
  private static final int REPLICAS = 2;
  private static final int CALLERS = 4;
  private static final int CALLS = 400;
  // The first start on a machine installs the server.
  private static final Duration SETUP = Duration.ofMinutes(10);

  @TempDir static Path directory;
  private static Process models;
  private static RouterProcess router;
  private static Caller caller;

  @BeforeAll
  static void start() throws Exception {
    Tools.require("python3");
    int first = freePorts();
    Path log = directory.resolve("model-server.log");
    models =
        new ProcessBuilder(script().toString(), "--replicas", "" + REPLICAS, "--port", "" + first)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    await("model servers; see " + log)
        .atMost(SETUP)
        .until(() -> readyLines(log) == REPLICAS || !models.isAlive());
    assertThat(models.isAlive()).as(Files.readString(log)).isTrue();
    Path manifests = Files.createDirectory(directory.resolve("manifests"));
    List<String> addresses =
        IntStream.range(first, first + REPLICAS).mapToObj(port -> "127.0.0.1:" + port).toList();
    new ManifestFile(manifests).write(new Share("blue", 100, addresses));
    router = RouterProcess.serve(manifests);
    caller = new Caller(router);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (caller != null) {
      caller.close();
      router.close();
    }
    if (models != null) {
      models.destroy(); // SIGTERM: it stops its replicas
      assertThat(models.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void answersEveryCallOfMoreCallersThanSlots() throws Exception {
    try (var threads = Executors.newFixedThreadPool(CALLERS)) {
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        String body = "{\"number\": " + i + "}";
        calls.add(
            () -> {
              var answer = caller.score(body);
              boolean isOurs = answer.body().contains("\"echo\": " + body);
              return answer.statusCode() == 200 && isOurs ? "" : answer + answer.body();
            });
      }
      for (Future<String> wrong : threads.invokeAll(calls)) {
        assertThat(wrong.get()).isEmpty();
      }
    }
  }

  @Test
  void scriptThatRaisesIsPassedThroughAndNamed() throws Exception {
    var answer = caller.score("{\"raise\": 1}");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.headers().firstValue("x-ms-run-function-failed")).hasValue("True");
    assertThat(answer.headers().firstValue("ms-azureml-model-error-statuscode")).hasValue("500");
    assertThat(answer.headers().firstValue("ms-azureml-model-error-reason")).isPresent();
    assertThat(answer.headers().firstValue("x-fairlead-reason")).isNotPresent();
    assertThat(answer.body()).contains("An unexpected error occurred in scoring script");
  }

  @Test
  void streamedAnswerArrivesEventByEvent() throws Exception {
    URI stream = URI.create("http://127.0.0.1:" + router.port("http") + Caller.SCORE + "?stream=3");
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(stream).timeout(Duration.ofMinutes(1)).build();
      long began = System.nanoTime();
      var answer = client.send(request, BodyHandlers.ofInputStream());
      try (InputStream events = answer.body()) {
        String first = new String(events.readNBytes(7), StandardCharsets.US_ASCII);
        long firstAt = System.nanoTime() - began;
        String rest = new String(events.readAllBytes(), StandardCharsets.US_ASCII);
        long restTook = System.nanoTime() - began - firstAt;

        assertThat(first).isEqualTo("data: 0");
        assertThat(rest).contains("data: 1 ", "data: 2 ");
        // The model pauses half a second after each of three events: held back, all come at once.
        assertThat(Duration.ofNanos(restTook)).isGreaterThan(Duration.ofMillis(900));
      }
    }
  }

  private static Path script() {
    Path module = Path.of("").toAbsolutePath();
    Path here = module.resolve("dev/model-server");
    return Files.exists(here) ? here : module.resolveSibling("dev").resolve("model-server");
  }

  private static long readyLines(Path log) throws IOException {
    return Files.readAllLines(log).stream().filter(line -> line.startsWith("ready ")).count();
  }

  /** Returns the first of {@link #REPLICAS} ports in a row that were free a moment ago. */
  private static int freePorts() {
    return IntStream.iterate(15_101, first -> first + REPLICAS)
        .limit(400)
        .filter(first -> isFree(first) && isFree(first + 1))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no two free ports in a row from 15101 to 15900"));
  }

  private static boolean isFree(int port) {
    try (var probe = new ServerSocket(port)) {
      return probe.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
