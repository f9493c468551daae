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
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
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

  private static final String GUARDED_SCORE = "/api/v1/endpoint/guarded/score";
  private static final String KEY = "Bearer primary-key-0123456789";

  @TempDir static Path directory;
  private static Process models;
  private static RouterProcess router;
  private static RouterProcess managed;
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
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
    Files.writeString(
        manifests.resolve("guarded.yaml"), guarded(addresses.getFirst(), addresses.getLast()));
    router = RouterProcess.serve(manifests);
    managed = RouterProcess.serve(manifests, "--error-profile", "managed");
    caller = new Caller(router);
  }

  /** Returns an endpoint with everything between a caller and its model. */
  private static String guarded(String model, String mirror) {
    return """
    apiVersion: fairlead.dev/v1alpha1
    kind: OnlineEndpoint
    metadata: {name: guarded}
    spec:
      authSecretRef: {name: guarded-keys}
      traffic: {blue: 100}
      mirrorTraffic: {shadow: 50}
      cors: {origins: ["https://page.test"], methods: [POST], headers: [authorization]}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: guarded-keys}
    stringData: {primaryKey: primary-key-0123456789, secondaryKey: secondary-key-0123456789}
    ---
    apiVersion: fairlead.dev/v1alpha1
    kind: OnlineDeployment
    metadata: {name: guarded-blue}
    spec: {name: blue, endpointName: guarded, addresses: ["%s"]}
    ---
    apiVersion: fairlead.dev/v1alpha1
    kind: OnlineDeployment
    metadata: {name: guarded-shadow}
    spec: {name: shadow, endpointName: guarded, addresses: ["%s"]}
    """
        .formatted(model, mirror);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (caller != null) {
      caller.close();
      router.close();
      managed.close();
      CLIENT.close();
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
    URI stream = URI.create("http://127.0.0.1:" + router.port("http") + Caller.SCORE + "?stream=8");
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
        // The model pauses half a second after each event: held back, all come at once.
        assertThat(Duration.ofNanos(restTook)).isGreaterThan(Duration.ofMillis(900));
      }
    }
  }

  /** Asks {@code at}; {@code headers} are names and values in turn. */
  private static HttpResponse<String> ask(
      RouterProcess at, String method, String path, String body, String... headers)
      throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.port("http") + path))
            .timeout(Duration.ofMinutes(1))
            .header("content-type", "application/json")
            .headers(headers)
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> score(RouterProcess at, String body, String... more)
      throws Exception {
    List<String> headers = new ArrayList<>(List.of("x-test", "1"));
    headers.addAll(List.of(more));
    return ask(at, "POST", Caller.SCORE, body, headers.toArray(String[]::new));
  }

  private static String field(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  @Test
  void onlyAGoodKeyReachesIt() throws Exception {
    String other = "Bearer another-key-0123456789";
    var refused = ask(router, "POST", GUARDED_SCORE, "{}", "authorization", other);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(field(refused, "x-fairlead-reason")).isEqualTo("unauthorized");
    for (String key : List.of(KEY, "Bearer secondary-key-0123456789")) {
      var answer = ask(router, "POST", GUARDED_SCORE, "{\"a\": 1}", "authorization", key);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("\"echo\": {\"a\": 1}");
    }
  }

  @Test
  void pagesOfTheListMayCallIt() throws Exception {
    String[] preflight = {"origin", "https://page.test", "access-control-request-method", "POST"};
    var allowed = ask(router, "OPTIONS", GUARDED_SCORE, "", preflight);
    assertThat(allowed.statusCode()).isEqualTo(204);
    assertThat(field(allowed, "access-control-allow-origin")).isEqualTo("https://page.test");
    String[] called = {"origin", "https://page.test", "authorization", KEY};
    var answer = ask(router, "POST", GUARDED_SCORE, "{}", called);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(field(answer, "access-control-allow-origin")).isEqualTo("https://page.test");
  }

  @Test
  void whatItAnswersAsAMirrorIsForNobody() throws Exception {
    for (int i = 0; i < 40; i++) {
      var answer = ask(router, "POST", GUARDED_SCORE, "{}", "authorization", KEY);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(field(answer, "azureml-model-deployment")).isEqualTo("blue");
    }
    String copies =
        "fairlead_mirror_total{deployment=\"shadow\",endpoint=\"guarded\",result=\"2xx\"}";
    await().atMost(Duration.ofMinutes(1)).until(() -> caller.metric(copies) > 0);
  }

  /** It cannot be stopped: the slot stays taken until it has answered, and then it serves on. */
  @Test
  void aDeadlineEndsTheWaitAndTheModelServesOn() throws Exception {
    var late = score(router, "{\"sleep\": 1}", "x-request-timeout-ms", "300");
    assertThat(late.statusCode()).isEqualTo(504);
    assertThat(field(late, "x-fairlead-reason")).isEqualTo("request_timeout");
    var lateManaged = score(managed, "{\"sleep\": 1}", "x-request-timeout-ms", "300");
    assertThat(lateManaged.statusCode()).isEqualTo(408);
    for (int i = 0; i < 10; i++) {
      assertThat(score(router, "{}").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aStatusOfTheScriptIsPassedOnOrTranslated() throws Exception {
    for (int status : new int[] {418, 503}) {
      String body = "{\"status\": " + status + "}";
      var passed = score(router, body);
      assertThat(passed.statusCode()).isEqualTo(status);
      var translated = score(managed, body);
      assertThat(translated.statusCode()).isEqualTo(424);
      for (var answer : List.of(passed, translated)) {
        assertThat(answer.body()).contains("\"echo\": " + body);
        assertThat(field(answer, "x-model")).isEqualTo("yes");
        assertThat(field(answer, "ms-azureml-model-error-statuscode")).isEqualTo("" + status);
        assertThat(field(answer, "x-fairlead-reason")).isEmpty();
      }
    }
  }

  /** Its worker ends without a byte of response, and another takes its place. */
  @Test
  void aWorkerThatDiesIsABadGateway() throws Exception {
    var answer = score(router, "{\"exit\": 1}");
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(field(answer, "x-fairlead-reason")).isEqualTo("upstream_reset");
    await().atMost(Duration.ofMinutes(1)).until(() -> score(router, "{}").statusCode() == 200);
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
