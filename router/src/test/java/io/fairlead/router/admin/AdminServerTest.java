package io.fairlead.router.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.Soon;
import io.fairlead.router.control.BuildInfo;
import io.fairlead.router.control.Check;
import io.fairlead.router.control.ClusterContact;
import io.fairlead.router.control.DeploymentLoad;
import io.fairlead.router.control.Explainer;
import io.fairlead.router.control.FleetState;
import io.fairlead.router.control.LeaderState;
import io.fairlead.router.control.Reload;
import io.fairlead.router.control.RouterStatus;
import io.fairlead.router.control.SampleScaling;
import io.fairlead.router.control.Snapshot;
import io.fairlead.router.dispatch.Candidate;
import io.fairlead.router.dispatch.HedgeCounts;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.dispatch.Standing;
import io.fairlead.router.election.Standing.Follower;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.model.TrafficSplit;
import io.fairlead.router.overload.OverloadState;
import io.fairlead.router.routing.HostSuffix;
import io.fairlead.router.routing.RouteTable;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdminServerTest {
  private static final Instant STARTED = Instant.parse("2026-11-01T08:00:00Z");
  private static final String HOSTILE = "</td><script>alert('x')</script>&\"";

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Check> checks =
      new ArrayList<>(List.of(new Check("configuration", true, "valid")));
  private volatile boolean scrapeFails;
  private AdminServer server;

  AdminServerTest() throws IOException {
    server = start(0);
  }

  @BeforeEach
  void serves() {
    assertThat(server.address().getPort()).isPositive();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void livenessDependsOnNothing() throws Exception {
    checks.add(new Check("certificate", false, "expired"));
    assertThat(get("/livez").statusCode()).isEqualTo(200);
  }

  @Test
  void readinessNamesTheCheckThatFails() throws Exception {
    assertThat(get("/readyz").body()).isEqualTo("ok\n");
    checks.add(new Check("certificate", false, "none loaded (expected: cert.pem)"));
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/healthz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).isEqualTo("not ready\n");
    assertThat(get("/readyz?verbose").body())
        .isEqualTo(
            """
            [+] configuration: valid
            [-] certificate: none loaded (expected: cert.pem)
            not ready
            """);
  }

  @Test
  void metricsFollowAccept() throws Exception {
    HttpResponse<String> response = send("GET", "/metrics", "application/openmetrics-text");
    assertThat(response.headers().firstValue("content-type")).hasValue("type/for-application");
    assertThat(response.body()).isEqualTo("up 1\n");
    assertThat(get("/metrics").headers().firstValue("content-type")).hasValue("type/for-null");
  }

  @Test
  void failedScrapeIsAnAnswer() throws Exception {
    scrapeFails = true;
    assertThat(get("/metrics").statusCode()).isEqualTo(500);
  }

  @Test
  void headHasTheLengthAndNoBody() throws Exception {
    HttpResponse<String> head = send("HEAD", "/metrics", null);
    assertThat(head.headers().firstValueAsLong("content-length")).hasValue(5);
    assertThat(head.body()).isEmpty();
    assertThat(get("/livez").statusCode()).isEqualTo(200);
  }

  @Test
  void unknownPathsAndMethodsAreToldWhatIsExpected() throws Exception {
    assertThat(get("/nowhere").statusCode()).isEqualTo(404);
    assertThat(get("/nowhere").body()).contains("expected: / /livez");
    HttpResponse<String> delete = send("DELETE", "/metrics", null);
    assertThat(delete.statusCode()).isEqualTo(405);
    assertThat(delete.headers().firstValue("allow")).hasValue("GET, HEAD");
  }

  @Test
  void statusPageShowsWhatIsServedAndEscapesIt() throws Exception {
    HttpResponse<String> page = get("/");
    assertThat(page.body())
        .contains("Fairlead 1.2.3", "0 d 01:30:00", "<h2>echo", "<td>90 %</td>")
        .contains("<td>3 of 8</td>", "127.0.0.1:5001 (2 in flight, busy)", "2027-01-15T08:00:00Z")
        .contains("rejected 2026-11-01T09:00:00Z: &lt;/td&gt;&lt;script&gt;")
        .doesNotContain("<script");
    assertThat(page.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
        .startsWith("default-src 'none'; style-src 'sha256-");
  }

  @Test
  void statusIsThereForProgramsToo() throws Exception {
    JsonNode json = JsonMapper.shared().readTree(get("/debug/status").body());
    assertThat(json.at("/version").asString()).isEqualTo("1.2.3");
    assertThat(json.at("/uptimeSeconds").asInt()).isEqualTo(5_400);
    assertThat(json.at("/reloads/0/detail").asString()).isEqualTo(HOSTILE);
    assertThat(json.at("/leader/self").asString()).isEqualTo("me");
    assertThat(json.at("/leader/leads").asBoolean()).isFalse();
    assertThat(json.at("/leader/holder").asString()).isEqualTo("other");
    assertThat(json.at("/leader/term").asInt()).isEqualTo(4);
    assertThat(json.at("/fleet/coordinator").asString()).isEqualTo("10.0.0.2:9001");
    assertThat(json.at("/fleet/slots").asInt()).isEqualTo(4);
    JsonNode blue = json.at("/endpoints/0/deployments/0");
    assertThat(blue.at("/trafficPercent").asInt()).isEqualTo(90);
    assertThat(blue.at("/inFlight").asInt()).isEqualTo(2);
    assertThat(blue.at("/replicas/0/replica").asString()).isEqualTo("127.0.0.1:5001");
    assertThat(blue.at("/replicas/0/inFlight").asInt()).isEqualTo(2);
    assertThat(blue.at("/replicas/0/standing").asString()).isEqualTo("busy");
  }

  @Test
  void bodiesAreRefusedAndTheConnectionEnds() throws Exception {
    assertThat(raw("GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nxx"))
        .startsWith("HTTP/1.1 413 ");
    assertThat(raw("GET /livez HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void questionIsTheOneBodyThatIsTaken() throws Exception {
    String question = "{\"endpoint\":\"echo\"}";
    String head = "POST /debug/explain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    assertThat(raw(head + "Content-Length: " + question.length() + "\r\n\r\n" + question))
        .startsWith("HTTP/1.1 200 ")
        .contains("\"reason\":\"endpoint_not_found\"");
    assertThat(raw(head + "Transfer-Encoding: chunked\r\n\r\n13\r\n" + question + "\r\n0\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(raw(head + "Content-Length: 65537\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ")
        .contains("expected: at most 65536 bytes");
    assertThat(raw(head + "Transfer-Encoding: chunked\r\n\r\n10001\r\n" + "x".repeat(65_537)))
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void callerWhoAsksFirstIsToldToGoOn() throws Exception {
    String question = "{\"endpoint\":\"echo\"}";
    assertThat(
            raw(
                "POST /debug/explain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    + "Expect: 100-continue\r\nContent-Length: 19\r\n\r\n"
                    + question))
        .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ");
  }

  @Test
  void questionsHaveTheirOwnMethods() throws Exception {
    HttpResponse<String> asked = get("/debug/explain");
    assertThat(asked.statusCode()).isEqualTo(405);
    assertThat(asked.headers().firstValue("allow")).hasValue("POST");
    assertThat(send("DELETE", "/debug/decisions", null).headers().firstValue("allow"))
        .hasValue("GET, HEAD");
    assertThat(get("/debug/decisions?limit=0").statusCode()).isEqualTo(400);
    assertThat(get("/debug/decisions?limit=1").body()).isEqualTo("{\"decisions\":[]}");
    assertThat(get("/debug/scaling").body()).isEqualTo("{\"leads\":false,\"deployments\":[]}");
  }

  @Test
  void oversizedAndBrokenHeadsAreRefused() throws Exception {
    assertThat(raw("GET /" + "a".repeat(5_000) + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(raw("GET / HTTP/1.1\r\nA: " + "a".repeat(17_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(raw("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    String get = "GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n";
    String answers =
        raw(
            get.formatted("/livez", "")
                + get.formatted("/nowhere", "")
                + get.formatted("/livez", "Connection: close\r\n"));
    assertThat(answers.split("HTTP/1.1 ", -1))
        .hasSize(4)
        .satisfiesExactly(
            before -> assertThat(before).isEmpty(),
            first -> assertThat(first).startsWith("200"),
            second -> assertThat(second).startsWith("404"),
            third -> assertThat(third).startsWith("200"));
  }

  @Test
  void connectionBeyondTheLimitIsClosed() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < AdminServer.MAX_CONNECTIONS; i++) {
        idle.add(connect());
      }
      try (Socket oneMore = connect()) {
        assertThat(oneMore.getInputStream().read()).isEqualTo(-1);
      }
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void takenPortIsOneClearError() {
    assertThatThrownBy(() -> start(server.address().getPort()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("admin: cannot listen on")
        .hasMessageContaining("expected: a free local address");
  }

  private AdminServer start(int port) throws IOException {
    AdminPages pages =
        new AdminPages(
            () -> checks,
            (out, accept) -> {
              if (scrapeFails) {
                throw new IllegalStateException("a broken gauge");
              }
              out.write("up 1\n".getBytes(UTF_8));
              return "type/for-" + (accept == null ? "null" : accept.split("/", -1)[0]);
            },
            new Sample(),
            AdminServerTest::state,
            InstantSource.fixed(STARTED.plus(Duration.ofMinutes(90))),
            new DebugPages(
                query -> List.of(), explainer(), SampleScaling.NONE, () -> 0, now -> List.of()));
    return AdminServer.start(
        group,
        NioServerSocketChannel::new,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        pages);
  }

  private static Explainer explainer() {
    ClusterState nothing = ClusterState.EMPTY;
    Snapshot snapshot =
        new Snapshot(
            nothing, RouteTable.compile(nothing, key -> 0), List.of(), List.of(), List.of());
    return new Explainer(
        () -> snapshot, Limits.DEFAULT, HostSuffix.NONE, ErrorProfile.KUBERNETES, () -> null);
  }

  private static ClusterState state() {
    TrafficSplit split = new TrafficSplit(Map.of("blue", 90, "green", 10));
    Endpoint echo = Endpoint.open("default", "echo", split);
    return new ClusterState(7, List.of(echo), List.of());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send("GET", path, null);
  }

  private HttpResponse<String> send(String method, String path, @Nullable String accept)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path))
            .timeout(Duration.ofSeconds(10))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (accept != null) {
      request.header("accept", accept);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    socket.setSoTimeout(Soon.PATIENCE_MILLIS);
    return socket;
  }

  private String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      StringBuilder answer = new StringBuilder();
      byte[] buffer = new byte[8_192];
      try {
        for (int n; (n = socket.getInputStream().read(buffer)) >= 0; ) {
          answer.append(new String(buffer, 0, n, ISO_8859_1));
        }
      } catch (java.net.SocketException reset) {
        // closed with our bytes unread: what had come before counts
      }
      return answer.toString();
    }
  }

  private static final class Sample implements RouterStatus {
    @Override
    public @Nullable ClusterContact cluster() {
      return null;
    }

    @Override
    public BuildInfo build() {
      return new BuildInfo("1.2.3", "abc1234", "25", "nio", "jdk");
    }

    @Override
    public Instant startedAt() {
      return STARTED;
    }

    @Override
    public Instant certificateNotAfter() {
      return Instant.ofEpochSecond(1_800_000_000);
    }

    @Override
    public List<Reload> lastReloads() {
      return List.of(new Reload("manifest", false, STARTED.plusSeconds(3_600), HOSTILE));
    }

    @Override
    public LeaderState leader() {
      return new LeaderState("me", new Follower("other", 4), 2);
    }

    @Override
    public FleetState fleet() {
      return new FleetState(
          "10.0.0.1:9001",
          0,
          "10.0.0.2:9001",
          true,
          90_000_000_000L,
          true,
          4,
          0,
          17,
          16,
          Map.of(),
          Map.of());
    }

    @Override
    public OverloadState overload() {
      return OverloadState.NONE;
    }

    @Override
    public List<DeploymentLoad> loads() {
      Deployment blue =
          new Deployment(
              new DeploymentKey("default", "echo", "blue"),
              List.of(new Replica("127.0.0.1", 5001)),
              Scoring.DEFAULT,
              RequestSettings.DEFAULT);
      Candidate busy = new Candidate(new Replica("127.0.0.1", 5001), 2, 0, Standing.BUSY);
      return List.of(
          new DeploymentLoad(
              blue, new Load(1, 2, 3, 8, 1, 0, 0, 0), List.of(busy), HedgeCounts.NONE, 0));
    }
  }
}
