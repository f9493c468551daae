package io.fairlead.router.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Http2RequestRules;
import io.fairlead.router.http.Method;
import io.fairlead.router.http.RequestRules;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the code under test makes of bytes that come in pieces, as words that can be compared: a
 * status, {@code more}, or framing and flags, followed by attributes of the form {@code
 * name=value}.
 */
final class Verdicts {
  /** What a scanner does with one piece. */
  private interface Step {
    Progress take(ByteBuf piece);
  }

  private Verdicts() {}

  /** Scans a request, whose bytes are cut at {@code cuts}, and checks what was accepted. */
  static List<String> request(byte[] wire, int... cuts) {
    RequestScanner scanner = new RequestScanner(Limits.Head.DEFAULT);
    Head head = new Head();
    int[] consumed = new int[1];
    return switch (feed(wire, cuts, consumed, piece -> scanner.scan(piece, head))) {
      case MORE -> List.of("more", "started=" + scanner.started());
      case REFUSED -> refused(scanner.refusal());
      case DONE -> checked(head, consumed[0]);
    };
  }

  private static List<String> checked(Head head, int consumed) {
    Refusal refusal = RequestRules.check(head);
    if (refusal != null) {
      return refused(refusal);
    }
    List<String> words = described(head);
    words.add("consumed=" + consumed);
    return words;
  }

  /** Scans a response to {@code method}. */
  static List<String> response(Method method, byte[] wire, int... cuts) {
    ResponseScanner scanner = new ResponseScanner(Limits.Head.DEFAULT);
    Head head = new Head();
    int[] consumed = new int[1];
    return switch (feed(wire, cuts, consumed, piece -> scanner.scan(piece, head, method))) {
      case MORE -> List.of("more", "started=" + scanner.started());
      case REFUSED -> refused(scanner.refusal());
      case DONE -> {
        List<String> words = described(head);
        words.addFirst(Integer.toString(head.status()));
        words.add("consumed=" + consumed[0]);
        yield words;
      }
    };
  }

  private static Progress feed(byte[] wire, int[] cuts, int[] consumed, Step step) {
    int from = 0;
    for (int k = 0; k <= cuts.length; k++) {
      int to = k < cuts.length ? cuts[k] : wire.length;
      ByteBuf piece = Unpooled.wrappedBuffer(wire, from, to - from);
      Progress progress = step.take(piece);
      consumed[0] = from + piece.readerIndex();
      if (progress != Progress.MORE) {
        return progress;
      }
      if (piece.isReadable()) {
        throw new AssertionError(piece.readableBytes() + " bytes left over");
      }
      from = to;
    }
    return Progress.MORE;
  }

  /** Decodes a chunked body: its content in quotes, its trailers, what is left behind it. */
  static List<String> chunks(byte[] wire, int... cuts) {
    BodyDecoder decoder = BodyDecoder.ofRequests(Limits.Body.DEFAULT);
    decoder.start(Head.Framing.CHUNKED, -1);
    StringBuilder content = new StringBuilder("\"");
    int from = 0;
    int rest = 0;
    for (int k = 0; k <= cuts.length; k++) {
      int to = k < cuts.length ? cuts[k] : wire.length;
      ByteBuf piece = Unpooled.wrappedBuffer(wire, from, to - from);
      for (int n = decoder.ready(piece); n > 0; n = decoder.ready(piece)) {
        content.append(piece.readCharSequence(n, ISO_8859_1));
        decoder.taken(n);
      }
      rest += piece.readableBytes();
      from = to;
    }
    Refusal refusal = decoder.refusal();
    if (refusal != null) {
      return refused(refusal);
    }
    if (!decoder.isDone()) {
      return List.of("more", "content=" + content);
    }
    List<String> words = new ArrayList<>();
    words.add(content + "\"");
    Head trailers = decoder.trailers();
    for (int i = 0; i < trailers.fields(); i++) {
      if (!trailers.isDropped(i)) {
        String name = trailers.text(trailers.nameStart(i), trailers.nameEnd(i));
        words.add(name + "=" + trailers.value(i));
      }
    }
    words.add("rest=" + rest);
    return words;
  }

  /**
   * Checks a request of HTTP/2 whose fields are lines of {@code name: value} ended by {@code ¶}.
   */
  static List<String> http2(String fields, boolean endStream) {
    Http2RequestRules rules = new Http2RequestRules(Limits.Head.DEFAULT);
    Head head = new Head();
    rules.begin(head);
    String[] lines = RuleTable.expand(fields).split("¶", -1);
    for (int i = 0; i < lines.length - 1; i++) {
      String field = lines[i];
      int colon = field.indexOf(": ", field.startsWith(": ") ? 0 : 1);
      byte[] name = RuleTable.unescape("##" + field.substring(0, colon));
      byte[] value = RuleTable.unescape("#" + field.substring(colon + 2));
      rules.field(name, 2, name.length - 2, value, 1, value.length - 1);
    }
    Refusal refusal = rules.end(endStream);
    if (refusal == null) {
      refusal = RequestRules.check(head);
    }
    return refusal != null ? refused(refusal) : described(head);
  }

  private static List<String> refused(Refusal refusal) {
    int status = refusal.error().status(ErrorProfile.KUBERNETES);
    return List.of(Integer.toString(status), "detail=" + refusal.detail());
  }

  private static List<String> described(Head head) {
    List<String> words = new ArrayList<>();
    boolean length = head.framing() == Head.Framing.LENGTH;
    words.add(length ? "LENGTH=" + head.contentLength() : head.framing().name());
    flag(words, head.close(), "close");
    flag(words, head.expectContinue(), "expect");
    flag(words, head.acceptsTrailers(), "trailers");
    flag(words, head.webSocket(), "websocket");
    words.add("path=" + head.text(head.pathStart(), head.pathEnd()));
    words.add("target=" + head.text(head.targetStart(), head.targetEnd()));
    String host = head.text(head.authorityStart(), head.authorityEnd());
    words.add("host=" + host.toLowerCase(Locale.ROOT));
    words.add("length=" + head.contentLength());
    words.add("fields=" + head.fields());
    words.add("cookie=" + cookie(head));
    return words;
  }

  private static void flag(List<String> words, boolean set, String word) {
    if (set) {
      words.add(word);
    }
  }

  private static @Nullable String cookie(Head head) {
    String kept = null;
    for (int i = head.find(FieldId.COOKIE); i >= 0; i = head.next(FieldId.COOKIE, i + 1)) {
      if (!head.isDropped(i)) {
        kept = kept == null ? head.value(i) : "more than one";
      }
    }
    return kept;
  }
}
