package io.fairlead.router.http;

import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * The rules of HTTP/2 requests, which fill the same {@link Head} that a request of HTTP/1.1 fills.
 *
 * <p>A refused request is a stream error, nothing of it is forwarded. What both versions share is
 * in {@link RequestRules}, which the caller asks next.
 */
public final class Http2RequestRules extends Http2MessageRules {
  private static final Refusal PSEUDO_UNKNOWN =
      bad("pseudo-header: unknown (expected: method, scheme, authority, path or protocol)");
  private static final Refusal PSEUDO_TWICE = bad("pseudo-header: repeated (expected: once)");
  private static final Refusal METHOD = bad(":method: missing or malformed (expected: a token)");
  private static final Refusal SCHEME =
      bad(":scheme: missing or unknown (expected: http or https)");
  private static final Refusal PATH =
      bad(":path: missing or malformed (expected: a path that begins with a slash)");
  private static final Refusal CONNECT =
      bad("CONNECT: malformed (expected: :authority alone, or :protocol with all others)");
  private static final Refusal PROTOCOL = bad(":protocol: without CONNECT (expected: with it)");
  private static final Refusal NO_AUTHORITY = bad("authority: missing (expected: one)");
  private static final Refusal TWO_AUTHORITIES =
      bad("host: repeated or other than :authority (expected: one host)");
  private static final Refusal NO_CONTENT =
      bad("content-length: above 0 on a request without DATA (expected: 0)");
  private static final Refusal EXPECTATION =
      new Refusal(RouterError.EXPECTATION_FAILED, "expect: unknown (expected: 100-continue)");
  private static final Refusal PATH_TOO_LONG =
      new Refusal(RouterError.URI_TOO_LONG, ":path: too long");

  private static final int METHOD_SEEN = 1;
  private static final int SCHEME_SEEN = 1 << 1;
  private static final int AUTHORITY_SEEN = 1 << 2;
  private static final int PATH_SEEN = 1 << 3;
  private static final int PROTOCOL_SEEN = 1 << 4;

  private final int maxPathBytes;
  private int seen;
  private boolean knownScheme;
  private boolean webSocket;

  /** Creates the rules with the bounds of one head. */
  public Http2RequestRules(Limits.Head limits) {
    super(
        new Http2Fields(limits.maxHeadBytes(), limits.maxFieldBytes(), limits.maxFields()),
        RouterError.BAD_REQUEST);
    maxPathBytes = limits.maxRequestLineBytes();
  }

  @Override
  void begin(Head newHead, boolean pseudoHeaders) {
    super.begin(newHead, pseudoHeaders);
    seen = 0;
    knownScheme = false;
    webSocket = false;
  }

  /** Ends the request; returns why it is refused, or null when {@code head} is complete. */
  public @Nullable Refusal end(boolean endStream) {
    head.grpc(Grpc.isCall(head)); // a refusal, too, is told in its way
    if (refusal == null) {
      refusal = target();
    }
    if (refusal == null) {
      refusal = host();
    }
    if (refusal == null) {
      refusal = content(endStream);
    }
    if (refusal == null) {
      head.webSocket(webSocket);
      head.acceptsTrailers(head.has(FieldId.TE) || Grpc.isCall(head));
      Http2Fields.joinCookies(head);
    }
    return refusal;
  }

  @Override
  @Nullable Refusal pseudoHeader(
      byte[] name, int from, int to, byte[] value, int valueOff, int valueLen) {
    int which = pseudoHeader(name, from, to);
    if (which == 0) {
      return PSEUDO_UNKNOWN;
    }
    if ((seen & which) != 0) {
      return PSEUDO_TWICE;
    }
    seen |= which;
    int start = Http2Fields.append(head, value, valueOff, valueLen);
    int end = start + valueLen;
    byte[] bytes = head.bytes();
    switch (which) {
      case METHOD_SEEN -> {
        head.method(Method.of(bytes, start, end), start, end);
        return Ascii.isToken(bytes, start, end) ? null : METHOD;
      }
      case SCHEME_SEEN ->
          knownScheme = Ascii.is(bytes, start, end, "https") || Ascii.is(bytes, start, end, "http");
      case AUTHORITY_SEEN -> head.authority(start, end);
      case PATH_SEEN -> {
        head.target(start, end);
        head.path(start, pathEnd(bytes, start, end));
        return valueLen > maxPathBytes ? PATH_TOO_LONG : null;
      }
      default -> webSocket = Ascii.is(bytes, start, end, "websocket");
    }
    return null;
  }

  private static int pseudoHeader(byte[] name, int from, int to) {
    if (Ascii.is(name, from, to, ":method")) {
      return METHOD_SEEN;
    }
    if (Ascii.is(name, from, to, ":path")) {
      return PATH_SEEN;
    }
    if (Ascii.is(name, from, to, ":authority")) {
      return AUTHORITY_SEEN;
    }
    if (Ascii.is(name, from, to, ":scheme")) {
      return SCHEME_SEEN;
    }
    return Ascii.is(name, from, to, ":protocol") ? PROTOCOL_SEEN : 0;
  }

  private static int pathEnd(byte[] bytes, int start, int end) {
    int i = start;
    while (i < end && bytes[i] != '?') {
      i++;
    }
    return i;
  }

  private @Nullable Refusal target() {
    if ((seen & METHOD_SEEN) == 0) {
      return METHOD;
    }
    if (head.method() == Method.CONNECT && (seen & PROTOCOL_SEEN) == 0) {
      // RFC 9113 8.5; refused as a method later, if it is well-formed
      return seen == (METHOD_SEEN | AUTHORITY_SEEN) ? null : CONNECT;
    }
    if ((seen & PROTOCOL_SEEN) != 0 && head.method() != Method.CONNECT) {
      // RFC 8441 4
      return PROTOCOL;
    }
    if (!knownScheme) {
      return SCHEME;
    }
    if (head.pathStart() == head.pathEnd()) {
      return PATH;
    }
    byte first = head.bytes()[head.pathStart()];
    boolean asterisk = head.method() == Method.OPTIONS && first == '*';
    return first == '/' || asterisk ? null : PATH;
  }

  private @Nullable Refusal host() {
    int host = head.find(FieldId.HOST);
    if (host < 0) {
      return head.authorityStart() == head.authorityEnd() ? NO_AUTHORITY : null;
    }
    if (head.next(FieldId.HOST, host + 1) >= 0) {
      return TWO_AUTHORITIES;
    }
    int from = head.valueStart(host);
    int to = head.valueEnd(host);
    if ((seen & AUTHORITY_SEEN) == 0) {
      head.authority(from, to);
      return from == to ? NO_AUTHORITY : null;
    }
    boolean same = Ascii.equal(head.bytes(), from, to, head.authorityStart(), head.authorityEnd());
    return same ? null : TWO_AUTHORITIES;
  }

  private @Nullable Refusal content(boolean endStream) {
    long length = Http2Fields.contentLength(head);
    if (endStream) {
      head.framing(Head.Framing.NONE, length);
    } else {
      head.framing(length < 0 ? Head.Framing.UNTIL_END : Head.Framing.LENGTH, length);
    }
    for (int i = head.find(FieldId.EXPECT); i >= 0; i = head.next(FieldId.EXPECT, i + 1)) {
      if (!head.valueIs(i, "100-continue")) {
        return EXPECTATION;
      }
      head.expectContinue(!endStream && length != 0);
    }
    return endStream && length > 0 ? NO_CONTENT : null;
  }

  private static Refusal bad(String detail) {
    return new Refusal(RouterError.BAD_REQUEST, detail);
  }
}
