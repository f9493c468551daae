package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.http.TraceContext;
import io.fairlead.router.http1.HeadWriter;
import io.fairlead.router.model.Replica;
import io.netty.buffer.ByteBuf;

/**
 * Writes the fields that a model gets over HTTP/2: the caller's, less what is guarded, plus the
 * router's own. {@link UpstreamHead} does the same for HTTP/1.1.
 */
final class Http2RequestFields {
  // RFC 7541, appendix A
  private static final int AUTHORITY = 1;
  private static final int METHOD_GET = 2;
  private static final int METHOD_POST = 3;
  private static final int PATH = 4;
  private static final int SCHEME_HTTP = 6;

  private static final byte[] REQUEST_ID = bytes("x-request-id");
  private static final byte[] CLIENT_REQUEST_ID = bytes("x-ms-client-request-id");
  private static final byte[] TRACE_PARENT = bytes("traceparent");
  private static final byte[] FORWARDED_FOR = bytes("x-forwarded-for");
  private static final byte[] FORWARDED_PROTO = bytes("x-forwarded-proto");
  private static final byte[] HTTP = bytes("http");
  private static final byte[] HTTPS = bytes("https");
  private static final byte[] TE = bytes("te");
  private static final byte[] TRAILERS = bytes("trailers");

  private Http2RequestFields() {}

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  static void write(ByteBuf to, Exchange exchange, Replica replica) {
    Head head = exchange.request;
    method(to, head);
    Http2FieldWriter.indexed(to, SCHEME_HTTP);
    authority(to, head, replica);
    path(to, exchange);
    Http2FieldWriter.fields(to, head);
    own(to, exchange);
    if (head.contentLength() >= 0) {
      Http2FieldWriter.contentLength(to, head.contentLength());
    }
    if (head.acceptsTrailers()) {
      Http2FieldWriter.field(to, TE, TRAILERS, TRAILERS.length);
    }
  }

  private static void method(ByteBuf to, Head head) {
    if (head.method() == Method.POST) {
      Http2FieldWriter.indexed(to, METHOD_POST);
    } else if (head.method() == Method.GET) {
      Http2FieldWriter.indexed(to, METHOD_GET);
    } else {
      Http2FieldWriter.known(to, METHOD_GET, head.bytes(), head.methodStart(), head.methodEnd());
    }
  }

  private static void authority(ByteBuf to, Head head, Replica replica) {
    if (head.authorityEnd() > head.authorityStart()) {
      Http2FieldWriter.known(
          to, AUTHORITY, head.bytes(), head.authorityStart(), head.authorityEnd());
    } else {
      byte[] own = bytes(replica.toString()); // HTTP/1.0 without a host
      Http2FieldWriter.known(to, AUTHORITY, own, 0, own.length);
    }
  }

  private static void path(ByteBuf to, Exchange exchange) {
    Head head = exchange.request;
    HeadWriter path = exchange.loop.writer;
    path.reset();
    path.ensure(exchange.route.upstreamPathLength());
    path.length(exchange.route.writeUpstreamPath(head, path.array(), 0));
    path.bytes(head.bytes(), head.pathEnd(), head.targetEnd());
    Http2FieldWriter.known(to, PATH, path.array(), 0, path.length());
  }

  private static void own(ByteBuf to, Exchange exchange) {
    RequestIdentity identity = exchange.identity;
    Http2FieldWriter.field(to, REQUEST_ID, identity.id, identity.id.length);
    if (identity.clientIdLength() > 0) {
      Http2FieldWriter.field(to, CLIENT_REQUEST_ID, identity.clientId, identity.clientIdLength());
    }
    TraceContext span = exchange.observed.span();
    if (span != null) {
      Http2FieldWriter.field(to, TRACE_PARENT, span.traceParent(), TraceContext.LENGTH);
    }
    exchange.deadline.write(to, exchange.loop.writer, exchange.request, exchange.loop.now());
    Origin origin = exchange.downstream().origin();
    byte[] address = origin.clientAddress();
    Http2FieldWriter.field(to, FORWARDED_FOR, address, address.length);
    if (!origin.trusted() || !UpstreamHead.saysProtocol(exchange.request)) {
      byte[] protocol = origin.tls() ? HTTPS : HTTP;
      Http2FieldWriter.field(to, FORWARDED_PROTO, protocol, protocol.length);
    }
  }
}
