package io.fairlead.router.proxy;

import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * When the phases of one exchange began, for its meters. What belongs to no phase is the router's
 * own overhead: the decision before the slot, and the writing behind the model's last byte.
 */
final class Phases {
  private long startNanos;
  private long receiveNanos;
  private long queuedNanos;
  private long grantedNanos;
  private long queueNanos;
  private long upstreamNanos;
  private boolean started;

  /** Forgets the last exchange. */
  void clear() {
    started = false;
    receiveNanos = 0;
    queueNanos = 0;
    upstreamNanos = 0;
  }

  /** The head is complete. */
  void start(long now) {
    started = true;
    startNanos = now;
  }

  /**
   * Enough of the body has come to ask for a slot.
   *
   * @param waited whether it came after the head; else what passed since was our own doing
   */
  void received(long now, boolean waited) {
    receiveNanos = waited ? now - startNanos : 0;
    queuedNanos = now;
  }

  /** There is a slot: an attempt begins. */
  void granted(long now) {
    queueNanos += now - queuedNanos;
    grantedNanos = now;
  }

  /** The attempt has ended, well or not; another may follow. */
  void attempted(long now) {
    upstreamNanos += now - grantedNanos;
    queuedNanos = now;
  }

  /** Tells the meters, if the exchange ever started. */
  void record(
      RequestRecorder meters, int ordinal, int status, @Nullable RouterError error, long now) {
    if (started) {
      meters.finished(
          ordinal, status, error, now - startNanos, queueNanos, receiveNanos, upstreamNanos);
    }
  }
}
