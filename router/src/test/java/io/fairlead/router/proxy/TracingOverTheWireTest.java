package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.control.Sampling;
import io.fairlead.router.http.TraceContext;
import io.fairlead.router.model.Mirror;
import io.fairlead.router.model.Traffic;
import io.fairlead.router.model.TrafficSplit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which requests have a span, and what their models are told of it. */
final class TracingOverTheWireTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "b7ad6b7169203331";
  private static final String SAMPLED = "traceparent: 00-" + TRACE + "-" + PARENT + "-01";
  private static final String UNSAMPLED = "traceparent: 00-" + TRACE + "-" + PARENT + "-00";

  @RegisterExtension final Stage stage = new Stage();

  /** What each request with a span told of it: trace, span and parent. */
  private final List<String> spans = Collections.synchronizedList(new ArrayList<>());

  private void trace(@Nullable Double share) {
    stage.setup.sampling = new Sampling(0, 0, share);
    stage.setup.observers =
        recorder ->
            facts -> {
              TraceContext span = facts.span();
              if (span != null) {
                spans.add(span.traceId() + " " + span.spanId() + " " + span.parentSpanId());
              }
            };
  }

  /** Scores with {@code fields} and returns the lines about traces that the model got. */
  private List<String> modelGets(Asker.Version version, String... fields) throws Exception {
    FakeReplica replica = stage.replica();
    stage.start(replica);
    try (Asker asker = version.connect(stage.port())) {
      assertThat(asker.score(fields).status()).isEqualTo(200);
    }
    stage.router().settle();
    return traceLines(replica);
  }

  private static List<String> traceLines(FakeReplica replica) throws InterruptedException {
    return replica.takeRequest().lines().filter(line -> line.startsWith("trace")).toList();
  }

  @ParameterizedTest
  @EnumSource
  void withoutAParentItBeginsATraceAndTheModelIsBelow(Asker.Version version) throws Exception {
    trace(1.0);
    List<String> told = modelGets(version);
    assertThat(told).hasSize(1);
    assertThat(told.getFirst()).matches("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    String[] ids = told.getFirst().split("-", -1);
    assertThat(spans).containsExactly(ids[1] + " " + ids[2] + " null");
  }

  @ParameterizedTest
  @EnumSource
  void belowASampledParentItsSpanIsThatOfTheModelsParent(Asker.Version version) throws Exception {
    trace(0.0);
    List<String> told = modelGets(version, SAMPLED, "tracestate: a=1");
    assertThat(told).hasSize(2).contains("tracestate: a=1");
    String own = told.stream().filter(line -> line.startsWith("traceparent")).toList().getFirst();
    assertThat(own).matches("traceparent: 00-" + TRACE + "-[0-9a-f]{16}-01").isNotEqualTo(SAMPLED);
    assertThat(spans).containsExactly(TRACE + " " + own.split("-", -1)[2] + " " + PARENT);
  }

  @ParameterizedTest
  @EnumSource
  void anUnsampledParentIsPassedOnAndHasNoSpanBelow(Asker.Version version) throws Exception {
    trace(1.0);
    assertThat(modelGets(version, UNSAMPLED)).containsExactly(UNSAMPLED);
    assertThat(spans).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aBadParentIsNone(Asker.Version version) throws Exception {
    trace(1.0);
    List<String> told = modelGets(version, "traceparent: 00-0-0-01", "tracestate: a=1");
    assertThat(told).hasSize(1);
    assertThat(told.getFirst()).matches("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    assertThat(spans).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotDrawnHasNone(Asker.Version version) throws Exception {
    trace(0.0);
    assertThat(modelGets(version)).isEmpty();
    assertThat(spans).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void withoutTracingAParentIsPassedOnAsItIs(Asker.Version version) throws Exception {
    trace(null);
    assertThat(modelGets(version, SAMPLED)).containsExactly(SAMPLED);
    assertThat(spans).isEmpty();
  }

  @Test
  void aRefusalHasASpanToo() throws Exception {
    trace(1.0);
    stage.start(stage.replica());
    stage.caller().call(Caller.get("/api/v1/endpoint/nobody/score", SAMPLED));
    stage.until(() -> spans.size() == 1);
    assertThat(spans.getFirst()).startsWith(TRACE + " ").endsWith(" " + PARENT);
  }

  @Test
  void modelsOverHttp2AreToldAsWell() throws Exception {
    trace(0.0);
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    caller.post(1, true, "traceparent", SAMPLED.substring(13)).send();
    Http2Caller.Head head = model.accept().awaitHead();
    assertThat(head.field("traceparent"))
        .matches("00-" + TRACE + "-[0-9a-f]{16}-01")
        .isNotEqualTo(SAMPLED.substring(13));
  }

  @Test
  void aCopyForAMirrorIsBelowTheSameSpan() throws Exception {
    trace(1.0);
    FakeReplica blue = stage.replica();
    FakeReplica green = stage.replica();
    var split = new TrafficSplit(Map.of("blue", 100));
    var traffic = new Traffic(split, new Mirror("green", 50), null);
    stage.setup.endpoint(old -> old.with(traffic)).deployment("green", green);
    stage.start(blue);
    List<String> told = new ArrayList<>();
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      for (int i = 0; i < 20; i++) {
        asker.score();
        told.addAll(traceLines(blue));
      }
    }
    stage.until(() -> stage.router().dispatcher("green").load(0).inFlight() == 0);
    assertThat(green.untakenRequests()).isPositive();
    assertThat(told).doesNotHaveDuplicates().containsAll(traceLines(green));
    assertThat(spans).as("a copy has none of its own").hasSize(20);
  }
}
