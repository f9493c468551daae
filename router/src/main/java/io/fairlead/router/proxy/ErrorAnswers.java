package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fairlead.router.dispatch.Load;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.GrpcStatus;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.overload.OverloadState;
import io.fairlead.router.overload.Reading;
import java.util.Comparator;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The router's own answers: a JSON problem (RFC 9457) with the reason and the numbers behind the
 * decision, and the fields that say the same to a program. The only place that makes them.
 */
final class ErrorAnswers {
  /** Said when nothing is known about how soon a slot is free, or a replica is ready. */
  private static final long QUEUE_RETRY_NANOS = 1_000_000_000L;

  private static final long START_UP_RETRY_NANOS = 5_000_000_000L;
  private static final long LONGEST_RETRY_NANOS = 60_000_000_000L;

  private static final byte[] NO_BODY = {};

  private final ErrorProfile profile;
  private final SplittableRandom random;
  private final Head fields = new Head();

  ErrorAnswers(ErrorProfile profile, SplittableRandom random) {
    this.profile = profile;
    this.random = random;
  }

  /** Answers {@code exchange} and returns the status of HTTP that tells of the error. */
  int answer(Exchange exchange, Downstream to, Refusal refusal, @Nullable Load load) {
    RouterError error = refusal.error();
    int status = error.status(profile);
    if (exchange.request.grpc()) {
      grpc(exchange, to, refusal, load);
      return status;
    }
    byte[] body = problem(status, exchange.identity, refusal, load).getBytes(UTF_8);
    fields.reset();
    field("content-type", "application/problem+json");
    field("x-fairlead-reason", error.reason());
    ResponseFields.addIds(fields, exchange.identity);
    exchange.route.markForPages(exchange.request, fields);
    if (error == RouterError.METHOD_NOT_ALLOWED) {
      field("allow", exchange.route.allowedMethods());
    } else if (error == RouterError.UNAUTHORIZED) {
      field("www-authenticate", exchange.route.challenge());
    } else if (error == RouterError.UPGRADE_REQUIRED) {
      field("sec-websocket-version", "13"); // RFC 6455 4.2.2
    }
    retry(exchange, error, load);
    exchange.observed.relayed(body.length);
    to.answer(status, fields, exchange.request.method() == Method.HEAD, body);
    return status;
  }

  /** Answers with trailers alone, as gRPC wants it: HTTP says 200 whatever has happened. */
  private void grpc(Exchange exchange, Downstream to, Refusal refusal, @Nullable Load load) {
    RouterError error = refusal.error();
    fields.reset();
    field("content-type", "application/grpc");
    grpcStatus(refusal);
    field("x-fairlead-reason", error.reason());
    ResponseFields.addIds(fields, exchange.identity);
    retry(exchange, error, load);
    to.answer(200, fields, true, NO_BODY);
  }

  private void grpcStatus(Refusal refusal) {
    field("grpc-status", Integer.toString(GrpcStatus.of(refusal.error()).code()));
    field("grpc-message", GrpcMessage.encode(refusal.detail()));
  }

  /**
   * Breaks off a response that has begun: one of gRPC by saying why, any other so that the caller
   * cannot take it for complete.
   */
  void breakOff(Exchange exchange, Downstream to, Refusal refusal) {
    if (!exchange.request.grpc()) {
      to.abort();
      return;
    }
    fields.reset();
    grpcStatus(refusal);
    field("x-fairlead-reason", refusal.error().reason());
    to.trailers(fields);
  }

  private void field(String name, String value) {
    int nameStart = fields.append(name);
    int valueStart = fields.append(value);
    fields.addField(FieldId.OTHER, nameStart, valueStart, valueStart, fields.length());
  }

  private void retry(Exchange exchange, RouterError error, @Nullable Load load) {
    if (error == RouterError.RATE_LIMITED) {
      retryNotBefore(exchange.route.retryNanos());
    } else if (error.saysRetryAfter()) {
      retryAbout(expectedWait(error, load));
    }
  }

  private static long expectedWait(RouterError error, @Nullable Load load) {
    long expected = load == null ? 0 : load.estimatedWaitNanos();
    if (expected > 0) {
      return Math.min(expected, LONGEST_RETRY_NANOS);
    }
    return error == RouterError.MODEL_NOT_READY ? START_UP_RETRY_NANOS : QUEUE_RETRY_NANOS;
  }

  /**
   * Spread over half to one and a half of what is expected, so that callers do not come together.
   */
  private void retryAbout(long nanos) {
    long millis = Math.max(1, (nanos / 2 + random.nextLong(nanos + 1)) / 1_000_000);
    retryAfter(millis, millis);
  }

