package io.fairlead.router.proxy;

import io.fairlead.router.http.Head;
import io.netty.buffer.ByteBuf;

/**
 * The caller's side of one exchange: an HTTP/1.1 connection or an HTTP/2 stream. Everything runs on
 * the event loop of the exchange.
 *
 * <p>An exchange sends any number of {@link #inform}, then either one {@link #respond} followed by
 * {@link #data} until {@code last} or {@link #trailers}, or one {@link #answer}; {@link #abort} may
 * come instead of anything. After the last of them the downstream never calls the exchange again.
 */
interface Downstream {
  /** Asks the caller to send the body it holds back ({@code Expect: 100-continue}). */
  void sendContinue();

  /** Sends an informational response; only its fields that are not dropped. */
  void inform(Head head);

  /**
   * Sends the head of the model's response with the first bytes of its body.
   *
   * @param status to send; that of the head unless the error profile says otherwise
   * @param head its fields that are not dropped are sent; framing is the downstream's own
   * @param body where the bytes stand, at its reader index; they are consumed
   * @param count how many bytes of {@code body} to send, perhaps 0
   * @param last whether that is the whole response
   */
  void respond(int status, Head head, ByteBuf body, int count, boolean last);

  /** Sends {@code count} more bytes of the response, consuming them; {@code last} ends it. */
  void data(ByteBuf body, int count, boolean last);

  /** Ends the response with trailers, or without where the caller cannot take them. */
  void trailers(Head trailers);

  /**
   * Sends a whole response of the router's own.
   *
   * @param headOnly says how long the body would be, but does not send it (HEAD)
   */
  void answer(int status, Head fields, boolean headOnly, byte[] body);

  /** Breaks the response off so that the caller cannot take it for complete. */
  void abort();

  /** Stops or resumes the flow of the request's body. What is on its way may still come. */
  void readBody(boolean wanted);

  /**
   * Returns whether more of the response may be sent now; else {@link Exchange#onWritable} follows.
   */
  boolean isWritable();

  /**
   * The exchange is over and booked, and its slot is free: sends what was written, unless more can
   * come on the same connection in this turn of the loop.
   */
  void sendNow();

  /** Returns the bytes that wait for a slow caller, to tell a stall from slow progress. */
  long unsentBytes();

  /** Returns the version of HTTP that the caller speaks, such as {@code HTTP/1.1}. */
  String protocol();

  /** Returns what the model is told of where the request came from. */
  Origin origin();
}
