package io.fairlead.router.http1;

import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.ListField;
import io.fairlead.router.http.Method;
import io.fairlead.router.http.WebSocket;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The scanner of the request heads of one connection: bytes in, a complete {@link Head} out.
 *
 * <p>It holds the rules of framing; those that HTTP/2 shares are in {@link
 * io.fairlead.router.http.RequestRules}, which the caller asks next. A refusal is final: what
 * follows on the connection cannot be told from an attack.
 */
public final class RequestScanner extends HeadScanner {
  private static final long HTTP_1_1 = Ascii.word("HTTP/1.1");
  private static final long HTTP_1_0 = Ascii.word("HTTP/1.0");
  private static final int VERSION_LENGTH = 8;

  /** Creates a scanner with the bounds of one head. */
  public RequestScanner(Limits.Head limits) {
    super(
        limits.maxRequestLineBytes(),
        limits.maxHeadBytes(),
        limits.maxFieldBytes(),
        limits.maxFields());
  }

  /**
   * Takes from {@code in} what the head needs, and nothing behind it. The head is emptied with its
   * first byte and filled over as many calls as it takes; after {@link Progress#DONE} the next call
   * begins the next request.
   */
  public Progress scan(ByteBuf in, Head head) {
    return advance(in, head);
  }

  /** Returns why the head was refused; only after {@link Progress#REFUSED}. */
  public Refusal refusal() {
    return fault().refusal(false);
  }

  @Override
  boolean beginsWithFields() {
    return false;
  }

  @Override
  boolean skipsEmptyLine() {
    return true;
  }

  @Override
  Fault tooLarge(boolean firstLine) {
    return firstLine ? Fault.REQUEST_LINE_TOO_LONG : Fault.TOO_LARGE;
  }

  @Override
  @Nullable Fault firstLine(Head head, int from, int to) {
    byte[] b = head.bytes();
    int methodEnd = from;
    while (methodEnd < to && Ascii.isToken(b[methodEnd])) {
      methodEnd++;
    }
    int targetEnd = to - VERSION_LENGTH - 1;
    if (methodEnd == from
        || methodEnd >= targetEnd - 1
        || b[methodEnd] != ' '
        || b[targetEnd] != ' ') {
      return Fault.REQUEST_LINE;
    }
    head.method(Method.of(b, from, methodEnd), from, methodEnd);
    Fault fault = target(head, methodEnd + 1, targetEnd);
    return fault != null ? fault : version(head, to - VERSION_LENGTH);
  }

  private static @Nullable Fault version(Head head, int from) {
    byte[] b = head.bytes();
    long word = Ascii.word(b, from);
    if (word == HTTP_1_1) {
      return null;
    }
    if (word == HTTP_1_0) {
      head.minorVersion(0);
      return null;
    }
    boolean wellFormed =
        head.text(from, from + 5).equals("HTTP/")
            && isDigit(b[from + 5])
            && b[from + 6] == '.'
            && isDigit(b[from + 7]);
    return wellFormed ? Fault.VERSION : Fault.REQUEST_LINE;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static @Nullable Fault target(Head head, int from, int to) {
    byte[] b = head.bytes();
    int query = to;
    for (int i = to - 1; i >= from; i--) {
      byte c = b[i];
      if (c == '?') {
        query = i;
      } else if (c == ' ' || c == '\t' || c == '#') {
        return Fault.TARGET;
      }
    }
    head.target(from, to);
    head.path(from, query);
    // RFC 9112 3.2: origin form, then the rare ones
    if (b[from] == '/' || head.method() == Method.CONNECT) {
      return null;
    }
    if (to - from == 1 && b[from] == '*') {
      return head.method() == Method.OPTIONS ? null : Fault.TARGET;
    }
    return absoluteForm(head, from, query);
  }

  private static @Nullable Fault absoluteForm(Head head, int from, int end) {
    byte[] b = head.bytes();
    int host;
    if (Ascii.startsWith(b, from, end, "http://")) {
      host = from + "http://".length();
    } else if (Ascii.startsWith(b, from, end, "https://")) {
      host = from + "https://".length();
    } else {
      return Fault.TARGET;
    }
    int path = host;
    while (path < end && b[path] != '/') {
      path++;
    }
    head.authority(host, path);
    head.path(path, end);
    return host == path ? Fault.TARGET : null;
  }

  @Override
  @Nullable Fault complete(Head head) {
    Fault fault = host(head);
    if (fault == null) {
      fault = connection(head);
    }
    if (fault == null) {
      fault = Framings.declared(head, Head.Framing.NONE);
    }
    if (fault == null && head.has(FieldId.EXPECT)) {
      fault = expectation(head);
    }
    if (head.has(FieldId.TE)) {
      head.acceptsTrailers(ListField.contains(head, FieldId.TE, "trailers"));
    }
    if (head.has(FieldId.UPGRADE)) {
      head.webSocket(head.minorVersion() > 0 && WebSocket.isAskedFor(head));
    }
    if (head.pathStart() == head.pathEnd()) {
      addSlash(head);
    }
    return fault;
  }

  private static @Nullable Fault host(Head head) {
    int host = head.find(FieldId.HOST);
    if (host < 0) {
      return head.minorVersion() == 0 ? null : Fault.NO_HOST;
    }
    int from = head.valueStart(host);
    int to = head.valueEnd(host);
    if (head.next(FieldId.HOST, host + 1) >= 0) {
      return Fault.TWO_HOSTS;
    }
    int authority = head.authorityStart();
    int authorityEnd = head.authorityEnd();
    if (authority == authorityEnd) {
      head.authority(from, to);
      return null;
    }
    // the target's host wins (RFC 9112 3.2.2); to let them differ is to let two readers differ
    return Ascii.equal(head.bytes(), from, to, authority, authorityEnd) ? null : Fault.TWO_HOSTS;
  }

  private static @Nullable Fault expectation(Head head) {
    for (int i = head.find(FieldId.EXPECT); i >= 0; i = head.next(FieldId.EXPECT, i + 1)) {
      if (!head.valueIs(i, "100-continue")) {
        return Fault.EXPECTATION;
      }
    }
    // RFC 9110 10.1.1: HTTP/1.0 cannot wait, and without content there is nothing to wait for
    boolean content = head.framing() == Head.Framing.CHUNKED || head.contentLength() > 0;
    head.expectContinue(content && head.minorVersion() > 0);
    return null;
  }

  /** Makes {@code http://host} and {@code http://host?query} what they mean (RFC 9112 3.2.1). */
  private static void addSlash(Head head) {
    int from = head.pathEnd();
    int count = head.targetEnd() - from;
    int slash = head.append(head.method() == Method.OPTIONS && count == 0 ? "*" : "/");
    System.arraycopy(head.bytes(), from, head.reserve(count), slash + 1, count);
    head.length(slash + 1 + count);
    head.target(slash, slash + 1 + count);
    head.path(slash, slash + 1);
  }
}
