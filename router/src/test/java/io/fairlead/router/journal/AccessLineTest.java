package io.fairlead.router.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.http.TraceContext;
import io.fairlead.router.model.RouterError;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AccessLineTest {
  private static final long NOW = 1_700_000_000_007L;

  private final AccessLine line = new AccessLine();
  private final SampleFacts facts = new SampleFacts(5_000_000);

  @Test
  void tellsOfAnAnsweredRequestInTheDocumentedColumns() {
    facts.clientId("mine");
    facts.field("User-Agent", "curl/8.5.0");
    assertThat(text())
        .isEqualTo(
            "{\"time\":\"2023-11-14T22:13:20.007Z\",\"method\":\"POST\","
                + "\"path\":\"/api/v1/endpoint/echo/score\",\"protocol\":\"HTTP/1.1\","
                + "\"endpointName\":\"echo\",\"authType\":\"None\",\"deploymentName\":\"blue\","
                + "\"xRequestId\":\"00000000-0000-4000-8000-000000000000\","
                + "\"xMSClientRequestId\":\"mine\",\"userAgent\":\"curl/8.5.0\","
                + "\"requestPayloadSize\":2,\"responseCode\":200,\"modelStatusCode\":200,"
                + "\"responsePayloadSize\":4,\"replica\":\"10.0.0.1:5001\",\"attempts\":1,"
                + "\"totalDurationMs\":1,\"requestDurationMs\":0,\"requestThrottlingDelayMs\":0,"
                + "\"responseDurationMs\":0.300,\"responseThrottlingDelayMs\":0,"
                + "\"receiveMs\":0,\"queueMs\":0.100,\"connectMs\":0.100,\"modelMs\":0.500,"
                + "\"relayMs\":0.200,\"overheadMs\":0.100}\n");
  }

  @Test
  void namesTheTraceThatItBelongsTo() {
    facts.field("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    assertThat(json().at("/traceId").asString()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
  }

  @Test
  void namesTheTraceThatBeginsWithIt() {
    facts.span = new TraceContext();
    facts.span.root(1, 2, 3);
    assertThat(json().at("/traceId").asString()).isEqualTo("00000000000000010000000000000002");
  }

  @Test
  void malformedTraceIsNoTrace() {
    facts.field("traceparent", "00-zzz");
    assertThat(json().has("traceId")).isFalse();
  }

  @Test
  void leavesOutWhatIsUnknown() {
    facts.refused(RouterError.ENDPOINT_NOT_FOUND, 404);
    facts.routed = false;
    facts.replica = null;
    facts.attempts = 0;
    JsonNode json = json();
    assertThat(json.at("/responseCode").asInt()).isEqualTo(404);
    assertThat(json.at("/reason").asString()).isEqualTo("endpoint_not_found");
    assertThat(json.propertyNames())
        .doesNotContain("endpointName", "deploymentName", "authType", "replica", "userAgent")
        .doesNotContain("modelStatusCode", "xMSClientRequestId", "callerLeft");
  }

  @Test
  void tellsWhatTheModelDidAndThatTheCallerLeft() {
    facts.modelStatus = 500;
    facts.modelReason = "script_failed";
    facts.left = true;
    JsonNode json = json();
    assertThat(json.at("/modelStatusCode").asInt()).isEqualTo(500);
    assertThat(json.at("/modelStatusReason").asString()).isEqualTo("script_failed");
    assertThat(json.at("/callerLeft").asBoolean()).isTrue();
  }

  @Test
  void neverHoldsQueriesOrCredentials() {
    facts.request("POST", "/score?key=hunter2");
    facts.field("authorization", "Bearer hunter2");
    facts.field("cookie", "hunter2");
    assertThat(text()).doesNotContain("hunter2");
  }

  @Test
  void whatCallersSendCannotEndTheLineOrItsText() {
    facts.request("G\"T", "/a\"b\\c\u00e9\u0001");
    facts.field("user-agent", "evil\"}\r\n{\"responseCode\":200,\t\u007f\u00ff");
    String text = text();
    assertThat(text.indexOf('\n')).isEqualTo(text.length() - 1);
    assertThat(text.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7f))).isTrue();
    JsonNode json = json();
    assertThat(json.at("/method").asString()).isEqualTo("G\"T");
    assertThat(json.at("/path").asString()).isEqualTo("/a\"b\\c\u00e9\u0001");
    assertThat(json.at("/userAgent").asString())
        .isEqualTo("evil\"}\r\n{\"responseCode\":200,\t\u007f\u00ff");
    assertThat(json.at("/responseCode").asInt()).isEqualTo(200);
  }

  @Test
  void cutsWhatIsLong() {
    facts.request("M".repeat(30), "/" + "p".repeat(5_000));
    facts.field("user-agent", "\u0000".repeat(5_000));
    JsonNode json = json();
    assertThat(json.at("/method").asString()).hasSize(19).endsWith("M...");
    assertThat(json.at("/path").asString()).hasSize(259).endsWith("p...");
    assertThat(json.at("/userAgent").asString()).hasSize(131);
    assertThat(text().length()).isLessThan(4_096);
  }

  @Test
  void timeGoesOnWithinASecondAndBeyond() {
    assertThat(text(1_000)).contains("\"1970-01-01T00:00:01.000Z\"");
    assertThat(text(1_999)).contains("\"1970-01-01T00:00:01.999Z\"");
    assertThat(text(2_010)).contains("\"1970-01-01T00:00:02.010Z\"");
  }

  private String text() {
    return text(NOW);
  }

  private String text(long now) {
    JsonLine written = line.write(facts, now);
    return new String(written.bytes(), 0, written.length(), UTF_8);
  }

  private JsonNode json() {
    return JsonMapper.shared().readTree(text());
  }
}
