package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.http.TraceContext;
import io.fairlead.router.http1.HeadWriter;
import io.fairlead.router.model.Replica;

/** Writes the head that a model gets: the caller's, less what is guarded, plus the router's own. */
final class UpstreamHead {
  private static final byte[] GET = bytes("GET");
  private static final byte[] VERSION = bytes(" HTTP/1.1\r\nhost: ");
  private static final byte[] CRLF = bytes("\r\n");
  private static final byte[] REQUEST_ID = bytes("x-request-id: ");
  private static final byte[] CLIENT_REQUEST_ID = bytes("x-ms-client-request-id: ");
  private static final byte[] TRACE_PARENT = bytes("traceparent: ");
  private static final byte[] FORWARDED_FOR = bytes("x-forwarded-for: ");
  private static final byte[] FORWARDED_HTTP = bytes("x-forwarded-proto: http\r\n");
  private static final byte[] FORWARDED_HTTPS = bytes("x-forwarded-proto: https\r\n");

  private UpstreamHead() {}

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  /**
   * Writes the head of {@code exchange}'s request.
   *
   * @param complete whether the whole body is known already, and so its length
   * @return whether the body is to be sent in chunks
   */
  static boolean write(HeadWriter to, Exchange exchange, Replica replica, boolean complete) {
    Head head = exchange.request;
    to.reset();
    if (exchange.route.isWebSocket()) {
      to.bytes(GET); // also where HTTP/2 has asked with CONNECT
    } else {
      to.bytes(head.bytes(), head.methodStart(), head.methodEnd());
    }
    to.ensure(exchange.route.upstreamPathLength() + 1);
    to.array()[to.length()] = ' ';
    to.length(exchange.route.writeUpstreamPath(head, to.array(), to.length() + 1));
    to.bytes(head.bytes(), head.pathEnd(), head.targetEnd());
    to.bytes(VERSION);
    if (head.authorityEnd() > head.authorityStart()) {
      to.bytes(head.bytes(), head.authorityStart(), head.authorityEnd());
    } else {
      to.bytes(replica.toString().getBytes(US_ASCII)); // HTTP/1.0 without a host
    }
    to.bytes(CRLF);
    to.forwardedFields(head);
    writeOwn(to, exchange);
    boolean chunked = false;
    if (exchange.route.isWebSocket()) {
      to.bytes(Writes.UPGRADE);
    } else {
      chunked = writeFraming(to, exchange, complete);
    }
    to.end();
    return chunked;
  }

  private static void writeOwn(HeadWriter to, Exchange exchange) {
    RequestIdentity identity = exchange.identity;
    to.field(REQUEST_ID, identity.id, 0, identity.id.length);
    if (identity.clientIdLength() > 0) {
      to.field(CLIENT_REQUEST_ID, identity.clientId, 0, identity.clientIdLength());
    }
    TraceContext span = exchange.observed.span();
    if (span != null) {
      to.field(TRACE_PARENT, span.traceParent(), 0, TraceContext.LENGTH);
    }
    exchange.deadline.write(to, exchange.request, exchange.loop.now());
    Origin origin = exchange.downstream().origin();
    to.field(FORWARDED_FOR, origin.clientAddress(), 0, origin.clientAddress().length);
    if (!origin.trusted() || !saysProtocol(exchange.request)) {
      to.bytes(origin.tls() ? FORWARDED_HTTPS : FORWARDED_HTTP);
    }
  }

  /** Returns whether the caller has said which protocol its own caller used. */
  static boolean saysProtocol(Head head) {
    for (int i = head.find(FieldId.X_FORWARDED);
        i >= 0;
        i = head.next(FieldId.X_FORWARDED, i + 1)) {
      if (Ascii.is(head.bytes(), head.nameStart(i), head.nameEnd(i), "x-forwarded-proto")) {
        return true;
      }
    }
    return false;
  }

  private static boolean writeFraming(HeadWriter to, Exchange exchange, boolean complete) {
    Head head = exchange.request;
    if (complete) {
      int size = exchange.body.kept();
      if (size > 0 || head.framing() != Head.Framing.NONE || impliesBody(head.method())) {
        to.contentLength(size);
      }
      return false;
    }
    if (head.framing() == Head.Framing.LENGTH) {
      to.contentLength(head.contentLength());
      return false;
    }
    to.chunked();
    return true;
  }

  /** RFC 9110 8.6: these say Content-Length: 0 where there is no body. */
  private static boolean impliesBody(Method method) {
    return method == Method.POST || method == Method.PUT || method == Method.PATCH;
  }
}
