package io.fairlead.router.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.control.Decision;
import io.fairlead.router.control.DecisionQuery;
import io.fairlead.router.control.Explainer;
import io.fairlead.router.control.SampleScaling;
import io.fairlead.router.control.SlotView;
import io.fairlead.router.control.Snapshot;
import io.fairlead.router.dispatch.Candidates;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.http.TraceContext;
import io.fairlead.router.journal.SampleFacts;
import io.fairlead.router.model.Access;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.model.Traffic;
import io.fairlead.router.model.TrafficSplit;
import io.fairlead.router.routing.HostSuffix;
import io.fairlead.router.routing.RouteTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is asked of, and told by, the pages about single requests. */
class DebugPagesTest {
  private final List<Decision> remembered = new ArrayList<>();
  private final List<DecisionQuery> queries = new ArrayList<>();
  private final Deployment blue =
      new Deployment(
          new DeploymentKey("default", "echo", "blue"),
          List.of(new Replica("10.0.0.1", 5001)),
          Scoring.DEFAULT,
          RequestSettings.DEFAULT);
  private final Dispatcher dispatcher =
      new Dispatcher(blue, Limits.Upstream.DEFAULT, new SplittableRandom(1), 0);
  private final DebugPages pages = pages();

  private DebugPages pages() {
    var traffic = Traffic.of(new TrafficSplit(Map.of("blue", 100)));
    var echo = new Endpoint("default", "echo", Access.OPEN, traffic, List.of(), true, null);
    ClusterState state = new ClusterState(1, List.of(echo), List.of(blue));
    RouteTable routes = RouteTable.compile(state, key -> key.deployment().isEmpty() ? 1 : 2);
    Snapshot snapshot =
        new Snapshot(
            state,
            routes,
            Arrays.asList(null, null, dispatcher),
            Arrays.asList(null, null, null),
            List.of());
    return new DebugPages(
        query -> {
          queries.add(query);
          return remembered;
        },
        new Explainer(
            () -> snapshot, Limits.DEFAULT, HostSuffix.NONE, ErrorProfile.KUBERNETES, () -> null),
        SampleScaling.busy(false),
        () -> 0,
        now -> SlotView.oldest(List.of(dispatcher), 10, now + 1_500_000_000L));
  }

  @Test
  void theOldestSlotsAreListed() {
    Objects.requireNonNull(dispatcher.acquireFree(0));

    assertThat(new String(pages.slots().body(), UTF_8))
        .isEqualTo(
            "{\"slots\":[{\"namespace\":\"default\",\"endpoint\":\"echo\",\"deployment\":\"blue\","
                + "\"replica\":\"10.0.0.1:5001\",\"heldMs\":1500,\"condition\":\"granted\"}]}");
  }

  @Test
  void decisionTellsEverythingThatWentIntoIt() {
    SampleFacts facts = new SampleFacts(5_000_000).refused(RouterError.QUEUE_TIMEOUT, 503);
    facts.clientId("mine");
    facts.span = new TraceContext();
    facts.span.root(1, 2, 3);
    facts.queuePosition = 3;
    facts.attempts = 2;
    facts.load = new Load(1, 1, 3, 8, 1, 0, 0, 1_234_567);
    facts.candidates = new Candidates();
    dispatcher.load(0, facts.candidates, null);
    remember(facts);
    JsonNode json = json(pages.decisions("")).at("/decisions/0");
    assertThat(json.at("/at").asString()).isEqualTo("2023-11-14T22:13:20Z");
    assertThat(json.at("/requestId").asString()).startsWith("00000000-");
    assertThat(json.at("/clientRequestId").asString()).isEqualTo("mine");
    assertThat(json.at("/traceId").asString()).isEqualTo("00000000000000010000000000000002");
    assertThat(json.at("/endpoint").asString()).isEqualTo("echo");
    assertThat(json.at("/deployment").asString()).isEqualTo("blue");
    assertThat(json.at("/status").asInt()).isEqualTo(503);
    assertThat(json.at("/reason").asString()).isEqualTo("queue_timeout");
    assertThat(json.at("/attempts").asInt()).isEqualTo(2);
    assertThat(json.at("/queuePosition").asInt()).isEqualTo(3);
    assertThat(json.at("/phasesMs/total").asDouble()).isEqualTo(1.0);
    assertThat(json.at("/phasesMs/queue").asDouble()).isEqualTo(0.1);
    assertThat(json.at("/phasesMs/overhead").asDouble()).isEqualTo(0.1);
    assertThat(json.at("/load/estimatedWaitMs").asDouble()).isEqualTo(1.234);
    assertThat(json.at("/candidates/0/replica").asString()).isEqualTo("10.0.0.1:5001");
    assertThat(json.at("/candidates/0/standing").asString()).isEqualTo("free");
    assertThat(json.at("/candidates/0/chosen").asBoolean()).isTrue();
    assertThat(json.at("/moreCandidates").asInt()).isZero();
  }

