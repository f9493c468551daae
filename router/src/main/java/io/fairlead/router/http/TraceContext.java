package io.fairlead.router.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;

/**
 * Where the span of one request stands: its trace, its own id and that of its parent (W3C Trace
 * Context). Only spans that are recorded have one, so it always says sampled. Made once and used
 * for one request after another.
 */
public final class TraceContext {
  /** The length of {@link #traceParent}. */
  public static final int LENGTH = 55;

  private static final int TRACE_ID = 3;
  private static final int SPAN_ID = 36;
  private static final int SPAN_ID_LENGTH = 16;
  private static final byte[] TEMPLATE =
      ("00-" + "0".repeat(32) + "-" + "0".repeat(16) + "-01").getBytes(US_ASCII);

  private final byte[] text = TEMPLATE.clone();
  private final byte[] parent = new byte[SPAN_ID_LENGTH];
  private boolean hasParent;

  /** Becomes the first span of a trace; the ids are random. */
  public void root(long traceHigh, long traceLow, long span) {
    hasParent = false;
    RequestIds.writeHex(text, TRACE_ID, traceHigh, 16);
    RequestIds.writeHex(text, TRACE_ID + 16, notZero(traceLow), 16);
    RequestIds.writeHex(text, SPAN_ID, notZero(span), SPAN_ID_LENGTH);
  }

  /**
   * Becomes a span below the one that {@code head} names; {@code traceId} is {@link
   * TraceParent#traceId}.
   */
  public void child(Head head, int traceId, long span) {
    hasParent = true;
    int parentId = traceId + TraceParent.TRACE_ID_LENGTH + 1;
    System.arraycopy(head.bytes(), traceId, text, TRACE_ID, TraceParent.TRACE_ID_LENGTH);
    System.arraycopy(head.bytes(), parentId, parent, 0, SPAN_ID_LENGTH);
    RequestIds.writeHex(text, SPAN_ID, notZero(span), SPAN_ID_LENGTH);
  }

  /** An id of zeros alone is none. */
  private static long notZero(long id) {
    return id == 0 ? 1 : id;
  }

  /** Becomes what {@code other} is. */
  public void copy(TraceContext other) {
    System.arraycopy(other.text, 0, text, 0, LENGTH);
    System.arraycopy(other.parent, 0, parent, 0, SPAN_ID_LENGTH);
    hasParent = other.hasParent;
  }

  /** Returns what a model gets as {@code traceparent}: {@link #LENGTH} bytes. */
  public byte[] traceParent() {
    return text;
  }

  /** Returns the id of the trace: 32 hexadecimal digits. */
  public String traceId() {
    return new String(text, TRACE_ID, TraceParent.TRACE_ID_LENGTH, US_ASCII);
  }

  /** Returns the id of the span: 16 hexadecimal digits. */
  public String spanId() {
    return new String(text, SPAN_ID, SPAN_ID_LENGTH, US_ASCII);
  }

  /** Returns the id of the caller's span; null if the trace begins here. */
  public @Nullable String parentSpanId() {
    return hasParent ? new String(parent, US_ASCII) : null;
  }
}
