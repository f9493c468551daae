package io.fairlead.router.http;

import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/** The rules of HTTP/2 responses. */
public final class Http2ResponseRules extends Http2MessageRules {
  /** As many as over HTTP/1.1: what a model may say is not ours to bound. */
  private static final int MAX_FIELDS = 200;

  private static final Refusal PSEUDO_UNKNOWN =
      bad("pseudo-header: other than :status, or repeated (expected: :status once)");
  private static final Refusal STATUS =
      bad(":status: missing or malformed (expected: three digits from 100 to 599)");
  private static final Refusal SWITCHING =
      bad(":status: 101 (expected: none, HTTP/2 does not switch protocols)");
  private static final Refusal INFORMATIONAL_END =
      bad(":status: informational, at the end of the stream (expected: a final one)");
  private static final Refusal CONTENT =
      bad("content-length: above 0 on a response without DATA (expected: 0)");

  /** Creates the rules with the bounds of one head. */
  public Http2ResponseRules(Limits.Head limits) {
    super(
        new Http2Fields(limits.maxHeadBytes(), limits.maxFieldBytes(), MAX_FIELDS),
        RouterError.UPSTREAM_PROTOCOL_ERROR);
  }

  @Override
  @Nullable Refusal pseudoHeader(
      byte[] name, int from, int to, byte[] value, int valueOff, int valueLen) {
    if (head.status() != 0 || !Ascii.is(name, from, to, ":status")) {
      return PSEUDO_UNKNOWN;
    }
    long status = valueLen == 3 ? Ascii.decimal(value, valueOff, valueOff + valueLen) : -1;
    head.status((int) status);
    // RFC 9110 15: others are invalid and to be taken as a server's error
    return status < 100 || status > 599 ? STATUS : null;
  }

  /** Returns whether what has come so far is the head of an informational response. */
  public boolean isInformational() {
    return head.status() >= 100 && head.status() <= 199;
  }

  /**
   * Ends the head; returns why it is no response, or null when {@code head} is complete.
   *
   * @param method of the request, which says what body may follow
   */
  public @Nullable Refusal end(Method method, boolean endStream) {
    if (refusal == null) {
      refusal = head.status() == 0 ? STATUS : content(method, endStream);
    }
    return refusal;
  }

  private @Nullable Refusal content(Method method, boolean endStream) {
    int status = head.status();
    long length = Http2Fields.contentLength(head);
    if (status < 200) {
      head.framing(Head.Framing.NONE, -1);
      if (status == 101) {
        return SWITCHING; // RFC 9113 8.6
      }
      return endStream ? INFORMATIONAL_END : null;
    }
    if (hasNoContent(method, status)) {
      head.framing(Head.Framing.NONE, status == 204 ? -1 : length);
      return null;
    }
    if (endStream) {
      head.framing(Head.Framing.NONE, length);
      return length > 0 ? CONTENT : null;
    }
    head.framing(length < 0 ? Head.Framing.UNTIL_END : Head.Framing.LENGTH, length);
    return null;
  }

  /** RFC 9110 6.4.1: there is none, whatever the fields declare. */
  public static boolean hasNoContent(Method method, int status) {
    return method == Method.HEAD || status == 204 || status == 304;
  }

  private static Refusal bad(String detail) {
    return new Refusal(RouterError.UPSTREAM_PROTOCOL_ERROR, detail);
  }
}
