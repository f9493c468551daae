package io.fairlead.router.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.Soon;
import io.fairlead.router.Tools;
import io.fairlead.router.control.MirrorResult;
import io.fairlead.router.control.Phases;
import io.fairlead.router.control.ProbeResult;
import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.control.SampleScaling;
import io.fairlead.router.control.SpanCounts;
import io.fairlead.router.control.TokenKeysState;
import io.fairlead.router.dispatch.HedgeCounts;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.http.TraceContext;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.RouterError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PrometheusMetersTest {
  private static final long MILLI = 1_000_000;

  private final PrometheusMeters meters = new PrometheusMeters(2);
  private final RequestRecorder loop = meters.newRecorder();
  private final RequestRecorder otherLoop = meters.newRecorder();
  private final SampleStatus status = new SampleStatus();

  @BeforeEach
  void register() {
    meters.register(1, "default", "echo", "");
    meters.register(2, "default", "echo", "blue");
  }

  @Test
  void addsUpWhatTheLoopsHaveCounted() throws IOException {
    answered(loop, 2, 200);
    answered(otherLoop, 2, 200);
    refused(otherLoop, 1, 401, RouterError.UNAUTHORIZED);
    refused(loop, 0, 404, RouterError.ENDPOINT_NOT_FOUND);
    assertThat(lines("fairlead_requests_total"))
        .containsExactlyInAnyOrder(
            "{code=\"200\",deployment=\"blue\",endpoint=\"echo\",reason=\"\"} 2.0",
            "{code=\"401\",deployment=\"\",endpoint=\"echo\",reason=\"unauthorized\"} 1.0",
            "{code=\"404\",deployment=\"\",endpoint=\"\",reason=\"endpoint_not_found\"} 1.0");
  }

  @Test
  void countsACallerWhoLeftBeforeAStatus() throws IOException {
    loop.finished(2, 0, null, 7 * MILLI, 0, 0, 0);
    assertThat(lines("fairlead_requests_total"))
        .containsExactly("{code=\"none\",deployment=\"blue\",endpoint=\"echo\",reason=\"\"} 1.0");
    assertThat(lines("fairlead_request_duration_seconds_count"))
        .containsExactly("{code_class=\"none\",deployment=\"blue\",endpoint=\"echo\"} 1");
  }

  @Test
  void splitsARequestsTimeIntoItsPhases() throws IOException {
    loop.finished(2, 200, null, 40 * MILLI, 4 * MILLI, 5 * MILLI, 30 * MILLI);
    String blue = "{code_class=\"2xx\",deployment=\"blue\",endpoint=\"echo\"} ";
    assertThat(lines("fairlead_request_duration_seconds_sum")).containsExactly(blue + "0.04");
    assertThat(lines("fairlead_queue_duration_seconds_sum")).containsExactly(blue + "0.004");
    assertThat(lines("fairlead_upstream_duration_seconds_sum")).containsExactly(blue + "0.03");
    assertThat(lines("fairlead_overhead_seconds_sum")).containsExactly(blue + "0.001");
    assertThat(lines("fairlead_overhead_seconds_bucket"))
        .contains(
            "{code_class=\"2xx\",deployment=\"blue\",endpoint=\"echo\",le=\"7.5E-4\"} 0",
            "{code_class=\"2xx\",deployment=\"blue\",endpoint=\"echo\",le=\"0.001\"} 1",
            "{code_class=\"2xx\",deployment=\"blue\",endpoint=\"echo\",le=\"+Inf\"} 1");
  }

  @Test
  void queueAndModelAreNotMadeToLookFastByRequestsThatNeverCameThere() throws IOException {
    refused(loop, 2, 413, RouterError.PAYLOAD_TOO_LARGE);
    loop.finished(2, 503, RouterError.QUEUE_TIMEOUT, 501 * MILLI, 500 * MILLI, 0, 0);
    assertThat(lines("fairlead_queue_duration_seconds_count"))
        .containsExactly("{code_class=\"5xx\",deployment=\"blue\",endpoint=\"echo\"} 1");
    assertThat(lines("fairlead_upstream_duration_seconds_count")).isEmpty();
    assertThat(lines("fairlead_overhead_seconds_count")).isEmpty();
  }

  /** One in each bucket of the duration that a request with a span fell into, the last of it. */
  @Test
  void requestsWithASpanAreExemplarsInOpenMetrics() throws IOException {
    traced(loop, 1, 40 * MILLI);
    traced(loop, 2, 40 * MILLI);
    traced(otherLoop, 3, 4_000 * MILLI);
    String text = scrape("application/openmetrics-text;version=1.0.0");
    String blue = "_bucket{code_class=\"2xx\",deployment=\"blue\",endpoint=\"echo\",le=";
    String second = " # {span_id=\"0000000000000002\",trace_id=\"" + trace(2) + "\"} ";
    String third = " # {span_id=\"0000000000000003\",trace_id=\"" + trace(3) + "\"} ";
    assertThat(text.lines())
        .contains(
            "fairlead_request_duration_seconds" + blue + "\"0.05\"} 2" + second + "0.04",
            "fairlead_request_duration_seconds" + blue + "\"5.0\"} 3" + third + "4.0",
            "fairlead_queue_duration_seconds" + blue + "\"0.0025\"} 3" + second + "0.002",
            "fairlead_upstream_duration_seconds" + blue + "\"5.0\"} 3" + third + "3.997")
        .noneMatch(line -> line.contains(trace(1)));
    assertThat(scrape("text/plain")).doesNotContain("trace_id");
  }

  private static String trace(int number) {
    return "0".repeat(31) + number;
  }

  /** A request that waited 2 ms for a slot and took 1 ms of the router's own. */
  private static void traced(RequestRecorder recorder, int number, long totalNanos) {
    var phases = new Phases();
    phases.clear();
    phases.start(0);
    phases.received(MILLI, false, true);
    phases.granted(3 * MILLI);
    phases.connected(3 * MILLI);
    phases.attempted(totalNanos);
    phases.end(totalNanos);
    var span = new TraceContext();
    span.root(0, number, number);
    recorder.finished(2, 200, null, totalNanos, 2 * MILLI, 0, phases.upstreamNanos());
    recorder.traced(2, 200, phases, span);
  }

  @Test
  void seriesOfARetiredTargetGoAwayAndDoNotComeBack() throws IOException {
    answered(loop, 2, 200);
    meters.retire(2);
    answered(loop, 2, 200);
    answered(loop, 99, 200);
    assertThat(lines("fairlead_requests_total")).isEmpty();
    assertThat(lines("fairlead_request_duration_seconds_count")).isEmpty();

    meters.register(2, "default", "echo", "green");
    answered(otherLoop, 2, 200);
    assertThat(lines("fairlead_requests_total"))
        .containsExactly("{code=\"200\",deployment=\"green\",endpoint=\"echo\",reason=\"\"} 1.0");
  }

  @Test
  void oneNameInTwoNamespacesIsCountedTogether() throws IOException {
    meters.register(3, "other", "echo", "blue");
    answered(loop, 2, 200);
    answered(loop, 3, 200);
    assertThat(lines("fairlead_requests_total"))
        .containsExactly("{code=\"200\",deployment=\"blue\",endpoint=\"echo\",reason=\"\"} 2.0");
    assertThat(lines("fairlead_request_duration_seconds_count"))
        .containsExactly("{code_class=\"2xx\",deployment=\"blue\",endpoint=\"echo\"} 2");
  }

  @Test
  void streamsAreCountedByTarget() throws IOException {
    loop.streaming(2, 30 * MILLI);
    loop.events(2, 1, -1);
    otherLoop.streaming(2, 40 * MILLI);
    otherLoop.events(2, 3, 20 * MILLI);
    String blue = "{deployment=\"blue\",endpoint=\"echo\"} ";
    assertThat(lines("fairlead_time_to_first_byte_seconds_sum")).containsExactly(blue + "0.07");
    assertThat(lines("fairlead_stream_events_total")).containsExactly(blue + "4.0");
    assertThat(lines("fairlead_stream_event_gap_seconds_count")).containsExactly(blue + "3");
    assertThat(lines("fairlead_stream_event_gap_seconds_sum")).containsExactly(blue + "0.02");
  }

  @Test
  void copiesAreCountedApartFromRequests() throws IOException {
    loop.mirrored(2, MirrorResult.SUCCESS);
    otherLoop.mirrored(2, MirrorResult.SUCCESS);
    loop.mirrored(2, MirrorResult.NO_SLOT);
    loop.mirrored(99, MirrorResult.FAILED);
    loop.compared(2, true, true);
    loop.compared(2, false, false);
    String blue = "{deployment=\"blue\",endpoint=\"echo\",";
    assertThat(lines("fairlead_mirror_total"))
        .containsExactlyInAnyOrder(blue + "result=\"2xx\"} 2.0", blue + "result=\"no_slot\"} 1.0");
    assertThat(lines("fairlead_mirror_compared_total"))
        .contains(
            blue + "latency=\"slower\",status=\"same\"} 1.0",
            blue + "latency=\"faster\",status=\"different\"} 1.0");
    assertThat(lines("fairlead_requests_total")).isEmpty();
  }

  @Test
  void probesAreCountedApartFromRequests() throws IOException {
    loop.probed(2, ProbeResult.WELL);
    otherLoop.probed(2, ProbeResult.WELL);
    loop.probed(2, ProbeResult.FAILED);
    loop.probed(99, ProbeResult.UNWELL);
    String blue = "{deployment=\"blue\",endpoint=\"echo\",";
    assertThat(lines("fairlead_probes_total"))
        .containsExactlyInAnyOrder(
            blue + "result=\"well\"} 2.0",
            blue + "result=\"unwell\"} 0.0",
            blue + "result=\"failed\"} 1.0");
    assertThat(lines("fairlead_requests_total")).isEmpty();
  }

  @Test
  void saysHowShortTheRouterIsOfWhat() throws IOException {
    observe();
    assertThat(lines("fairlead_overload_stage")).containsExactly(" 1.0");
    assertThat(lines("fairlead_overload_ratio")).containsExactly("{resource=\"heap\"} 0.93");
  }

  @Test
  void saysWhoLeads() throws IOException {
    observe();
    assertThat(lines("fairlead_leader")).containsExactly(" 1.0");
    assertThat(lines("fairlead_leader_transitions_total")).containsExactly(" 5.0");
  }

  @Test
  void saysHowSlotsAreShared() throws IOException {
    meters.observeFleet(new SampleStatus()::fleet);
    assertThat(lines("fairlead_peers_connected")).containsExactly(" 2.0");
    assertThat(lines("fairlead_coordinator_connected")).containsExactly(" 0.0");
    assertThat(lines("fairlead_coordinator_lost_seconds")).containsExactly(" 1.5");
    assertThat(lines("fairlead_lease_slots")).containsExactly(" 4.0");
    assertThat(lines("fairlead_lease_slots_in_doubt")).containsExactly(" 3.0");
    assertThat(lines("fairlead_lease_reports_total")).containsExactly(" 17.0");
    assertThat(lines("fairlead_lease_grants_total")).containsExactly(" 16.0");
    assertThat(lines("fairlead_lease_refusals_total")).containsExactly("{reason=\"epoch\"} 1.0");
    assertThat(lines("fairlead_peer_cuts_total")).containsExactly("{reason=\"flood\"} 2.0");
  }

  @Test
  void saysNothingOfOtherRoutersWhereThereAreNone() throws IOException {
    meters.observeFleet(() -> null);
    assertThat(lines("fairlead_peers_connected")).isEmpty();
  }

  @Test
  void openConnectionsAreThoseNotClosed() throws IOException {
    loop.count(ProxyEvent.CONNECTION_ACCEPTED);
    loop.count(ProxyEvent.CONNECTION_ACCEPTED);
    otherLoop.count(ProxyEvent.CONNECTION_ACCEPTED);
    loop.count(ProxyEvent.CONNECTION_CLOSED);
    assertThat(lines("fairlead_connections_open")).containsExactly(" 2.0");
    assertThat(lines("fairlead_connections_accepted_total")).containsExactly(" 3.0");
  }

  @Test
  @SuppressWarnings("EnumOrdinal") // a different number for each
  void everyEventHasACounterOfItsOwn() throws IOException {
    for (ProxyEvent event : ProxyEvent.values()) {
      for (int i = 0; i <= event.ordinal(); i++) {
        loop.count(event);
      }
    }
    for (ProxyEvent event : ProxyEvent.values()) {
      assertThat(lines(Meter.of(event).scraped()))
          .as(event.name())
          .containsExactly(" " + (event.ordinal() + 1) + ".0");
    }
  }

  @Test
  void reloadsAreCountedByResult() throws IOException {
    meters.reloaded("manifest", true);
    meters.reloaded("manifest", true);
    meters.reloaded("certificate", false);
    assertThat(lines("fairlead_reloads_total"))
        .containsExactlyInAnyOrder(
            "{result=\"accepted\",what=\"manifest\"} 2.0",
            "{result=\"rejected\",what=\"manifest\"} 0.0",
            "{result=\"accepted\",what=\"certificate\"} 0.0",
            "{result=\"rejected\",what=\"certificate\"} 1.0");
  }

  @Test
  void gaugesFollowTheDispatchers() throws IOException {
    observe();
    status.serve("default", "echo", "blue", new Load(1, 3, 5, 8, 4, 2, 1, 0));
    assertThat(lines("fairlead_requests_in_flight"))
        .containsExactly("{deployment=\"blue\",endpoint=\"echo\"} 3.0");
    assertThat(lines("fairlead_requests_queued"))
        .containsExactly("{deployment=\"blue\",endpoint=\"echo\"} 5.0");
    assertThat(lines("fairlead_replicas"))
        .containsExactlyInAnyOrder(
            "{deployment=\"blue\",endpoint=\"echo\",state=\"ready\"} 4.0",
            "{deployment=\"blue\",endpoint=\"echo\",state=\"ejected\"} 2.0",
            "{deployment=\"blue\",endpoint=\"echo\",state=\"draining\"} 1.0");
    assertThat(lines("fairlead_uptime_seconds")).containsExactly(" 90.0");
    assertThat(lines("fairlead_direct_memory_bytes")).containsExactly(" 4096.0");
  }

  @Test
  void hedgesAreCountedByWhatBecameOfThem() throws IOException {
    observe();
    status.serve(
        new DeploymentKey("default", "echo", "blue"),
        new Load(1, 0, 0, 1, 1, 0, 0, 0),
        new HedgeCounts(4, 3, 2, 1));
    assertThat(lines("fairlead_hedges_total"))
        .containsExactlyInAnyOrder(
            "{deployment=\"blue\",endpoint=\"echo\",result=\"won\"} 4.0",
            "{deployment=\"blue\",endpoint=\"echo\",result=\"lost\"} 3.0",
            "{deployment=\"blue\",endpoint=\"echo\",result=\"failed\"} 2.0",
            "{deployment=\"blue\",endpoint=\"echo\",result=\"abandoned\"} 1.0");
  }

  @Test
  void formatFollowsAccept() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(meters.scrape(out, null)).startsWith("text/plain; version=0.0.4");
    assertThat(meters.scrape(out, "*/*")).startsWith("text/plain; version=0.0.4");
    out.reset();
    assertThat(meters.scrape(out, "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"))
        .startsWith("application/openmetrics-text; version=1.0.0");
    assertThat(out.toString(UTF_8)).endsWith("# EOF\n");
    assertThat(
            meters.scrape(
                OutputStream.nullOutputStream(),
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
                    + "encoding=delimited"))
        .startsWith("application/vnd.google.protobuf");
  }

  @Test
  void whatIsScrapedIsTheTable() throws IOException {
    fillAll();
    Set<String> scraped = new TreeSet<>();
    scrape(null)
        .lines()
        .filter(line -> line.startsWith("# HELP "))
        .forEach(line -> scraped.add(line.split(" ", 4)[2]));
    Set<String> table = new TreeSet<>();
    Stream.of(Meter.values()).forEach(meter -> table.add(meter.scraped()));
    assertThat(scraped).isEqualTo(table);
  }

  @Test
  void promtoolFindsNothingToComplainAbout() throws IOException, InterruptedException {
    String promtool = Tools.require("promtool").toString();
    fillAll();
    Process check =
        new ProcessBuilder(promtool, "check", "metrics").redirectErrorStream(true).start();
    try (OutputStream in = check.getOutputStream()) {
      in.write(scrape(null).getBytes(UTF_8));
    }
    assertThat(new String(check.getInputStream().readAllBytes(), UTF_8)).isEmpty();
    assertThat(check.waitFor(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    assertThat(check.exitValue()).isZero();
  }

  @Test
  void countingAllocatesNothingOnTheSteadyPath() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    answered(loop, 2, 200);
    refused(loop, 1, 401, RouterError.UNAUTHORIZED);
    threads.getCurrentThreadAllocatedBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      answered(loop, 2, 200);
      refused(loop, 1, 401, RouterError.UNAUTHORIZED);
      loop.count(ProxyEvent.UPSTREAM_REUSED);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000);
  }

  @Test
  void tellsHowDeploymentsAreScaled() throws IOException {
    meters.observeSpans(() -> new SpanCounts(1, 2, 3));
    meters.observeScaling(SampleScaling.busy(true));

    String blue = "{deployment=\"blue\",endpoint=\"echo\"";
    assertThat(lines("fairlead_autoscale_desired_replicas")).containsExactly(blue + "} 7.0");
    assertThat(lines("fairlead_autoscale_ordered_replicas")).containsExactly(blue + "} 3.0");
    assertThat(scrape(null))
        .contains("fairlead_autoscale_changes_total{deployment=\"blue\",direction=\"up\"")
        .contains("fairlead_autoscale_refused_total" + blue + ",reason=\"forbidden\"} 9.0");
  }

  @Test
  void aRouterThatDoesNotLeadTellsNoDesiredReplicas() throws IOException {
    meters.observeScaling(SampleScaling.busy(false));

    assertThat(lines("fairlead_autoscale_desired_replicas")).isEmpty();
    assertThat(lines("fairlead_autoscale_refused_total")).hasSize(1);
  }

  @Test
  void refusesMoreRecordersThanLoops() {
    assertThatThrownBy(meters::newRecorder).hasMessageContaining("expected: one for each of 2");
  }

  private void fillAll() {
    observe();
    meters.observeTokenKeys(() -> List.of(new TokenKeysState("echo", 2, 60)));
    meters.observeSpans(() -> new SpanCounts(1, 2, 3));
    meters.observeScaling(SampleScaling.busy(true));
    meters.observeFleet(status::fleet);
    status.serve("default", "echo", "blue", new Load(1, 0, 0, 1, 1, 0, 0, 0));
    answered(loop, 2, 200);
    answered(otherLoop, 2, 503);
    refused(loop, 0, 404, RouterError.ENDPOINT_NOT_FOUND);
    meters.reloaded("manifest", true);
    loop.streaming(2, MILLI);
    loop.events(2, 2, MILLI);
    loop.mirrored(2, MirrorResult.SUCCESS);
    loop.compared(2, true, false);
    loop.probed(2, ProbeResult.WELL);
  }

  private void observe() {
    meters.observe(status, InstantSource.fixed(SampleStatus.STARTED.plusSeconds(90)), () -> 4_096);
  }

  private static void answered(RequestRecorder recorder, int ordinal, int code) {
    recorder.finished(ordinal, code, null, 25 * MILLI, 3 * MILLI, MILLI, 20 * MILLI);
  }

  private static void refused(RequestRecorder recorder, int ordinal, int code, RouterError error) {
    recorder.finished(ordinal, code, error, MILLI / 10, 0, 0, 0);
  }

  private String scrape(@Nullable String accept) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    meters.scrape(out, accept);
    return out.toString(UTF_8);
  }

  /** Returns what follows {@code name} on each of its lines. */
  private List<String> lines(String name) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : scrape(null).split("\n", -1)) {
      if (line.startsWith(name + "{") || line.startsWith(name + " ")) {
        lines.add(line.substring(name.length()));
      }
    }
    return lines;
  }
}
