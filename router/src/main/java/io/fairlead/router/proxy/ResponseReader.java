package io.fairlead.router.proxy;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.http.WebSocket;
import io.fairlead.router.http1.BodyDecoder;
import io.fairlead.router.http1.Progress;
import io.fairlead.router.http1.ResponseScanner;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Reads one response after another from the bytes of a connection and hands on its parts. */
final class ResponseReader {
  /** Informational responses that one request may cause; more is an attack. */
  private static final int MAX_INFORMATIONAL = 16;

  /** Who wants the parts. Each call that is given bytes consumes exactly {@code count} of them. */
  interface Parts {
    void onInformational(Head head);

    /** The final head, with the first bytes of the body; {@code last} if that is all of it. */
    void onHead(Head head, ByteBuf in, int count, boolean last);

    void onBody(ByteBuf in, int count, boolean last);

    /** The end of a body that has trailers, instead of a last {@link #onBody}. */
    void onTrailers(Head trailers);
  }

  /** Who is told of the end. */
  interface Owner {
    /** Follows the last part; what is left in {@code in} was not asked for. */
    void onEnd(ByteBuf in);

    /** The bytes are no response; nothing more is handed on. */
    void onMalformed(String detail);

    /** Returns whether more of this response is wanted. */
    boolean isReading();
  }

  private final Owner owner;
  private final Parts parts;
  private final Head head = new Head();
  private final ResponseScanner scanner;
  private final BodyDecoder decoder;
  private Method method = Method.OTHER;
  private @Nullable Head upgrade;
  private boolean headDone;
  private boolean begun;
  private int informational;

  ResponseReader(Limits limits, Owner owner, Parts parts) {
    this.owner = owner;
    this.parts = parts;
    this.scanner = new ResponseScanner(limits.head());
    this.decoder = BodyDecoder.ofResponses(limits.body());
  }

  /**
   * Expects the response to a request with {@code requestMethod}.
   *
   * @param webSocketRequest the request if it asks for a WebSocket, unchanged until the response
   *     begins
   */
  void begin(Method requestMethod, @Nullable Head webSocketRequest) {
    method = requestMethod;
    upgrade = webSocketRequest;
    head.reset();
    scanner.reset();
    headDone = false;
    begun = false;
    informational = 0;
  }

  /** Returns whether any byte of the response has come. */
  boolean hasBegun() {
    return begun;
  }

  /** Returns whether the model closes the connection after this response. */
  boolean closes() {
    return head.close();
  }

  /** Returns whether the response has begun and its length is not known in advance. */
  boolean isStreaming() {
    return headDone
        && (head.framing() == Head.Framing.CHUNKED || head.framing() == Head.Framing.UNTIL_END);
  }

  /** Takes what can be taken of {@code in}. */
  void read(ByteBuf in) {
    begun = true;
    if (!headDone && !readHead(in)) {
      return;
    }
    // not after the end: the owner may have begun another response by then
    while (owner.isReading() && readBody(in, false)) {}
  }

  /** Returns whether the final head is there, and more than the head may be. */
  private boolean readHead(ByteBuf in) {
    while (true) {
      Progress progress = scanner.scan(in, head, method);
      if (progress == Progress.MORE) {
        return false;
      }
      if (progress == Progress.REFUSED) {
        refused(scanner.refusal());
        return false;
      }
      if (head.status() >= 200 || switches()) {
        headDone = true;
        decoder.start(head.framing(), head.contentLength());
        return readBody(in, true);
      }
      if (!readInformational()) {
        return false;
      }
    }
  }

  /** RFC 6455 4.1: the 101 that was asked for ends HTTP here; what follows are just bytes. */
  private boolean switches() {
    if (head.status() != 101 || upgrade == null || !WebSocket.accepts(upgrade, head)) {
      return false;
    }
    head.framing(Head.Framing.UNTIL_END, -1);
    head.close(true);
    return true;
  }

  private boolean readInformational() {
    if (head.status() == 101) {
      owner.onMalformed(
          upgrade == null
              ? "it switched protocols unasked"
              : "it switched protocols without the right sec-websocket-accept");
      return false;
    }
    if (++informational > MAX_INFORMATIONAL) {
      owner.onMalformed("too many informational responses");
      return false;
    }
    if (head.status() != 100) { // nobody here waits for 100: Expect is never forwarded
      parts.onInformational(head);
    }
    head.reset();
    scanner.reset();
    return true;
  }

  /** Returns whether something was handed on and there may be more. */
  private boolean readBody(ByteBuf in, boolean first) {
    int count = decoder.ready(in);
    Refusal refusal = decoder.refusal();
    if (refusal != null) {
      refused(refusal);
      return false;
    }
    decoder.taken(count);
    boolean done = decoder.isDone();
    boolean trailers = done && head.framing() == Head.Framing.CHUNKED && hasTrailers();
    if (first) {
      parts.onHead(head, in, count, done && !trailers);
    } else if (!done && count == 0) {
      return false;
    } else if (!trailers) {
      parts.onBody(in, count, done);
    }
    // a part that was handed on may have ended it all
    if (trailers && owner.isReading()) {
      parts.onTrailers(decoder.trailers());
    }
    if (done && owner.isReading()) {
      owner.onEnd(in);
    }
    return !done;
  }

  private boolean hasTrailers() {
    return decoder.trailers().fields() > 0;
  }

  private void refused(@Nullable Refusal refusal) {
    owner.onMalformed(refusal == null ? "unknown" : refusal.detail());
  }

  /** The connection has ended: returns whether that is the proper end of the response. */
  boolean endOfInput() {
    if (!headDone || !decoder.endOfInput()) {
      return false;
    }
    parts.onBody(Unpooled.EMPTY_BUFFER, 0, true);
    owner.onEnd(Unpooled.EMPTY_BUFFER);
    return true;
  }
}
