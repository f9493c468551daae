package io.fairlead.router.proxy;

import io.netty.buffer.ByteBuf;

/**
 * The model's side of one attempt: an HTTP/1.1 connection while it carries the request, or an
 * HTTP/2 stream. It holds the attempt's permit, and releases it exactly once. Everything runs on
 * the event loop of the exchange.
 *
 * <p>It is open at once, or calls {@link Attempts#onConnected} later; then the request is sent, and
 * the response goes to the {@link ResponseRelay} of the exchange as it comes. What goes wrong is
 * told to {@link Attempts}. After {@link #abandon} or {@link #cancel} it never calls the exchange
 * again. Both are told whether it was the model that was too slow, or the caller that left.
 */
sealed interface Upstream permits Http1Upstream, Http2Upstream {
  /** Returns whether a request can be sent now. */
  boolean isOpen();

  /** Sends the head and what is kept of the body; {@code complete} says that this is all of it. */
  void sendRequest(Exchange owner, boolean complete);

  /** Sends {@code count} more bytes of the body, consuming them. */
  void sendBody(ByteBuf in, int count, boolean last);

  /** Returns whether the model takes more; else {@link Attempts#onWritable} follows. */
  boolean isWritable();

  /** Stops or resumes the flow of the response. */
  void readResponse(boolean wanted);

  /** Returns when the last byte of the request so far was handed over. */
  long sentNanos();

  /** Returns whether any byte of the response has come. */
  boolean responseHasBegun();

  /** Returns whether the response has begun and its length is not known in advance. */
  boolean responseStreams();

  /** Returns whether {@link #cancel} would stop the model, and not just hide what it still does. */
  boolean canBeStopped();

  /** Lets the model finish until {@code untilNanos}, for nobody, and then breaks off. */
  void abandon(boolean timedOut, long untilNanos);

  /** Breaks the request off because its slot may be another router's now. */
  void cutOff();

  /** Returns whether it takes a slot, while it has a permit. */
  boolean takesSlot();

  /** Returns a word for its state, as it was a moment ago; any thread may ask. */
  String condition();

  /** Breaks the request off; the model never sees a complete one if it was not sent. */
  void cancel(boolean timedOut);
}
