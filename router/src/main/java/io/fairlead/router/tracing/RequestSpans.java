package io.fairlead.router.tracing;

import io.fairlead.router.control.Decision;
import io.fairlead.router.control.Phases;
import io.fairlead.router.http.Method;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RouterError;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one request: its own, of the kind SERVER, and one below it for each phase that took
 * time. Attributes are those of OpenTelemetry's conventions for HTTP servers, and {@code
 * fairlead.*} for what only a router knows. Nothing of a query, a header field or a body is among
 * them.
 *
 * <p>A phase is known by its length alone: what came before the response's first byte is placed to
 * end there, or with the request if there was none. Of a request with several attempts each phase
 * is the sum of theirs.
 */
final class RequestSpans {
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");
  private static final AttributeKey<Long> REQUEST_SIZE =
      AttributeKey.longKey("http.request.body.size");
  private static final AttributeKey<Long> RESPONSE_SIZE =
      AttributeKey.longKey("http.response.body.size");
  private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
  private static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");
  private static final AttributeKey<String> PROTOCOL =
      AttributeKey.stringKey("network.protocol.name");
  private static final AttributeKey<String> VERSION =
      AttributeKey.stringKey("network.protocol.version");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

  private static final AttributeKey<String> NAMESPACE =
      AttributeKey.stringKey("fairlead.namespace");
  private static final AttributeKey<String> ENDPOINT = AttributeKey.stringKey("fairlead.endpoint");
  private static final AttributeKey<String> DEPLOYMENT =
      AttributeKey.stringKey("fairlead.deployment");
  private static final AttributeKey<String> REPLICA = AttributeKey.stringKey("fairlead.replica");
  private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("fairlead.attempts");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("fairlead.reason");
  private static final AttributeKey<Long> MODEL_STATUS =
      AttributeKey.longKey("fairlead.model_status");
  private static final AttributeKey<String> REQUEST_ID =
      AttributeKey.stringKey("fairlead.request_id");
  private static final AttributeKey<Long> QUEUE_POSITION =
      AttributeKey.longKey("fairlead.queue_position");

  private final Resource resource;
  private final RandomGenerator random;

  /**
   * Makes spans of one process.
   *
   * @param random for the ids of phases
   */
  RequestSpans(Resource resource, RandomGenerator random) {
    this.resource = resource;
    this.random = random;
  }

  /** Adds the spans of {@code request} to {@code to}. */
  void add(EndedRequest request, List<SpanData> to) {
    Phases phases = request.decision().phases();
    SpanContext own = context(request.traceId(), request.spanId());
    long start = request.endNanos() - phases.totalNanos();
    to.add(server(request, own, start));
    long firstByte =
        phases.firstByteNanos() >= 0 ? start + phases.firstByteNanos() : request.endNanos();
    long modelStart = firstByte - phases.modelNanos();
    long connectStart = modelStart - phases.connectNanos();
    add(to, own, "receive", start, phases.receiveNanos());
    add(to, own, "queue", connectStart - phases.queueNanos(), phases.queueNanos());
    add(to, own, "connect", connectStart, phases.connectNanos());
    add(to, own, "model", modelStart, phases.modelNanos());
    add(to, own, "relay", firstByte, phases.relayNanos());
  }

  private void add(List<SpanData> to, SpanContext own, String name, long start, long nanos) {
    if (nanos > 0) {
      String id = HexFormat.of().toHexDigits(random.nextLong(1, Long.MAX_VALUE));
      to.add(
          new Span(
              resource,
              name,
              SpanKind.INTERNAL,
              context(own.getTraceId(), id),
              own,
              StatusData.unset(),
              Attributes.empty(),
              start,
              start + nanos));
    }
  }

  private Span server(EndedRequest request, SpanContext own, long start) {
    Decision decision = request.decision();
    String parent = request.parentSpanId();
    String endpoint = decision.endpointName();
    return new Span(
        resource,
        endpoint.isEmpty() ? method(decision) : method(decision) + " " + endpoint,
        SpanKind.SERVER,
        own,
        parent == null
            ? SpanContext.getInvalid()
            : SpanContext.createFromRemoteParent(
                request.traceId(), parent, TraceFlags.getSampled(), TraceState.getDefault()),
        // what a caller did wrong is no error of a server
        isServerError(decision) ? StatusData.error() : StatusData.unset(),
        attributes(decision, request.isTls()),
        start,
        request.endNanos());
  }

  private static SpanContext context(String traceId, String spanId) {
    return SpanContext.create(traceId, spanId, TraceFlags.getSampled(), TraceState.getDefault());
  }

  private static String method(Decision decision) {
    return decision.method() == Method.OTHER ? "_OTHER" : decision.method().name();
  }

  private static boolean isServerError(Decision decision) {
    return decision.status() >= 500 || decision.status() == 0;
  }

  private static Attributes attributes(Decision decision, boolean tls) {
    AttributesBuilder all = Attributes.builder();
    all.put(METHOD, method(decision));
    all.put(PATH, decision.path());
    all.put(SCHEME, tls ? "https" : "http");
    all.put(PROTOCOL, "http");
    all.put(VERSION, decision.protocol().substring(decision.protocol().indexOf('/') + 1));
    all.put(REQUEST_SIZE, decision.requestBytes());
    all.put(RESPONSE_SIZE, decision.responseBytes());
    if (decision.status() > 0) {
      all.put(STATUS, (long) decision.status());
    }
    RouterError error = decision.error();
    if (error != null) {
      all.put(REASON, error.reason());
    }
    if (isServerError(decision)) {
      all.put(ERROR, errorType(decision, error));
    }
    Endpoint endpoint = decision.endpoint();
    if (endpoint != null) {
      all.put(NAMESPACE, endpoint.namespace());
      all.put(ENDPOINT, endpoint.name());
    }
    Deployment deployment = decision.deployment();
    if (deployment != null) {
      all.put(DEPLOYMENT, deployment.name());
    }
    Replica replica = decision.replica();
    if (replica != null) {
      all.put(REPLICA, replica.toString());
      all.put(ATTEMPTS, (long) decision.attempts());
    }
    if (decision.modelStatus() > 0) {
      all.put(MODEL_STATUS, (long) decision.modelStatus());
    }
    if (decision.queuePosition() > 0) {
      all.put(QUEUE_POSITION, (long) decision.queuePosition());
    }
    all.put(REQUEST_ID, decision.requestId());
    return all.build();
  }

  private static String errorType(Decision decision, @Nullable RouterError error) {
    if (error != null) {
      return error.reason();
    }
    return decision.callerLeft() ? "caller_left" : Integer.toString(decision.status());
  }
}
