package io.fairlead.router.tracing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.Soon;
import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.control.RequestObserver;
import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.control.SpanCounts;
import io.fairlead.router.http.TraceContext;
import io.fairlead.router.journal.SampleFacts;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.tracing.OtlpReceiver.Received;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TraceExportTest {
  private static final Instant NOW = Instant.parse("2027-01-15T08:00:00.000000500Z");
  private static final long NOW_NANOS = NOW.getEpochSecond() * 1_000_000_000L + NOW.getNano();

  private final OtlpReceiver collector;
  private final TraceExport export;
  private final RequestObserver observer;

  TraceExportTest() throws Exception {
    collector = new OtlpReceiver();
    export =
        new TraceExport(
            collector.endpoint().resolve("/v1/traces"),
            "1.2.3",
            InstantSource.fixed(NOW),
            new SplittableRandom(1));
    observer = export.newObserver(new NoRecorder());
  }

  @AfterEach
  void close() {
    export.close();
    collector.close();
  }

  private void start() {
    Thread.ofVirtual().start(export);
  }

  private static SampleFacts facts() {
    var facts = new SampleFacts(5_000_000);
    facts.span = new TraceContext();
    facts.span.root(0x0102030405060708L, 0x090a0b0c0d0e0f10L, 0x1112131415161718L);
    return facts;
  }

  @Test
  void exportsARequestByTheConventionsOfHttpServers() throws Exception {
    start();
    observer.ended(facts());
    Received span = collector.take();
    assertThat(span.name()).isEqualTo("POST echo");
    assertThat(span.traceId()).isEqualTo("0102030405060708090a0b0c0d0e0f10");
    assertThat(span.spanId()).isEqualTo("1112131415161718");
    assertThat(span.parent()).isEmpty();
    assertThat(span.kind()).as("SERVER").isEqualTo(2);
    assertThat(span.endNanos()).isEqualTo(NOW_NANOS);
    assertThat(span.endNanos() - span.startNanos()).isEqualTo(1_000_000);
    assertThat(span.statusCode()).isZero();
    assertThat(span.resource())
        .containsEntry("service.name", "fairlead")
        .containsEntry("service.version", "1.2.3");
    assertThat(span.attributes())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("http.request.method", "POST"),
                Map.entry("http.response.status_code", "200"),
                Map.entry("http.request.body.size", "2"),
                Map.entry("http.response.body.size", "4"),
                Map.entry("url.path", "/api/v1/endpoint/echo/score"),
                Map.entry("url.scheme", "http"),
                Map.entry("network.protocol.name", "http"),
                Map.entry("network.protocol.version", "1.1"),
                Map.entry("fairlead.namespace", "default"),
                Map.entry("fairlead.endpoint", "echo"),
                Map.entry("fairlead.deployment", "blue"),
                Map.entry("fairlead.replica", "10.0.0.1:5001"),
                Map.entry("fairlead.attempts", "1"),
                Map.entry("fairlead.model_status", "200"),
                Map.entry("fairlead.request_id", "00000000-0000-4000-8000-000000000000")));
  }

  @Test
  void phasesAreSpansBelowIt() throws Exception {
    start();
    observer.ended(facts());
    Map<String, Received> spans = collector.take(5);
    assertThat(spans.keySet())
        .containsExactlyInAnyOrder("POST echo", "queue", "connect", "model", "relay");
    long start = NOW_NANOS - 1_000_000;
    assertPhase(spans, "queue", start, start + 100_000);
    assertPhase(spans, "connect", start + 100_000, start + 200_000);
    assertPhase(spans, "model", start + 200_000, start + 700_000);
    assertPhase(spans, "relay", start + 700_000, start + 900_000);
    assertThat(spans.values().stream().map(Received::spanId).distinct()).hasSize(5);
  }

  private static void assertPhase(Map<String, Received> spans, String name, long start, long end) {
    Received phase = requireNonNull(spans.get(name), name);
    assertThat(phase.parent()).isEqualTo("1112131415161718");
    assertThat(phase.traceId()).isEqualTo("0102030405060708090a0b0c0d0e0f10");
    assertThat(phase.kind()).as("INTERNAL").isEqualTo(1);
    assertThat(phase.startNanos()).as(name).isEqualTo(start);
    assertThat(phase.endNanos()).as(name).isEqualTo(end);
  }

  @Test
  void whatTheRouterRefusedHasItsReasonAndIsAnError() throws Exception {
    start();
    observer.ended(facts().refused(RouterError.QUEUE_TIMEOUT, 503));
    Received span = collector.take();
    assertThat(span.statusCode()).as("ERROR").isEqualTo(2);
    assertThat(span.attributes())
        .containsEntry("error.type", "queue_timeout")
        .containsEntry("fairlead.reason", "queue_timeout")
        .containsEntry("http.response.status_code", "503");
  }

  @Test
  void whatACallerDidWrongIsNoErrorOfTheServer() throws Exception {
    start();
    observer.ended(facts().refused(RouterError.UNAUTHORIZED, 401));
    Received span = collector.take();
    assertThat(span.statusCode()).isZero();
    assertThat(span.attributes())
        .containsEntry("fairlead.reason", "unauthorized")
        .doesNotContainKey("error.type");
  }

  @Test
  void nothingSecretIsExported() throws Exception {
    start();
    SampleFacts facts = facts();
    facts.request("POST", "/api/v1/endpoint/echo/score?key=hunter2");
    facts.field("authorization", "Bearer hunter2");
    observer.ended(facts);
    assertThat(collector.take().toString()).doesNotContain("hunter2").contains("echo/score");
  }

  @Test
  void whatHasNoSpanIsNotExported() {
    observer.ended(new SampleFacts(5_000_000));
    start();
    export.close();
    assertThat(export.counts()).isEqualTo(new SpanCounts(0, 0, 0));
  }

  /** Nobody takes anything: an event loop must not wait, nor memory grow. */
  @Test
  void whatFindsTooManyWaitingIsDroppedAndCounted() {
    for (int i = 0; i < TraceExport.MOST_WAITING + 3; i++) {
      observer.ended(facts());
    }
    assertThat(export.counts()).isEqualTo(new SpanCounts(0, 3, 0));
  }

  @Test
  void whatACollectorRefusesIsCounted() {
    collector.answers(400);
    start();
    observer.ended(facts());
    await().atMost(Soon.PATIENCE).until(() -> export.counts().failed() == 1);
    collector.answers(200);
    observer.ended(facts());
    await().atMost(Soon.PATIENCE).until(() -> export.counts().exported() == 1);
    assertThat(export.counts()).isEqualTo(new SpanCounts(1, 0, 1));
  }

  @Test
  void whatWaitsAtTheEndIsExported() throws Exception {
    for (int i = 0; i < 300; i++) {
      observer.ended(facts());
    }
    start();
    collector.take();
    export.close();
    assertThat(export.counts()).isEqualTo(new SpanCounts(300, 0, 0));
  }

  /** Nothing is counted on the loop. */
  private static final class NoRecorder implements RequestRecorder {
    @Override
    public void finished(
        int ordinal,
        int status,
        @Nullable RouterError error,
        long totalNanos,
        long queueNanos,
        long receiveNanos,
        long upstreamNanos) {}

    @Override
    public void count(ProxyEvent event) {}
  }
}
