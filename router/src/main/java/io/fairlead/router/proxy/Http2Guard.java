package io.fairlead.router.proxy;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.model.Limits;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * Counts what a peer does that costs us work without being a request, and ends the connection of
 * one that does too much of it.
 *
 * <p>Two kinds of bounds. A flood has its own limit and is fatal: resets, empty DATA, field blocks
 * in many pieces, control frames that wait to be taken. Anything else odd is a glitch: allowed, but
 * from a budget for the connection's whole life. Frames that come in proportion to requests are
 * neither.
 */
final class Http2Guard {
  private static final long WINDOW_NANOS = 30_000_000_000L;

  /** What a peer may send before its first request, as Envoy has it. */
  private static final int FREE_WINDOW_UPDATES = 5;

  private final Limits.Http2 limits;
  private final RequestRecorder recorder;
  private int glitches;
  private int emptyData;
  private int freePings = 1;
  private int freeSettings = 1;
  private int freeAcks;
  private boolean saidGoodBye;
  private long streams;
  private long dataSent;
  private long priorities;
  private long windowUpdates;
  private final Rate byPeer;
  private final Rate byUs;

  Http2Guard(Limits.Http2 limits, RequestRecorder recorder) {
    this.limits = limits;
    this.recorder = recorder;
    this.byPeer = new Rate(limits.maxResetsByClient());
    this.byUs = new Rate(limits.maxResetsByUs());
  }

  // ---- what a request brings

  /** A request has begun. */
  void onRequest() {
    streams++;
    freePings = 1;
    freeSettings = 1;
  }

  /** DATA has come. */
  void onData(int bytes, boolean endStream) throws Http2Exception {
    if (bytes > 0 || endStream) {
      emptyData = 0;
      freePings = 1;
    } else if (++emptyData > limits.maxEmptyDataFrames()) {
      throw flood("empty DATA frames in a row: more than " + limits.maxEmptyDataFrames());
    }
  }

  /** DATA was sent, which the peer acknowledges. */
  void onDataSent() {
    dataSent++;
  }

  // ---- what costs work

  /** The peer has reset a stream (Rapid Reset, CVE-2023-44487). */
  void onResetByPeer(long now) throws Http2Exception {
    if (byPeer.isExceeded(now)) {
      throw flood("resets: more than " + limits.maxResetsByClient() + " in 30 s");
    }
  }

  /** The peer has made us reset a stream (MadeYouReset, CVE-2025-8671). */
  void onResetByUs(long now) throws Http2Exception {
    if (byUs.isExceeded(now)) {
      throw flood("stream errors: more than " + limits.maxResetsByUs() + " in 30 s");
    }
  }

  /** One more piece of a field block has come; {@code pieces} is without the first. */
  void onContinuation(int pieces) throws Http2Exception {
    if (pieces > limits.maxContinuations()) {
      throw flood("CONTINUATION: more than " + limits.maxContinuations() + " for one field block");
    }
  }

  /** A field block has more bytes than its fields may have. */
  Http2Exception largeBlock() {
    return flood("field block: more than " + limits.maxHeaderListBytes() + " bytes");
  }

  /** Control frames wait that the peer does not take. */
  void onWaiting(int controlFrames) throws Http2Exception {
    if (controlFrames > limits.maxQueuedControlFrames()) {
      throw flood("control frames that wait: more than " + limits.maxQueuedControlFrames());
    }
  }

  /** A PING; one is free with every request and every piece of a body. */
  void onPing() throws Http2Exception {
    if (--freePings < 0) {
      freePings = 0;
      glitch();
    }
  }

  /** SETTINGS; the first are free, and one more with every request. */
  void onSettings() throws Http2Exception {
    if (--freeSettings < 0) {
      freeSettings = 0;
      glitch();
    }
  }

  /** We have sent what the peer answers with an ACK. */
  void expectAck() {
    freeAcks++;
  }

  /** An ACK; one is free for each that we asked for. */
  void onAck() throws Http2Exception {
    if (--freeAcks < 0) {
      freeAcks = 0;
      glitch();
    }
  }

  /** The peer says that it opens no more streams; it may say so once. */
  void onGoAway() throws Http2Exception {
    if (saidGoodBye) {
      glitch();
    }
    saidGoodBye = true;
  }

  /** A PRIORITY frame, which we ignore (RFC 9113 5.3.2). */
  void onPriority() throws Http2Exception {
    if (++priorities > limits.maxPriorityPerStream() * (streams + 1)) {
      glitch();
    }
  }

  /** A WINDOW_UPDATE. */
  void onWindowUpdate() throws Http2Exception {
    long due = FREE_WINDOW_UPDATES + 2 * (streams + limits.maxWindowUpdatesPerData() * dataSent);
    if (++windowUpdates > due) {
      glitch();
    }
  }

  /** Something odd, harmless in itself. */
  void glitch() throws Http2Exception {
    recorder.count(ProxyEvent.HTTP2_GLITCH);
    if (++glitches > limits.glitchBudget()) {
      throw flood("glitches: more than " + limits.glitchBudget());
    }
  }

  /** Returns whether so much of the budget is gone that the peer should take a new connection. */
  boolean isWeary() {
    return glitches >= limits.glitchBudget() * 3L / 4;
  }

  private Http2Exception flood(String what) {
    recorder.count(ProxyEvent.HTTP2_FLOOD);
    return connectionError(ENHANCE_YOUR_CALM, "%s", what);
  }

  /** Events within a window of time that starts with the first of them. */
  private static final class Rate {
    private final int limit;
    private long startNanos;
    private int count;

    Rate(int limit) {
      this.limit = limit;
    }

    boolean isExceeded(long now) {
      if (count == 0 || now - startNanos >= WINDOW_NANOS) {
        startNanos = now;
        count = 0;
      }
      return ++count > limit;
    }
  }
}
