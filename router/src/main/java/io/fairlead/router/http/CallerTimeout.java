package io.fairlead.router.http;

import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * How long a caller waits for its answer, as its request says: {@code x-request-timeout-ms} in
 * whole milliseconds, or {@code grpc-timeout} as in "gRPC over HTTP2", at most eight digits and a
 * unit. Made once and used for one request after another.
 */
public final class CallerTimeout {
  /** The longest that {@code x-request-timeout-ms} may say. */
  public static final long MAX_MILLIS = 300_000;

  /** Three years; a number of eight digits in seconds, so that it can be written in either unit. */
  private static final long MAX_SECONDS = 99_999_999;

  private static final long SECOND = 1_000_000_000L;
  private static final long MALFORMED = -1;
  private static final int MOST_QUOTED = 20;

  private static final String OWN = "x-request-timeout-ms";
  private static final String GRPC = "grpc-timeout";
  private static final String OWN_EXPECTED = "whole milliseconds, 1 to " + MAX_MILLIS;
  private static final String GRPC_EXPECTED =
      "1 to 99999999 and one of the units H, M, S, m, u or n";

  private long nanos;

  /** Returns the time from the complete head in nanoseconds; 0 if the caller set no limit. */
  public long nanos() {
    return nanos;
  }

  /**
   * Reads the limit from a head, and takes its fields out of what is forwarded: whoever forwards
   * the request writes the time that is left by then.
   *
   * @return null, or what is wrong with them
   */
  public @Nullable Refusal take(Head head) {
    nanos = 0;
    int own = head.find(FieldId.X_REQUEST_TIMEOUT_MS);
    int grpc = head.find(FieldId.GRPC_TIMEOUT);
    if (own < 0 && grpc < 0) {
      return null;
    }
    Refusal refusal = own < 0 ? null : takeOwn(head, own);
    return refusal != null || grpc < 0 ? refusal : takeGrpc(head, grpc, own);
  }

  private @Nullable Refusal takeOwn(Head head, int field) {
    if (head.next(FieldId.X_REQUEST_TIMEOUT_MS, field + 1) >= 0) {
      return twice(OWN);
    }
    long millis = Ascii.decimal(head.bytes(), head.valueStart(field), head.valueEnd(field));
    if (millis < 1 || millis > MAX_MILLIS) {
      return malformed(head, field, OWN, OWN_EXPECTED);
    }
    head.drop(field);
    nanos = millis * 1_000_000;
    return null;
  }

  private @Nullable Refusal takeGrpc(Head head, int field, int own) {
    if (head.next(FieldId.GRPC_TIMEOUT, field + 1) >= 0) {
      return twice(GRPC);
    }
    long said = grpcNanos(head.bytes(), head.valueStart(field), head.valueEnd(field));
    if (said == MALFORMED) {
      return malformed(head, field, GRPC, GRPC_EXPECTED);
    }
    if (own >= 0 && said != nanos) {
      return refusal(
          OWN
              + ": "
              + quoted(head, own)
              + " conflicts with "
              + GRPC
              + ": "
              + quoted(head, field)
              + " (expected: one of them, or both the same)");
    }
    head.drop(field);
    nanos = said;
    return null;
  }

  private static long grpcNanos(byte[] bytes, int from, int to) {
    int digits = to - from - 1;
    if (digits < 1 || digits > 8) {
      return MALFORMED;
    }
    long value = Ascii.decimal(bytes, from, to - 1);
    long unit = unitNanos(bytes[to - 1]);
    if (value < 1 || unit == 0) {
      return MALFORMED;
    }
    return Math.min(value, MAX_SECONDS * SECOND / unit) * unit;
  }

  private static long unitNanos(byte unit) {
    return switch (unit) {
      case 'H' -> 3_600 * SECOND;
      case 'M' -> 60 * SECOND;
      case 'S' -> SECOND;
      case 'm' -> 1_000_000;
      case 'u' -> 1_000;
      case 'n' -> 1;
      default -> 0;
    };
  }

  private static Refusal twice(String name) {
    return refusal(name + ": given more than once (expected: once)");
  }

  private static Refusal malformed(Head head, int field, String name, String expected) {
    int from = head.valueStart(field);
    boolean negative = from < head.valueEnd(field) && head.bytes()[from] == '-';
    return refusal(
        name
            + ": "
            + quoted(head, field)
            + (negative ? ", a negative time-out" : "")
            + " (expected: "
            + expected
            + ")");
  }

  private static String quoted(Head head, int field) {
    int from = head.valueStart(field);
    int to = head.valueEnd(field);
    return to - from > MOST_QUOTED
        ? head.text(from, from + MOST_QUOTED) + "..."
        : head.text(from, to);
  }

  private static Refusal refusal(String detail) {
    return new Refusal(RouterError.BAD_REQUEST, detail);
  }
}
