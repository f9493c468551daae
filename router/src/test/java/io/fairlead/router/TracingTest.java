package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.tracing.OtlpReceiver;
import io.fairlead.router.tracing.OtlpReceiver.Received;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Traces of a running program, and what it costs to have none. */
@Timeout(120)
class TracingTest {
  @TempDir Path manifests;
  @TempDir Path logs;

  @Test
  void requestsReachTheCollector() throws Exception {
    try (var collector = new OtlpReceiver();
        var model = StubModel.start("one")) {
      new ManifestFile(manifests).writeOne(model);
      String endpoint = collector.endpoint().toString();
      try (var router =
              RouterProcess.serve(manifests, "--otlp-endpoint", endpoint, "--trace-sample", "1");
          var caller = new Caller(router)) {
        assertThat(caller.score("{}").statusCode()).isEqualTo(200);
        Received span = collector.takeRequest();
        assertThat(span.name()).isEqualTo("POST echo");
        assertThat(span.attributes()).containsEntry("fairlead.deployment", "blue");
        String exported = "fairlead_traced_requests_total{result=\"exported\"}";
        await().atMost(Soon.PATIENCE).until(() -> caller.metric(exported) == 1);
        assertThat(caller.score("{}").statusCode()).isEqualTo(200);
        router.signal("TERM");
        assertThat(router.awaitEnd().code()).isZero();
      }
      assertThat(collector.takeRequest().name()).as("what was left").isEqualTo("POST echo");
    }
  }

  /** A start is to take 400 ms, and these would be hundreds of classes. */
  @Test
  void withoutACollectorNothingOfOpenTelemetryIsLoaded() throws Exception {
    Path loaded = logs.resolve("loaded");
    new ManifestFile(manifests)
        .write(new ManifestFile.Share("blue", 100, List.of("127.0.0.1:5001")));
    try (var router =
            RouterProcess.startWith(
                List.of("-Xlog:class+load:file=" + loaded),
                "serve",
                "--manifests",
                manifests.toString(),
                "--http",
                "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0");
        var caller = new Caller(router)) {
      caller.score("{}");
      caller.admin("/metrics");
      router.signal("TERM");
      router.awaitEnd();
    }
    List<String> lines = Files.readAllLines(loaded);
    assertThat(lines).anyMatch(line -> line.contains("io.fairlead.router.Journals"));
    assertThat(lines).noneMatch(line -> line.contains("opentelemetry"));
  }
}
