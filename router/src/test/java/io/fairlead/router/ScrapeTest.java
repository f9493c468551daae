package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.chart.MonitoringQueries;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a running program tells Prometheus, after traffic of several kinds. */
@Timeout(120)
class ScrapeTest {
  /** What dashboards rely on, of the parts that this version has. */
  private static final List<String> PROMISED =
      List.of(
          "fairlead_requests_total",
          "fairlead_request_duration_seconds",
          "fairlead_queue_duration_seconds",
          "fairlead_upstream_duration_seconds",
          "fairlead_overhead_seconds",
          "fairlead_requests_in_flight",
          "fairlead_requests_queued",
          "fairlead_replicas",
          "fairlead_slots_leaked_total",
          "fairlead_reloads_total",
          "fairlead_build_info");

  /**
   * Of what the dashboard and the alerts ask for, what only TLS, tokens, mirrors or streams have.
   */
  private static final List<String> NOT_HERE =
      List.of(
          "fairlead_autoscale_desired_replicas",
          "fairlead_autoscale_ordered_replicas",
          "fairlead_autoscale_refused_total",
          "fairlead_coordinator_connected",
          "fairlead_kubernetes_conditions",
          "fairlead_kubernetes_last_event_age_seconds",
          "fairlead_lease_slots",
          "fairlead_lease_slots_in_doubt",
          "fairlead_mirror_total",
          "fairlead_stream_event_gap_seconds",
          "fairlead_time_to_first_byte_seconds",
          "fairlead_tls_certificate_not_after_timestamp_seconds",
          "fairlead_token_keys_age_seconds");

  @TempDir Path manifests;

  @Test
  void everyPromisedMetricIsThereAndPromtoolFindsNoFault() throws Exception {
    Path promtool = Tools.require("promtool");
    final String scrape;
    try (var model = StubModel.start("one")) {
      new ManifestFile(manifests).writeOne(model);
      try (var router = RouterProcess.serve(manifests);
          var caller = new Caller(router)) {
        assertThat(caller.score("{}").statusCode()).isEqualTo(200);
        model.stop();
        assertThat(caller.score("{}").statusCode()).isEqualTo(502);
        scrape = caller.admin("/metrics").body();
      }
    }

    assertThat(PROMISED).allSatisfy(name -> assertThat(scrape).contains("# TYPE " + name + " "));
    assertThat(scrape)
        .contains(
            "fairlead_requests_total{code=\"200\",deployment=\"blue\",endpoint=\"echo\",reason=\"\"}"
                + " 1",
            "reason=\"upstream_connect_failed\"} 1",
            "fairlead_replicas{deployment=\"blue\",endpoint=\"echo\",state=\"ready\"} 1");
    assertThat(MonitoringQueries.metrics())
        .filteredOn(name -> !scrape.contains("# TYPE " + name + " "))
        .containsExactlyElementsOf(NOT_HERE);
    assertThat(check(promtool, scrape)).isEmpty();
  }

  private static String check(Path promtool, String scrape) throws Exception {
    Process process =
        new ProcessBuilder(promtool.toString(), "check", "metrics")
            .redirectErrorStream(true)
            .start();
    try (var in = process.getOutputStream()) {
      in.write(scrape.getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    return process.exitValue() == 0 ? said : said + "exit " + process.exitValue();
  }
}
