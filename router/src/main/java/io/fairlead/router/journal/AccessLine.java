package io.fairlead.router.journal;

import io.fairlead.router.control.Phases;
import io.fairlead.router.control.RequestFacts;
import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.RequestIds;
import io.fairlead.router.http.ShownPath;
import io.fairlead.router.http.TraceContext;
import io.fairlead.router.http.TraceParent;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RouterError;
import java.time.Instant;

/**
 * The line of the access log that tells of one request. The names are those of the columns of
 * AzureML's traffic log (AmlOnlineEndpointTrafficLog) where there is one that means the same, and
 * those of the decision records for the rest. What is unknown is left out.
 */
final class AccessLine {
  private static final int LONGEST_PATH = 256;
  private static final int LONGEST_AGENT = 128;

  private final JsonLine line = new JsonLine();
  private long second = Long.MIN_VALUE;
  private String secondText = "";

  /** Writes the line for a request that ended at {@code nowMillis} of the wall clock. */
  JsonLine write(RequestFacts facts, long nowMillis) {
    line.begin();
    line.text("time", time(nowMillis));
    request(facts);
    answer(facts);
    times(facts.phases());
    line.end();
    return line;
  }

  /** Formats the second once, and puts the milliseconds behind it. */
  private String time(long millis) {
    long newSecond = Math.floorDiv(millis, 1_000L);
    if (newSecond != second) {
      second = newSecond;
      String text = Instant.ofEpochSecond(newSecond).toString();
      secondText = text.substring(0, text.length() - 1) + ".";
    }
    int rest = (int) Math.floorMod(millis, 1_000L);
    return secondText + (char) ('0' + rest / 100) + (rest / 10 % 10) + (rest % 10) + "Z";
  }

  private void request(RequestFacts facts) {
    Head head = facts.head();
    byte[] bytes = head.bytes();
    line.text("method", bytes, head.methodStart(), head.methodEnd(), 16);
    line.text("path", bytes, head.pathStart(), ShownPath.end(head), LONGEST_PATH);
    line.text("protocol", facts.protocol());
    Endpoint endpoint = facts.endpoint();
    if (endpoint != null) {
      line.text("endpointName", endpoint.name());
      line.text("authType", endpoint.access().authentication().mode().text());
    }
    Deployment deployment = facts.deployment();
    if (deployment != null) {
      line.text("deploymentName", deployment.name());
    }
    line.text("xRequestId", facts.requestId(), 0, RequestIds.UUID_LENGTH, RequestIds.UUID_LENGTH);
    int clientId = facts.clientRequestIdLength();
    if (clientId > 0) {
      line.text("xMSClientRequestId", facts.clientRequestId(), 0, clientId, clientId);
    }
    TraceContext span = facts.span();
    int trace = TraceParent.traceId(head);
    if (span != null) {
      line.text("traceId", span.traceId());
    } else if (trace >= 0) {
      int length = TraceParent.TRACE_ID_LENGTH;
      line.text("traceId", bytes, trace, trace + length, length);
    }
    int agent = userAgent(head);
    if (agent >= 0) {
      line.text("userAgent", bytes, head.valueStart(agent), head.valueEnd(agent), LONGEST_AGENT);
    }
    line.number("requestPayloadSize", facts.requestBytes());
  }

  private static int userAgent(Head head) {
    for (int i = 0; i < head.fields(); i++) {
      if (Ascii.is(head.bytes(), head.nameStart(i), head.nameEnd(i), "user-agent")) {
        return i;
      }
    }
    return -1;
  }

  private void answer(RequestFacts facts) {
    line.number("responseCode", facts.status());
    RouterError error = facts.error();
    if (error != null) {
      line.text("reason", error.reason());
    }
    if (facts.callerLeft()) {
      line.claim("callerLeft");
    }
    if (facts.modelStatus() > 0) {
      line.number("modelStatusCode", facts.modelStatus());
    }
    String modelReason = facts.modelReason();
    if (modelReason != null) {
      line.text("modelStatusReason", modelReason);
    }
    line.number("responsePayloadSize", facts.responseBytes());
    Replica replica = facts.replica();
    if (replica != null) {
      line.text("replica", replica.toString());
    }
    line.number("attempts", facts.attempts());
  }

  private void times(Phases phases) {
    long total = phases.totalNanos();
    long firstByte = phases.firstByteNanos();
    line.millis("totalDurationMs", total);
    line.millis("requestDurationMs", phases.completeNanos() < 0 ? total : phases.completeNanos());
    line.millis("requestThrottlingDelayMs", phases.uploadHeldNanos());
    line.millis("responseDurationMs", firstByte < 0 ? 0 : total - firstByte);
    line.millis("responseThrottlingDelayMs", phases.answerHeldNanos());
    line.millis("receiveMs", phases.receiveNanos());
    line.millis("queueMs", phases.queueNanos());
    line.millis("connectMs", phases.connectNanos());
    line.millis("modelMs", phases.modelNanos());
    line.millis("relayMs", phases.relayNanos());
    line.millis("overheadMs", phases.overheadNanos());
  }
}
