package io.fairlead.router.demo;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The ids that the documented container echoes, each by its own rule. */
record RequestIds(String requestId, String msRequestId, @Nullable String msClientRequestId) {
  private static final String REQUEST_ID = "x-request-id";
  private static final String MS_REQUEST_ID = "x-ms-request-id";
  private static final String MS_CLIENT_REQUEST_ID = "x-ms-client-request-id";
  private static final int MAX_LENGTH = 100;

  static RequestIds of(HttpHeaders request) {
    String id = request.get(REQUEST_ID, UUID.randomUUID().toString());
    String client = request.get(MS_CLIENT_REQUEST_ID);
    return new RequestIds(id, request.get(MS_REQUEST_ID, client == null ? id : client), client);
  }

  /** Returns the name of a header that is longer than the container takes, or null. */
  static @Nullable String tooLong(HttpHeaders request) {
    for (String name : List.of(REQUEST_ID, MS_REQUEST_ID, MS_CLIENT_REQUEST_ID)) {
      if (request.get(name, "").length() > MAX_LENGTH) {
        return name;
      }
    }
    return null;
  }

  void writeTo(HttpHeaders response) {
    response.set(REQUEST_ID, requestId).set(MS_REQUEST_ID, msRequestId);
    if (msClientRequestId != null) {
      response.set(MS_CLIENT_REQUEST_ID, msClientRequestId);
    }
  }
}
