package io.fairlead.router.proxy;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.RequestIds;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * The two ids of a request: {@code x-request-id}, the caller's if it is a valid UUID and a new one
 * otherwise, and {@code x-ms-client-request-id}, cut to what is documented.
 */
final class RequestIdentity {
  final byte[] id = new byte[36];
  final byte[] clientId = new byte[40];
  private int clientIdLength;

  /** Reads both from a head. */
  void take(Head head, SplittableRandom random) {
    clientIdLength = 0;
    int given = head.find(FieldId.X_REQUEST_ID);
    // two ids are as good as none: which one would the model's log show?
    if (given >= 0
        && head.next(FieldId.X_REQUEST_ID, given + 1) < 0
        && RequestIds.isUuid(head.bytes(), head.valueStart(given), head.valueEnd(given))) {
      System.arraycopy(head.bytes(), head.valueStart(given), id, 0, id.length);
    } else {
      RequestIds.writeRandom(id, 0, random.nextLong(), random.nextLong());
    }
    int client = head.find(FieldId.X_MS_CLIENT_REQUEST_ID);
    if (client >= 0) {
      clientIdLength =
          RequestIds.copyClientId(
              head.bytes(), head.valueStart(client), head.valueEnd(client), clientId, 0);
    }
  }

  /** Becomes what {@code other} is. */
  void copy(RequestIdentity other) {
    System.arraycopy(other.id, 0, id, 0, id.length);
    System.arraycopy(other.clientId, 0, clientId, 0, clientId.length);
    clientIdLength = other.clientIdLength;
  }

  /** Makes a new id for a request that cannot be read. */
  void fresh(SplittableRandom random) {
    clientIdLength = 0;
    RequestIds.writeRandom(id, 0, random.nextLong(), random.nextLong());
  }

  /** Returns the length of {@link #clientId}; 0 if the caller sent none. */
  int clientIdLength() {
    return clientIdLength;
  }

  /** Returns the request id as text. */
  String text() {
    return new String(id, StandardCharsets.US_ASCII);
  }
}
