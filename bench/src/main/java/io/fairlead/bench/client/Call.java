package io.fairlead.bench.client;

/**
 * One request: when it was meant to be sent, and what has become of it. Belongs to the loop of its
 * {@link CallerPool}.
 */
public final class Call {
  /** Status of a call whose connection ended before its answer did. */
  public static final int LOST = -1;

  /** Status of a call that was never sent: too many were waiting for a connection. */
  public static final int NOT_SENT = -2;

  /** Who is told of the end of a call, exactly once. */
  public interface Listener {
    /** The call has ended: {@link Call#status} and the rest are known. */
    void ended(Call call);
  }

  private final long intendedNanos;
  private final Listener listener;
  private int status;
  private long firstByteNanos;
  private long endNanos;
  private long bodyBytes;

  /**
   * @param intendedNanos by {@link System#nanoTime}: latency counts from here, whatever delayed the
   *     sending
   */
  public Call(long intendedNanos, Listener listener) {
    this.intendedNanos = intendedNanos;
    this.listener = listener;
  }

  void head(int newStatus) {
    status = newStatus;
    firstByteNanos = System.nanoTime();
  }

  void body(int bytes) {
    bodyBytes += bytes;
  }

  void end() {
    endNanos = System.nanoTime();
    listener.ended(this);
  }

  void fail(int why) {
    status = why;
    end();
  }

  /** Returns the status of the answer, {@link #LOST} or {@link #NOT_SENT}. */
  public int status() {
    return status;
  }

  /** Returns the content of the answer in bytes. */
  public long bodyBytes() {
    return bodyBytes;
  }

  /** Returns the time from the intended sending to the head of the answer. */
  public long firstByteLatencyNanos() {
    return firstByteNanos - intendedNanos;
  }

  /** Returns the time from the intended sending to the end of the answer. */
  public long latencyNanos() {
    return endNanos - intendedNanos;
  }
}
