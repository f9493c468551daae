package io.fairlead.router.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which status a caller of gRPC gets for which error. */
final class GrpcStatusTest {
  @ParameterizedTest
  @CsvSource({
    "UNAUTHORIZED, 16",
    "ENDPOINT_NOT_FOUND, 12",
    "DEPLOYMENT_NOT_FOUND, 12",
    "NOT_IMPLEMENTED, 12",
    "BAD_REQUEST, 3",
    "PAYLOAD_TOO_LARGE, 8",
    "RATE_LIMITED, 8",
    "REQUEST_TIMEOUT, 4",
    "DEADLINE_INFEASIBLE, 4",
    "QUEUE_TIMEOUT, 14",
    "TOO_MANY_PENDING_REQUESTS, 14",
    "MODEL_NOT_READY, 14",
    "UPSTREAM_CONNECT_FAILED, 14",
    "UPSTREAM_RESET, 14",
    "UPSTREAM_PROTOCOL_ERROR, 13",
    "DRAINING, 14",
  })
  void tellsWhatHappened(RouterError error, int code) {
    assertThat(GrpcStatus.of(error).code()).isEqualTo(code);
  }

  @ParameterizedTest
  @EnumSource(RouterError.class)
  void hasOneForEveryError(RouterError error) {
    assertThat(GrpcStatus.of(error).code()).isBetween(1, 16);
  }

  /** gRPC's retry policies look for UNAVAILABLE: what says Retry-After should be found. */
  @ParameterizedTest
  @EnumSource(RouterError.class)
  void isUnavailableOnlyWhereAnotherAttemptMayHelp(RouterError error) {
    if (GrpcStatus.of(error) == GrpcStatus.UNAVAILABLE) {
      assertThat(error.source()).isNotEqualTo(RouterError.Source.CLIENT);
    }
  }
}
