package io.fairlead.router.http1;

import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The scanner of the response heads of one connection to a model: as strict as that of requests.
 *
 * <p>Each interim response (1xx) is a head of its own. A response to HEAD, and 304, keep the length
 * they declare in {@link Head#contentLength()} although no body follows.
 */
public final class ResponseScanner extends HeadScanner {
  /** A response may have more fields than a request: what a model may say is not ours to bound. */
  private static final int MAX_FIELDS = 200;

  private static final long HTTP_1_1 = Ascii.word("HTTP/1.1");
  private static final long HTTP_1_0 = Ascii.word("HTTP/1.0");
  private static final int STATUS_START = 9;
  private static final int STATUS_END = 12;

  private Method requestMethod = Method.OTHER;

  /** Creates a scanner with the bounds of one head. */
  public ResponseScanner(Limits.Head limits) {
    super(limits.maxRequestLineBytes(), limits.maxHeadBytes(), limits.maxFieldBytes(), MAX_FIELDS);
  }

  /**
   * Takes from {@code in} what the head needs, and nothing behind it, see {@link
   * RequestScanner#scan}. What body follows depends on the method of the request.
   */
  public Progress scan(ByteBuf in, Head head, Method methodOfRequest) {
    requestMethod = methodOfRequest;
    return advance(in, head);
  }

  /** Returns why the head was refused; only after {@link Progress#REFUSED}. */
  public Refusal refusal() {
    return fault().refusal(true);
  }

  @Override
  boolean beginsWithFields() {
    return false;
  }

  @Override
  boolean skipsEmptyLine() {
    return false;
  }

  @Override
  Fault tooLarge(boolean firstLine) {
    return Fault.TOO_LARGE;
  }

  @Override
  @Nullable Fault firstLine(Head head, int from, int to) {
    byte[] b = head.bytes();
    if (to - from < STATUS_END) {
      return Fault.STATUS_LINE;
    }
    long version = Ascii.word(b, from);
    if (version != HTTP_1_1 && version != HTTP_1_0) {
      return Fault.STATUS_LINE;
    }
    head.minorVersion(version == HTTP_1_1 ? 1 : 0);
    long status = Ascii.decimal(b, from + STATUS_START, from + STATUS_END);
    // RFC 9112 4 wants a space even before an empty reason; many servers leave it out
    boolean ended = to - from == STATUS_END || b[from + STATUS_END] == ' ';
    if (b[from + STATUS_START - 1] != ' ' || status < 0 || !ended) {
      return Fault.STATUS_LINE;
    }
    head.status((int) status);
    // RFC 9110 15: others are invalid and to be taken as a server's error
    return status < 100 || status > 599 ? Fault.STATUS : null;
  }

  @Override
  @Nullable Fault complete(Head head) {
    Fault fault = connection(head);
    if (fault == null) {
      fault = Framings.declared(head, Head.Framing.UNTIL_END);
    }
    if (fault != null) {
      return fault;
    }
    int status = head.status();
    if (status < 200 || status == 204) {
      return withoutContent(head);
    }
    if (status == 304 || requestMethod == Method.HEAD) {
      head.framing(Head.Framing.NONE, head.contentLength());
    } else if (head.framing() == Head.Framing.UNTIL_END) {
      head.close(true);
    }
    return null;
  }

  /** RFC 9112 6.3: 1xx and 204 have no content, whatever they declare. */
  private static @Nullable Fault withoutContent(Head head) {
    boolean declared = head.has(FieldId.TRANSFER_ENCODING) || head.contentLength() > 0;
    head.framing(Head.Framing.NONE, -1);
    if (declared) {
      // it may come all the same, and would be read as the next response
      head.close(true);
    }
    return declared && head.status() < 200 ? Fault.CONTENT_FORBIDDEN : null;
  }
}