  /** Known and not expected: whoever comes sooner is refused again. */
  private void retryNotBefore(long nanos) {
    long millis = (nanos + 999_999) / 1_000_000;
    retryAfter(millis, millis + random.nextLong(millis / 10 + 1));
  }

  private void retryAfter(long millis, long spreadMillis) {
    field("retry-after", Long.toString((millis + 999) / 1000));
    field("retry-after-ms", Long.toString(spreadMillis));
  }

  private static String problem(
      int status, RequestIdentity identity, Refusal refusal, @Nullable Load load) {
    var json = new StringBuilder(256);
    json.append("{\"status\":").append(status);
    text(json.append(",\"title\":"), refusal.error().title());
    text(json.append(",\"detail\":"), refusal.detail());
    text(json.append(",\"reason\":"), refusal.error().reason());
    text(json.append(",\"requestId\":"), identity.text());
    if (load != null) {
      json.append(",\"limit\":").append(load.limit());
      json.append(",\"inFlight\":").append(load.inFlight());
      json.append(",\"queued\":").append(load.queued());
      json.append(",\"queueLimit\":").append(load.queueLimit());
      json.append(",\"readyReplicas\":").append(load.readyReplicas());
      json.append(",\"estimatedWaitMs\":").append(load.estimatedWaitNanos() / 1_000_000);
    }
    return json.append("}\n").toString();
  }

  private static void text(StringBuilder json, String value) {
    json.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  // ---- the sentences

  private static String within(CallerDeadline deadline) {
    return "within the " + deadline.totalMillis() + " ms that its caller waits";
  }

  static Refusal deadlinePassed(CallerDeadline deadline) {
    return new Refusal(
        RouterError.DEADLINE_INFEASIBLE, "the request did not get a slot " + within(deadline));
  }

  static Refusal deadlineOfModel(CallerDeadline deadline) {
    return new Refusal(RouterError.REQUEST_TIMEOUT, "the model did not answer " + within(deadline));
  }

  static Refusal queuesFull() {
    return new Refusal(
        RouterError.TOO_MANY_PENDING_REQUESTS,
        "no router has a free slot, and as many requests wait in all of them as may");
  }

  static Refusal queueTimeout(Load load, long waitedNanos) {
    RouterError error =
        load.readyReplicas() == 0 ? RouterError.MODEL_NOT_READY : RouterError.QUEUE_TIMEOUT;
    return new Refusal(error, "no slot became free within " + waitedNanos / 1_000_000 + " ms");
  }

  static Refusal requestTimeout(RequestSettings settings) {
    return new Refusal(
        RouterError.REQUEST_TIMEOUT,
        "the model did not answer within " + settings.requestTimeout().toMillis() + " ms");
  }

  static Refusal bodyTimeout(Limits.Body limits) {
    return new Refusal(
        RouterError.BODY_TIMEOUT,
        "the request body came too slowly (expected: at least "
            + limits.minBytesPerSecond()
            + " bytes per second)");
  }

  static Refusal bodyStalled(Limits.Body limits) {
    return new Refusal(
        RouterError.BODY_TIMEOUT,
        "the request body stopped coming (expected: some of it every "
            + limits.streamIdle().toSeconds()
            + " s)");
  }

  static Refusal tunnelIdle(Limits.Body limits) {
    return new Refusal(
        RouterError.REQUEST_TIMEOUT,
        "neither side of the WebSocket sent anything for "
            + limits.streamIdle().toSeconds()
            + " s");
  }

  static Refusal draining() {
    return new Refusal(RouterError.DRAINING, "the router is shutting down");
  }

  static Refusal headTimeout(Limits.Head limits) {
    return new Refusal(
        RouterError.HEAD_TIMEOUT,
        "the request head was not complete within " + limits.timeout().toMillis() + " ms");
  }

  static Refusal overloaded(OverloadState state) {
    return new Refusal(
        RouterError.ROUTER_OVERLOADED,
        "the router is short of what it needs for another request: "
            + state.readings().stream()
                .max(Comparator.comparingInt(Reading::permille))
                .map(Reading::toString)
                .orElse("unknown"));
  }

  static Refusal tooManyInFlight(Limits limits) {
    return new Refusal(
        RouterError.ROUTER_OVERLOADED,
        "too many requests in flight (expected: at most "
            + limits.connections().maxRequestsInFlight()
            + " in this router)");
  }
}
