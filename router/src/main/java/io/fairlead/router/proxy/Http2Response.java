package io.fairlead.router.proxy;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.Http2ResponseRules;
import io.fairlead.router.http.Method;
import org.jspecify.annotations.Nullable;

/** How far one response over HTTP/2 has come, and whether its parts fit together. */
final class Http2Response {
  /** Informational responses that one request may cause; more is an attack. */
  private static final int MAX_INFORMATIONAL = 16;

  private static final String LENGTH = "content-length is not the sum of all DATA";

  private Method method = Method.OTHER;
  private boolean begun;
  private boolean headDone;
  private boolean streams;
  private boolean contentForbidden;
  private long expectedBytes;
  private long receivedBytes;
  private int informational;

  /** Expects the response to a request with {@code requestMethod}. */
  void begin(Method requestMethod) {
    method = requestMethod;
  }

  /** Returns the method that was asked with. */
  Method method() {
    return method;
  }

  /** Returns whether anything has come. */
  boolean hasBegun() {
    return begun;
  }

  /** Returns whether the final head is here: another can only be trailers. */
  boolean hasHead() {
    return headDone;
  }

  /** Returns whether the head is here and says no length. */
  boolean isStreaming() {
    return streams;
  }

  /** Returns what is wrong with an informational response here, or null. */
  @Nullable String informational() {
    begun = true;
    return ++informational > MAX_INFORMATIONAL ? "too many informational responses" : null;
  }

  /** Takes the final head. */
  void head(Head head) {
    begun = true;
    headDone = true;
    streams = head.framing() == Head.Framing.UNTIL_END;
    expectedBytes = head.framing() == Head.Framing.LENGTH ? head.contentLength() : -1;
    contentForbidden = Http2ResponseRules.hasNoContent(method, head.status());
  }

  /** Returns what is wrong with {@code count} bytes of DATA here, or null (RFC 9113 8.1.1). */
  @Nullable String data(int count, boolean last) {
    receivedBytes += count;
    if (!headDone) {
      return "DATA before HEADERS";
    }
    if (contentForbidden && count > 0) {
      return "DATA where no content is allowed";
    }
    return last ? end() : expectedBytes >= 0 && receivedBytes > expectedBytes ? LENGTH : null;
  }

  /** Returns what is wrong with an end here, or null. */
  @Nullable String end() {
    return expectedBytes >= 0 && receivedBytes != expectedBytes ? LENGTH : null;
  }
}
