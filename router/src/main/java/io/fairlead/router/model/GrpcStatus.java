package io.fairlead.router.model;

/**
 * The status codes of gRPC that the router answers with, and which error has which: what a caller
 * of gRPC gets in place of a status of HTTP.
 *
 * <p>Where gRPC's own mapping of HTTP statuses is coarser than what is known here (it makes 4xx an
 * internal error, and 504 the same as 503), the code says what happened.
 */
public enum GrpcStatus {
  INVALID_ARGUMENT(3),
  DEADLINE_EXCEEDED(4),
  RESOURCE_EXHAUSTED(8),
  UNIMPLEMENTED(12),
  INTERNAL(13),
  UNAVAILABLE(14),
  UNAUTHENTICATED(16),
  UNKNOWN(2);

  private final int code;

  GrpcStatus(int code) {
    this.code = code;
  }

  /** Returns the value of {@code grpc-status}. */
  public int code() {
    return code;
  }

  /** Returns the status that tells of {@code error}. */
  public static GrpcStatus of(RouterError error) {
    return switch (error) {
      case UNAUTHORIZED -> UNAUTHENTICATED;
      // gRPC's mapping of 404, 405 and 501: there is no such service here
      case ENDPOINT_NOT_FOUND,
          NO_ROUTE,
          DEPLOYMENT_NOT_FOUND,
          METHOD_NOT_ALLOWED,
          NOT_IMPLEMENTED,
          VERSION_NOT_SUPPORTED,
          MISDIRECTED_REQUEST,
          UPGRADE_REQUIRED ->
          UNIMPLEMENTED;
      case BAD_REQUEST, EXPECTATION_FAILED, URI_TOO_LONG -> INVALID_ARGUMENT;
      // as gRPC's own servers say of a message or metadata above their limit
      case HEADER_TOO_LARGE, PAYLOAD_TOO_LARGE, RATE_LIMITED -> RESOURCE_EXHAUSTED;
      case HEAD_TIMEOUT, BODY_TIMEOUT, REQUEST_TIMEOUT, DEADLINE_INFEASIBLE -> DEADLINE_EXCEEDED;
      // what a client may try again: UNAVAILABLE is what its retry policy looks for
      case TOO_MANY_PENDING_REQUESTS,
          QUEUE_TIMEOUT,
          MODEL_NOT_READY,
          UPSTREAM_CONNECT_FAILED,
          UPSTREAM_RESET,
          DRAINING,
          ROUTER_OVERLOADED ->
          UNAVAILABLE;
      case UPSTREAM_PROTOCOL_ERROR -> INTERNAL;
      case MODEL_ERROR -> UNKNOWN;
    };
  }
}
