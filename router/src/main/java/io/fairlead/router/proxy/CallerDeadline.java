package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.router.http.CallerTimeout;
import io.fairlead.router.http.Grpc;
import io.fairlead.router.http.Head;
import io.fairlead.router.http1.HeadWriter;
import io.fairlead.router.model.Refusal;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * When the caller of one request stops waiting, if it has said so: the end of everything that is
 * done for the request, counted from its complete head. It makes no other limit longer.
 */
final class CallerDeadline {
  private static final long NEVER = Long.MAX_VALUE;
  private static final byte[] TIMEOUT_MS = "x-request-timeout-ms".getBytes(US_ASCII);
  private static final byte[] GRPC_TIMEOUT = "grpc-timeout".getBytes(US_ASCII);
  private static final byte[] COLON = ": ".getBytes(US_ASCII);
  private static final long MOST_GRPC_DIGITS = 99_999_999;

  private final CallerTimeout timeout = new CallerTimeout();
  private long nanos = NEVER;

  /** Forgets the last request. */
  void clear() {
    nanos = NEVER;
  }

  /** Reads it from a head that is complete now; returns null, or what is wrong with it. */
  @Nullable Refusal take(Head request, long now) {
    Refusal refusal = timeout.take(request);
    nanos = refusal == null && timeout.nanos() > 0 ? now + timeout.nanos() : NEVER;
    return refusal;
  }

  /** Sets that whoever asks waits for so long. */
  void set(long waitNanos, long now) {
    nanos = now + waitNanos;
  }

  boolean isSet() {
    return nanos != NEVER;
  }

  /** Returns the deadline in the loop's nanoseconds; far beyond everything if there is none. */
  long nanos() {
    return nanos;
  }

  boolean hasPassed(long now) {
    return nanos <= now;
  }

  /** Returns the earlier of the two. */
  long orEarlier(long otherNanos) {
    return Math.min(nanos, otherNanos);
  }

  /** Returns how long the caller waits in all, in milliseconds. */
  long totalMillis() {
    return timeout.nanos() / 1_000_000;
  }

  /** Returns the whole milliseconds that are left, at least 1. Meaningful if {@link #isSet}. */
  long millisLeft(long now) {
    return Math.max(1, (nanos - now) / 1_000_000);
  }

  /**
   * Tells a model what is left, if the caller set a limit: one of gRPC in {@code grpc-timeout}, any
   * other in {@code x-request-timeout-ms}.
   */
  void write(HeadWriter to, Head request, long now) {
    if (isSet()) {
      to.bytes(Grpc.hasContentType(request) ? GRPC_TIMEOUT : TIMEOUT_MS);
      to.bytes(COLON);
      value(to, request, now);
      to.end();
    }
  }

  /** Tells a model the same over HTTP/2, with {@code scratch} for the digits. */
  void write(ByteBuf to, HeadWriter scratch, Head request, long now) {
    if (isSet()) {
      scratch.reset();
      value(scratch, request, now);
      byte[] name = Grpc.hasContentType(request) ? GRPC_TIMEOUT : TIMEOUT_MS;
      Http2FieldWriter.field(to, name, scratch.array(), scratch.length());
    }
  }

  private void value(HeadWriter to, Head request, long now) {
    long millis = millisLeft(now);
    if (Grpc.hasContentType(request)) {
      boolean fits = millis <= MOST_GRPC_DIGITS;
      to.number(fits ? millis : millis / 1_000);
      to.ensure(1);
      to.array()[to.length()] = (byte) (fits ? 'm' : 'S');
      to.length(to.length() + 1);
    } else {
      to.number(Math.min(millis, CallerTimeout.MAX_MILLIS));
    }
  }
}