  @Test
  void decisionHoldsNoSecret() {
    SampleFacts facts = new SampleFacts(1).refused(RouterError.BAD_REQUEST, 400);
    facts.request("POST", "/api/v1/endpoint/echo/score?key=hunter2");
    facts.field("authorization", "Bearer hunter2");
    facts.field("cookie", "hunter2");
    remember(facts);
    assertThat(text(pages.decisions(""))).doesNotContain("hunter2").contains("/score\"");
  }

  @Test
  void decisionsAreAskedForByField() {
    String id = "0badcafe-0000-4000-8000-000000000001";
    pages.decisions("requestId=" + id + "&endpoint=echo&reason=queue_timeout&limit=7");
    pages.decisions("");
    assertThat(queries)
        .containsExactly(
            new DecisionQuery(id, "echo", RouterError.QUEUE_TIMEOUT, 7),
            new DecisionQuery(null, null, null, 50));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "requestId=abc         | requestId: abc (expected: a UUID)",
        "endpoint=-            | endpoint: - (expected: 3 to 32 letters",
        "reason=tired          | reason: tired (expected: endpoint_not_found, no_route,",
        "limit=0               | limit: 0 (expected: 1 to 1000)",
        "limit=1001            | limit: 1001 (expected: 1 to 1000)",
        "limit=many            | limit: many (expected: 1 to 1000)",
        "limit=1&limit=2       | limit: given twice (expected: once)",
        "colour=red            | colour: unknown (expected: requestId, endpoint, reason or limit)",
        "%3Cscript             | %3Cscript: unknown",
        "&                     | : unknown",
      })
  void badQueryIsToldWhatIsExpected(String query, String message) {
    Page page = pages.decisions(query);
    assertThat(page.status()).isEqualTo(400);
    assertThat(text(page)).startsWith(message);
    assertThat(queries).isEmpty();
  }

  @Test
  void explanationSaysWhoWouldGetIt() {
    JsonNode json = json(pages.explain(bytes("{\"endpoint\": \"echo\", \"bodyBytes\": 10}")));
    assertThat(json.at("/verdict/outcome").asString()).isEqualTo("sent");
    assertThat(json.at("/authMode").asString()).isEqualTo("None");
    assertThat(json.at("/credential").asString()).isEqualTo("not required");
    assertThat(json.at("/maxRequestBytes").asLong()).isEqualTo(104_857_600);
    JsonNode choice = json.at("/deployments/0");
    assertThat(choice.at("/name").asString()).isEqualTo("blue");
    assertThat(choice.at("/percent").asInt()).isEqualTo(100);
    assertThat(choice.at("/freeSlots").asInt()).isEqualTo(1);
    assertThat(choice.at("/maxQueueWaitMs").asInt()).isEqualTo(500);
    assertThat(choice.at("/load/queueLimit").asInt()).isEqualTo(1);
    assertThat(choice.at("/replicas/0/freeSlots").asInt()).isEqualTo(1);
    assertThat(choice.at("/replicas/0/standing").asString()).isEqualTo("free");
  }

  @Test
  void aWebSocketIsExplainedAsOne() {
    String question =
        """
        {"endpoint": "echo", "method": "GET", "headers": {"Upgrade": "websocket",
         "Connection": "upgrade", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
         "Sec-WebSocket-Version": "%s"}}
        """;
    JsonNode good = json(pages.explain(bytes(question.formatted("13"))));
    assertThat(good.at("/verdict/outcome").asString()).isEqualTo("sent");
    assertThat(good.has("maxRequestBytes")).isFalse();
    JsonNode old = json(pages.explain(bytes(question.formatted("8"))));
    assertThat(old.at("/verdict/reason").asString()).isEqualTo("upgrade_required");
  }

  @Test
  void explanationOfARefusalHasStatusAndReason() {
    JsonNode json = json(pages.explain(bytes("{\"path\": \"/nowhere\", \"method\": \"GET\"}")));
    assertThat(json.at("/verdict/outcome").asString()).isEqualTo("refused");
    assertThat(json.at("/verdict/status").asInt()).isEqualTo(404);
    assertThat(json.at("/verdict/reason").asString()).isEqualTo("endpoint_not_found");
    assertThat(json.at("/deployments").size()).isZero();
  }

  @Test
  void explanationTakesNoSlotAndRepeatsNoSecret() {
    String question =
        """
        {"path": "/api/v1/endpoint/echo/score?key=hunter2",
         "headers": {"Authorization": "Bearer hunter2", "X-Fancy": "hunter2"}}
        """;
    for (int i = 0; i < 3; i++) {
      assertThat(text(pages.explain(bytes(question))))
          .contains("\"outcome\":\"sent\"")
          .doesNotContain("hunter2");
    }
    assertThat(dispatcher.load(0).inFlight()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{                              | body: no JSON (expected: one object of endpoint,",
        "`{} {}`                        | body: no JSON",
        "[]                             | body: no object",
        "`{\"a\":1}`                    | a: unknown (expected: endpoint, path, method,",
        "`{\"path\":\"/\",\"path\":\"/\"}` | body: no JSON",
        "{}                             | endpoint: missing (expected: the name of an endpoint, or",
        "`{\"endpoint\":\"echo\",\"path\":\"/\"}` | path: beside endpoint (expected: one of them)",
        "`{\"endpoint\":7}`             | endpoint: no text",
        "`{\"endpoint\":\"-x\"}`        | endpoint: -x (expected: 3 to 32 letters",
        "`{\"path\":\"x\"}`             | path: no path (expected: / and visible characters)",
        "`{\"path\":\"/a b\"}`          | path: no path",
        "`{\"path\":\"/\",\"method\":\"G T\"}` | method: G?T (expected: such as POST)",
        "`{\"path\":\"/\",\"headers\":[]}` | headers: no object",
        "`{\"path\":\"/\",\"headers\":{\"a b\":\"c\"}}` | headers.a?b: no name (expected: a token)",
        "`{\"path\":\"/\",\"headers\":{\"a\":1}}` | headers.a: no text",
        "`{\"path\":\"/\",\"headers\":{\"a\":\"\\n"
            + "1\\n"
            + "2\"}}` | headers.a: control or wide character",
        "`{\"path\":\"/\",\"bodyBytes\":-1}` | bodyBytes: no size (expected: a whole number, 0",
        "`{\"path\":\"/\",\"bodyBytes\":1.5}` | bodyBytes: no size",
      })
  void badQuestionIsToldWhatIsExpected(String question, String message) {
    Page page = pages.explain(bytes(question));
    assertThat(page.status()).isEqualTo(400);
    assertThat(text(page)).startsWith(message);
  }

  private void remember(SampleFacts facts) {
    Decision decision = new Decision();
    decision.take(facts, 1_700_000_000_000L);
    remembered.add(decision);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(Page page) {
    return new String(page.body(), UTF_8);
  }

  private static JsonNode json(Page page) {
    assertThat(page.status()).as(text(page)).isEqualTo(200);
    return JsonMapper.shared().readTree(page.body());
  }

  @Test
  void scalingTellsEveryInputOfADecision() {
    assertThat(text(pages.scaling("endpoint=echo")))
        .isEqualTo(
            """
            {"leads":false,"deployments":[{"namespace":"default","endpoint":"echo",\
            "deployment":"blue","ups":1,"downs":0,"refused":{"forbidden":9},"records":[\
            {"since":"2023-11-14T22:13:21Z","last":"2023-11-14T22:13:29Z","times":9,\
            "rule":"forbidden","applied":"refused","refusal":"forbidden",\
            "reason":"may not read deployments/scale"},\
            {"since":"2023-11-14T22:13:20Z","last":"2023-11-14T22:13:20Z","times":1,"rule":"up",\
            "ordered":3,"desired":7,"to":6,"inputs":{"routers":2,"inFlight":4,"queued":1,\
            "arrived":9,"slotMicros":250000,"offeredMillis":4500,"readyReplicas":3,\
            "comingReplicas":0,"limitPerReplica":1,"targetPercent":70,"least":1,"most":10},\
            "applied":"written","reason":"4 in flight + 1 queued at 70 % of 1 per replica; 7\
             desired within 1 to 10; 3 ordered, 3 ready: up to 6 at once"}]}]}\
            """);
  }

  @Test
  void traceIsAsReplayReadsIt() {
    assertThat(text(pages.loadTrace("deployment=echo/blue")))
        .isEqualTo("second,arrivals,model_ms\n0,9,250\n1,12,240\n");
    assertThat(text(pages.loadTrace("")))
        .isEqualTo("deployment: missing (expected: deployment= and one of echo/blue)\n");
    assertThat(text(pages.loadTrace("deployment=echo/red")))
        .isEqualTo("deployment=echo/red (expected: deployment= and one of echo/blue)\n");
  }

  @Test
  void scalingOfOtherEndpointsIsLeftOut() {
    assertThat(text(pages.scaling("endpoint=other")))
        .isEqualTo("{\"leads\":false,\"deployments\":[]}");
    assertThat(text(pages.scaling("limit=1"))).contains("forbidden").doesNotContain("inputs");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          endpoint=x|endpoint: x (expected: 3 to 32 letters, digits or '-', starting with a letter and not ending with '-')
          limit=0|limit: 0 (expected: 1 to 256)
          limit=1&limit=1|limit: given twice (expected: once)
          deployment=blue|deployment: unknown (expected: endpoint or limit)
          """)
  void scalingSaysWhatItDoesNotUnderstand(String query, String answer) {
    Page page = pages.scaling(query);

    assertThat(page.status()).isEqualTo(400);
    assertThat(text(page)).isEqualTo(answer + "\n");
  }
}
