package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where the access log of a router goes, and when. */
@Timeout(120)
class AccessLogFileTest {
  @TempDir Path manifests;
  @TempDir Path logs;

  @BeforeEach
  void writeManifest() throws Exception {
    new ManifestFile(manifests).write(new ManifestFile.Share("blue", 100, List.of()));
  }

  @Test
  void failuresAreInTheFileAndNothingElseOnStandardOutput() throws Exception {
    Path file = logs.resolve("access.log");
    try (var router = RouterProcess.serve(manifests, "--access-log", file.toString())) {
      String id = call(router).headers().firstValue("x-request-id").orElseThrow();
      await().atMost(Soon.PATIENCE).until(() -> Files.size(file) > 0);
      JsonNode line = JsonMapper.shared().readTree(Files.readAllLines(file).getFirst());
      assertThat(line.at("/xRequestId").asString()).isEqualTo(id);
      assertThat(line.at("/responseCode").asInt()).isEqualTo(503);
      assertThat(line.at("/reason").asString()).isEqualTo("model_not_ready");
      call(router);
      router.signal("TERM");
      assertThat(router.awaitEnd().out()).containsExactly(router.ready());
      assertThat(Files.readAllLines(file)).as("the last line is written at the end").hasSize(2);
    }
  }

  @Test
  void standardErrorHasThemUnlessToldOtherwise() throws Exception {
    try (var router = RouterProcess.serve(manifests)) {
      call(router);
      router.awaitLog("\"reason\":\"model_not_ready\"");
    }
    try (var router = RouterProcess.serve(manifests, "--access-log", "off")) {
      call(router);
      router.signal("TERM");
      assertThat(router.awaitEnd().err()).noneMatch(line -> line.startsWith("{"));
    }
  }

  @Test
  void fileThatCannotBeWrittenIsOneLineAndExitTwo() throws Exception {
    String file = logs.resolve("no/such.log").toString();
    try (var router = RouterProcess.serve(manifests, "--access-log", file)) {
      var ended = router.awaitEnd();
      assertThat(ended.code()).isEqualTo(2);
      assertThat(ServeTest.complaints(ended))
          .singleElement()
          .asString()
          .startsWith("fairlead: accessLog: " + file)
          .endsWith("(expected: a file to write to)");
    }
  }

  private static HttpResponse<String> call(RouterProcess router) throws Exception {
    URI score =
        URI.create("http://127.0.0.1:" + router.port("http") + "/api/v1/endpoint/echo/score");
    try (var client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(score).build(), BodyHandlers.ofString());
    }
  }
}
