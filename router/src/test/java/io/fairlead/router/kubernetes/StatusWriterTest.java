package io.fairlead.router.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.Soon;
import io.fairlead.router.resource.ClusterObject;
import io.fairlead.router.resource.Condition;
import io.fairlead.router.resource.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusWriterTest {
  private static final String ENDPOINT =
      "/apis/fairlead.dev/v1alpha1/namespaces/ml/onlineendpoints/echo/status";
  private static final String EVENTS = "/apis/events.k8s.io/v1/namespaces/ml/events";

  @TempDir Path directory;
  private final AtomicLong now = new AtomicLong();
  private final AtomicBoolean leads = new AtomicBoolean(true);
  private final AtomicInteger asked = new AtomicInteger(); // who leads: in each turn and report
  private int mostAsked = Integer.MAX_VALUE; // that may lead
  private FakeApiServer server;
  private ApiClient client;
  private @Nullable Thread thread;

  @BeforeEach
  void start() throws Exception {
    server = new FakeApiServer();
    client = server.client(directory);
    server.answer(ENDPOINT, 200, "{}");
    for (int i = 0; i < MANY; i++) {
      server.answer(ENDPOINT.replace("echo", "echo-" + i), 200, "{}");
    }
    server.answer(EVENTS, 201, "{}");
  }

  @AfterEach
  void stop() {
    if (thread != null) {
      thread.interrupt();
    }
    client.close();
    server.close();
  }

  @Test
  void aStatusAndItsNewsAreWritten() throws Exception {
    writer("https://m.example.com", null).tell(List.of(WantedStatusTest.endpoint("{}")));

    FakeApiServer.Write status = server.write();
    assertThat(status.method()).isEqualTo("PATCH");
    assertThat(status.path()).isEqualTo(ENDPOINT);
    assertThat(status.contentType()).isEqualTo("application/apply-patch+yaml");
    assertThat(status.body())
        .contains("\"scoringUri\":\"https://m.example.com/api/v1/endpoint/echo/score\"");
    FakeApiServer.Write event = server.write();
    assertThat(event.method() + event.path()).isEqualTo("POST" + EVENTS);
    assertThat(event.body())
        .contains("\"reason\":\"Ready\"", "\"type\":\"Normal\"", "\"reportingInstance\":\"pod-1\"")
        .contains("\"regarding\":{\"apiVersion\":\"fairlead.dev/v1alpha1\"");
  }

  @Test
  void whoDoesNotLeadWritesNothing() throws Exception {
    leads.set(false);
    StatusWriter writer = writer("https://m.example.com", null);
    writer.tell(List.of(WantedStatusTest.endpoint("{}")));
    await()
        .atMost(Soon.PATIENCE)
        .until(() -> thread != null && thread.getState() == Thread.State.TIMED_WAITING);
    assertThat(server.unexpectedWrites()).isEmpty();

    leads.set(true); // what was told is written then

    assertThat(server.write().path()).isEqualTo(ENDPOINT);
  }

  @Test
  void eachWriteAsksWhoLeads() throws Exception {
    mostAsked = 2; // for the turn, and for the first of five
    writer("https://m", null).tell(changing(1));

    assertThat(patched()).isNotEmpty();
    await().atMost(Soon.PATIENCE).until(() -> asked.get() > 3); // the fourth is of the next turn
    assertThat(server.unexpectedWrites())
        .extracting(FakeApiServer.Write::method)
        .doesNotContain("PATCH");
  }

  @Test
  void whatIsSaidAlreadyIsPassedBy() throws Exception {
    StatusWriter writer = writer("https://m", null);
    writer.tell(List.of(WantedStatusTest.endpoint("{}")));
    String said = status(server.write());
    server.write(); // its event
    look(writer, WantedStatusTest.endpoint(said));

    for (int i = 0; i < 2; i++) { // the second time it is not even worked out
      now.addAndGet(60_000_000_000L);
      look(writer, WantedStatusTest.endpoint(said));
    }
    assertThat(server.unexpectedWrites()).isEmpty();

    writer.tell(
        List.of(WantedStatusTest.endpoint(said, new Condition(Condition.Type.NO_TRAFFIC, "none"))));
    assertThat(server.write().body()).contains("NoTraffic");
  }

  @Test
  void aNumberOfReplicasIsWrittenOnceItRests() throws Exception {
    StatusWriter writer = writer("https://m", null);
    String said = saying(writer, 3);

    look(writer, counted(said, 2));
    now.addAndGet(1_000_000_000L);
    look(writer, counted(said, 1));
    now.addAndGet(1_000_000_000L);
    look(writer, counted(said, 1));
    assertThat(server.unexpectedWrites()).isEmpty();

    now.addAndGet(1_000_000_000L);
    writer.tell(List.of(counted(said, 1)));
    assertThat(server.write().body()).contains("\"readyReplicas\":1");
  }

  @Test
  void whatIsRightNowAndThenIsNotWritten() throws Exception {
    StatusWriter writer = writer("https://m", null);
    String said = saying(writer, 3);

    look(writer, counted(said, 2));
    look(writer, counted(said, 3));
    now.addAndGet(10_000_000_000L);
    look(writer, counted(said, 2));

    assertThat(server.unexpectedWrites()).isEmpty();
  }

  @Test
  void aWriteBeginsTheRestAnew() throws Exception {
    StatusWriter writer = writer("https://m", null);
    String said = saying(writer, 3);
    look(writer, counted(said, 2));
    now.addAndGet(10_000_000_000L);
    String next = status(server.write());

    now.addAndGet(3_000_000_000L);
    look(writer, counted(next, 1));

    assertThat(server.unexpectedWrites()).isEmpty();
  }

  /** Lets the status be written and seen, and some time pass; returns what it says. */
  private String saying(StatusWriter writer, int ready) throws Exception {
    writer.tell(List.of(counted("{}", ready)));
    String said = status(server.write());
    server.write(); // its event
    look(writer, counted(said, ready));
    now.addAndGet(60_000_000_000L);
    return said;
  }

  private static String status(FakeApiServer.Write write) throws IOException {
    return JsonTree.read(write.body().getBytes(UTF_8)).path("status").toString();
  }

  /** Returns once it has been dealt with. */
  private void look(StatusWriter writer, Report report) {
    int before = asked.get();
    writer.tell(List.of(report));
    await().atMost(Soon.PATIENCE).until(() -> asked.get() >= before + 4); // two turns
  }

  private static Report counted(String status, int ready) {
    return new Report.OfEndpoint(
        new ClusterObject(ClusterObject.Kind.ENDPOINT, "ml", "echo", "u", 1, 0, "{}", status),
        List.of(),
        List.of(new Report.Count("blue", 3, ready)),
        null,
        true);
  }

  @Test
  void anEndpointWithoutTheShortPathSaysTheLongOne() throws Exception {
    ClusterObject object =
        new ClusterObject(ClusterObject.Kind.ENDPOINT, "ml", "echo", "u", 1, 0, "{}", "{}");
    writer("https://m.example.com", null)
        .tell(
            List.of(
                new Report.OfEndpoint(
                    object, List.of(), List.of(), "https://own.example.com/", false)));

    assertThat(server.write().body())
        .contains("\"https://own.example.com/api/v1/ns/ml/endpoint/echo/score\"");
  }

  @Test
  void theServiceTellsTheAddressWhereNothingElseDoes() throws Exception {
    server.answer(
        "/api/v1/namespaces/fairlead/services/router",
        200,
        """
        {"spec":{"ports":[{"name":"http","port":80},{"name":"https","port":8443}]},
         "status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.9"}]}}}
        """);
    writer(null, "fairlead/router").tell(List.of(WantedStatusTest.endpoint("{}")));

    assertThat(server.write().body())
        .contains("\"https://203.0.113.9:8443/api/v1/endpoint/echo/score\"");
  }

  @Test
  void nothingWaitsForALoadBalancer() throws Exception {
    writer(null, "fairlead/router").tell(List.of(WantedStatusTest.endpoint("{}")));

    assertThat(server.write().body()).doesNotContain("scoringUri");
  }

  @Test
  void aChangeWaitsItsTurn() throws Exception {
    StatusWriter writer = writer("https://m", null);
    writer.tell(List.of(WantedStatusTest.endpoint("{}")));
    server.write();
    server.write(); // its event
    Condition condition = new Condition(Condition.Type.NO_TRAFFIC, "none");
    writer.tell(List.of(WantedStatusTest.endpoint("{}", condition)));
    await()
        .atMost(Soon.PATIENCE)
        .until(() -> thread != null && thread.getState() == Thread.State.TIMED_WAITING);
    assertThat(server.unexpectedWrites()).isEmpty();

    now.addAndGet(2_000_000_000L);

    assertThat(server.write().body()).contains("NoTraffic");
  }

  @Test
  void whatChangesAllTheTimeKeepsNobodyFromATurn() throws Exception {
    StatusWriter writer = writer("https://m", null);
    Set<String> written = new HashSet<>();
    writer.tell(changing(0));

    for (int i = 1; i <= MANY; i++) {
      written.add(patched());
      now.addAndGet(2_000_000_000L);
      writer.tell(changing(i));
    }

    assertThat(written).hasSize(MANY);
  }

  private static final int MANY = 5;

  /** Reports of endpoints, each of which says something else than it did before. */
  private static List<Report> changing(int replicas) {
    return IntStream.range(0, MANY)
        .<Report>mapToObj(
            i ->
                new Report.OfEndpoint(
                    new ClusterObject(
                        ClusterObject.Kind.ENDPOINT, "ml", "echo-" + i, "u" + i, 1, 0, "{}", "{}"),
                    List.of(),
                    List.of(new Report.Count("blue", replicas, replicas)),
                    null,
                    true))
        .toList();
  }

  private String patched() throws InterruptedException {
    while (true) {
      FakeApiServer.Write write = server.write();
      if (write.method().equals("PATCH")) { // and no Event
        return write.path();
      }
    }
  }

  @Test
  void aRefusalIsTriedAgainLater() throws Exception {
    server.answer(ENDPOINT, 500, "{\"message\":\"etcd is away\"}");
    writer("https://m", null).tell(List.of(WantedStatusTest.endpoint("{}")));
    server.write();
    server.answer(ENDPOINT, 200, "{}");

    await()
        .until(
            () -> {
              now.addAndGet(10_000_000_000L);
              return !server.unexpectedWrites().isEmpty();
            });
    assertThat(server.write().path()).isEqualTo(ENDPOINT);
  }

  private boolean leads() {
    return asked.incrementAndGet() <= mostAsked && leads.get();
  }

  private StatusWriter writer(@Nullable String publicBaseUrl, @Nullable String service) {
    var writer =
        new StatusWriter(
            client,
            new StatusWriter.Author("pod-1", this::leads, publicBaseUrl, service),
            () -> Instant.parse("2026-11-01T10:00:00Z"),
            now::get);
    thread = Thread.ofVirtual().start(writer);
    return writer;
  }
}
