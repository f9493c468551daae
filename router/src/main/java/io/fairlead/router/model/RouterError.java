package io.fairlead.router.model;

/**
 * Every refusal and failure the router itself may answer with: the table of section 5 of the
 * contract, and the only place that holds its status codes.
 */
public enum RouterError {
  ENDPOINT_NOT_FOUND(404, "endpoint not found", Source.CLIENT),
  NO_ROUTE(404, "no route", Source.CLIENT),
  DEPLOYMENT_NOT_FOUND(404, "deployment not found", Source.CLIENT),
  UNAUTHORIZED(401, "unauthorized", Source.CLIENT),
  BAD_REQUEST(400, "bad request", Source.CLIENT),
  HEADER_TOO_LARGE(431, "request header too large", Source.CLIENT),
  URI_TOO_LONG(414, "request target too long", Source.CLIENT),
  PAYLOAD_TOO_LARGE(413, "payload too large", Source.CLIENT),
  METHOD_NOT_ALLOWED(405, "method not allowed", Source.CLIENT),
  NOT_IMPLEMENTED(501, "not implemented", Source.CLIENT),
  VERSION_NOT_SUPPORTED(505, "HTTP version not supported", Source.CLIENT),
  EXPECTATION_FAILED(417, "expectation failed", Source.CLIENT),
  MISDIRECTED_REQUEST(421, "misdirected request", Source.CLIENT),
  UPGRADE_REQUIRED(426, "WebSocket version not supported", Source.CLIENT),
  HEAD_TIMEOUT(408, "request head not received in time", Source.CLIENT),
  BODY_TIMEOUT(408, "request body not received in time", Source.CLIENT),
  TOO_MANY_PENDING_REQUESTS(503, 429, "too many pending requests", Source.ROUTER, true),
  QUEUE_TIMEOUT(503, 429, "waited too long for a free slot", Source.ROUTER, true),
  DEADLINE_INFEASIBLE(503, 429, "deadline cannot be met", Source.ROUTER, true),
  MODEL_NOT_READY(503, 503, "no ready replica", Source.MODEL, true),
  REQUEST_TIMEOUT(504, 408, "the model did not answer in time", Source.MODEL, false),
  UPSTREAM_CONNECT_FAILED(502, "cannot connect to the model", Source.MODEL),
  UPSTREAM_RESET(502, "the model closed the connection", Source.MODEL),
  UPSTREAM_PROTOCOL_ERROR(502, "the model's response is malformed", Source.MODEL),
  /** The model's own status is passed through in the {@code kubernetes} profile. */
  MODEL_ERROR(0, 424, "the model answered with an error", Source.MODEL, false),
  DRAINING(503, "shutting down", Source.ROUTER),
  ROUTER_OVERLOADED(503, 503, "the router is overloaded", Source.ROUTER, true),
  RATE_LIMITED(429, 429, "rate limit reached", Source.CLIENT, true);

  /** Who has to act for the error to go away. */
  public enum Source {
    CLIENT,
    ROUTER,
    MODEL
  }

  private final int kubernetesStatus;
  private final int managedStatus;
  private final String title;
  private final Source source;
  private final boolean retryAfter;
  private final String reason;

  RouterError(int status, String title, Source source) {
    this(status, status, title, source, false);
  }

  RouterError(
      int kubernetesStatus, int managedStatus, String title, Source source, boolean retryAfter) {
    this.kubernetesStatus = kubernetesStatus;
    this.managedStatus = managedStatus;
    this.title = title;
    this.source = source;
    this.retryAfter = retryAfter;
    this.reason = name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Returns the status code to answer with; 0 where the model's own is passed through. */
  public int status(ErrorProfile profile) {
    return profile == ErrorProfile.KUBERNETES ? kubernetesStatus : managedStatus;
  }

  /** Returns a short summary that does not change from occurrence to occurrence. */
  public String title() {
    return title;
  }

  /** Returns who has to act. */
  public Source source() {
    return source;
  }

  /** Returns whether the answer says when to come back. */
  public boolean saysRetryAfter() {
    return retryAfter;
  }

  /** Returns the token of {@code x-fairlead-reason} and of the metrics. */
  public String reason() {
    return reason;
  }
}
