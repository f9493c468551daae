package io.fairlead.router.http;

import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/** What a request must be in either version, once its framing is known to be sound. */
public final class RequestRules {
  private static final Refusal METHOD =
      new Refusal(
          RouterError.METHOD_NOT_ALLOWED,
          "method: CONNECT or TRACE (expected: neither, but for a WebSocket over HTTP/2)");
  private static final Refusal AUTHORITY =
      new Refusal(
          RouterError.BAD_REQUEST, "authority: malformed (expected: host or host:port, no user)");
  private static final Refusal UPGRADE_WITH_BODY =
      new Refusal(RouterError.BAD_REQUEST, "upgrade: with a body (expected: none)");

  private RequestRules() {}

  /**
   * Returns why the request is refused, or null; its path is canonical then.
   *
   * <p>An {@code Upgrade} to something other than a WebSocket is no fault: it is never forwarded,
   * and a server may ignore it (RFC 9110 7.8). Clients that probe for h2c send one with any body.
   */
  public static @Nullable Refusal check(Head head) {
    Method method = head.method();
    if (method == Method.TRACE || (method == Method.CONNECT && !head.webSocket())) {
      return METHOD;
    }
    int from = head.authorityStart();
    int to = head.authorityEnd();
    // only HTTP/1.0 knows requests without a host
    boolean none = from == to && head.minorVersion() == 0;
    if (!none && !Authority.isValid(head.bytes(), from, to)) {
      return AUTHORITY;
    }
    if (head.webSocket() && method != Method.CONNECT && hasBody(head)) {
      return UPGRADE_WITH_BODY;
    }
    return PathRules.check(head);
  }

  private static boolean hasBody(Head head) {
    return head.framing() == Head.Framing.CHUNKED || head.contentLength() > 0;
  }
}
