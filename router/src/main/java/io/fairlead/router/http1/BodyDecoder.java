package io.fairlead.router.http1;

import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.ForwardRules;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The decoder of one body after another: it consumes framing and points at content, which it never
 * copies.
 *
 * <pre>{@code
 * for (int n = body.ready(in); n > 0; n = body.ready(in)) {
 *   ... take up to n bytes at in.readerIndex() ...
 *   body.taken(n);
 * }
 * }</pre>
 *
 * <p>When {@link #ready} gives 0, the body is done, or refused, or more input is needed; bytes that
 * are left then belong to the next message. A chunked body (RFC 9112 7.1) runs through:
 *
 * <pre>
 *   SIZE --CR--> SIZE_LF --LF--> DATA --all taken--> DATA_CR --CR--> DATA_LF --LF--> SIZE
 *   SIZE --;--> EXTENSION --CR--> SIZE_LF;   SIZE_LF --LF, size 0--> TRAILERS --empty line--> DONE
 *   any --fault--> REFUSED
 * </pre>
 */
public final class BodyDecoder {
  private enum State {
    /** Content without chunks; {@code remaining} of it are to come. */
    PLAIN,
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILERS,
    DONE,
    REFUSED
  }

  private static final int MAX_SIZE_DIGITS = 16;
  private static final int MAX_EXTENSION_BYTES = 256;

  private final int maxTrailerBytes;
  private final boolean ofResponses;

  private State state = State.DONE;
  private boolean untilEnd;
  private long remaining;
  private int digits;
  private int extensionBytes;
  private @Nullable Fault fault;
  private @Nullable TrailerScanner scanner;
  private @Nullable Head trailers;

  private BodyDecoder(Limits.Body limits, boolean ofResponses) {
    maxTrailerBytes = limits.maxTrailerBytes();
    this.ofResponses = ofResponses;
  }

  /** Returns a decoder whose refusals are the caller's fault. */
  public static BodyDecoder ofRequests(Limits.Body limits) {
    return new BodyDecoder(limits, false);
  }

  /** Returns a decoder whose refusals are the model's fault. */
  public static BodyDecoder ofResponses(Limits.Body limits) {
    return new BodyDecoder(limits, true);
  }

  /** Begins a body, whatever became of the one before. */
  public void start(Head.Framing framing, long contentLength) {
    untilEnd = framing == Head.Framing.UNTIL_END;
    fault = null;
    if (trailers != null) {
      trailers.reset();
    }
    if (scanner != null) {
      scanner.reset();
    }
    switch (framing) {
      case NONE -> plain(0);
      case LENGTH -> plain(contentLength);
      case UNTIL_END -> plain(Long.MAX_VALUE);
      case CHUNKED -> {
        extensionBytes = 0;
        expectSize();
      }
    }
  }

  private void plain(long length) {
    remaining = length;
    state = length == 0 ? State.DONE : State.PLAIN;
  }

  private void expectSize() {
    remaining = 0;
    digits = 0;
    state = State.SIZE;
  }

  /** Consumes framing and returns how many bytes of content stand at the reader index now. */
  public int ready(ByteBuf in) {
    while (true) {
      switch (state) {
        case PLAIN -> {
          return (int) Math.min(remaining, in.readableBytes());
        }
        case DATA -> {
          if (remaining > 0) {
            return (int) Math.min(remaining, in.readableBytes());
          }
          state = State.DATA_CR;
        }
        case TRAILERS -> {
          trailers(in);
          return 0;
        }
        case DONE, REFUSED -> {
          return 0;
        }
        case SIZE, EXTENSION, SIZE_LF, DATA_CR, DATA_LF -> {
          if (!in.isReadable()) {
            return 0;
          }
          framing(in.readByte());
        }
      }
    }
  }

  /** Says that the caller has taken {@code n} of the bytes that were ready. */
  public void taken(int n) {
    if (n < 0 || n > remaining) {
      throw new IllegalArgumentException("taken: " + n + " (expected: 0 to " + remaining + ")");
    }
    remaining -= n;
    if (remaining == 0 && state == State.PLAIN) {
      state = State.DONE;
    }
  }

  /** Returns whether the last byte of the body, and of its framing, was consumed. */
  public boolean isDone() {
    return state == State.DONE;
  }

  /** Returns whether the end of the connection, at this point, is a proper end of the body. */
  public boolean endOfInput() {
    return untilEnd || state == State.DONE;
  }

  /** Returns why the body was refused, or null. */
  public @Nullable Refusal refusal() {
    return fault == null ? null : fault.refusal(ofResponses);
  }

  /**
   * Returns the trailer fields, complete once the body is done; those that may not be trailers are
   * marked as dropped.
   */
  public Head trailers() {
    if (trailers == null) {
      trailers = new Head();
    }
    return trailers;
  }

  private void framing(byte b) {
    switch (state) {
      case SIZE -> size(b);
      case EXTENSION -> extension(b);
      case SIZE_LF -> {
        if (b != '\n') {
          refuse(Fault.CHUNK_SIZE);
        } else {
          state = remaining == 0 ? State.TRAILERS : State.DATA;
        }
      }
      case DATA_CR -> {
        if (b != '\r') {
          refuse(Fault.CHUNK_END);
        } else {
          state = State.DATA_LF;
        }
      }
      case DATA_LF -> {
        if (b != '\n') {
          refuse(Fault.CHUNK_END);
        } else {
          expectSize();
        }
      }
      case PLAIN, DATA, TRAILERS, DONE, REFUSED ->
          throw new IllegalStateException(state + " (expected: a state within framing)");
    }
  }

  private void size(byte b) {
    int digit = Ascii.hex(b);
    if (digit >= 0) {
      if (digits == MAX_SIZE_DIGITS || remaining > (Long.MAX_VALUE >>> 4)) {
        refuse(Fault.CHUNK_SIZE);
        return;
      }
      remaining = (remaining << 4) | digit;
      digits++;
    } else if (digits > 0 && b == '\r') {
      state = State.SIZE_LF;
    } else if (digits > 0 && b == ';') {
      state = State.EXTENSION;
      extension(b);
    } else {
      refuse(Fault.CHUNK_SIZE);
    }
  }

  private void extension(byte b) {
    if (b == '\r') {
      state = State.SIZE_LF;
    } else if ((b >= 0 && b < ' ') || b == 0x7f) {
      refuse(Fault.CHUNK_EXTENSION);
    } else if (++extensionBytes > MAX_EXTENSION_BYTES) {
      refuse(Fault.CHUNK_EXTENSIONS_TOO_LONG);
    }
  }

  private void trailers(ByteBuf in) {
    int at = in.readerIndex();
    boolean begun = scanner != null && scanner.started();
    if (!begun && in.readableBytes() >= 2 && in.getByte(at) == '\r' && in.getByte(at + 1) == '\n') {
      // no trailers, as nearly always: neither scanner nor head is needed
      in.readerIndex(at + 2);
      state = State.DONE;
      return;
    }
    if (scanner == null) {
      scanner = new TrailerScanner(maxTrailerBytes);
    }
    switch (scanner.scan(in, trailers())) {
      case MORE -> {}
      case DONE -> {
        ForwardRules.trailers(trailers());
        state = State.DONE;
      }
      case REFUSED -> refuse(scanner.fault());
    }
  }

  private void refuse(Fault wrong) {
    fault = wrong;
    state = State.REFUSED;
  }
}
