package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.dispatch.Outcome;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.Replica;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One stream to a replica over HTTP/2, on a connection that it shares.
 *
 * <pre>
 * state    meaning                                   leaves by
 * WAITING  for a connection with room                connected -> READY; failed, cancelled -> CLOSED
 * READY    there is a connection                     request sent -> ACTIVE; cancelled -> CLOSED
 * ACTIVE   there is a stream                         the stream ends, whoever ends it -> CLOSED
 * CLOSED
 * </pre>
 *
 * The permit is released on reaching CLOSED. A model is told to stop by RST_STREAM, so no slot
 * outlives its caller. Runs on the loop of its exchange.
 */
final class Http2Upstream implements Upstream {
  private enum State {
    WAITING,
    READY,
    ACTIVE,
    CLOSED
  }

  /** What it means that the stream has ended. */
  private enum End {
    /** Nobody has said so: the connection is gone. */
    LOST,
    ANSWERED,
    CANCELLED,
    /** Its slot may be another router's now. */
    CUT_OFF,
    /** The model says that it has not looked at the request, and does not want to. */
    REFUSED,
    /** The model went away before the request came; it may be back at once. */
    UNSEEN,
    RESET,
    MALFORMED
  }

  private final Loop loop;
  final Replica replica;
  private final SlotUse use;
  private final Http2RequestSender sender;
  private final Http2Response response = new Http2Response();

  private State state = State.WAITING;
  private End end = End.LOST;
  private String detail = "";
  private @Nullable Http2Client client;
  private boolean reads = true;

  Http2Upstream(Loop loop, Replica replica) {
    this.loop = loop;
    this.replica = replica;
    this.use = new SlotUse(loop, this, replica);
    this.sender = new Http2RequestSender(loop, this);
  }

  // ---- for the pool and the connection

  /** Begins with a slot for {@code owner}'s request. */
  void begin(Exchange owner, Permit slot) {
    use.begin(owner, slot);
  }

  /** Returns whether it still needs a connection. */
  boolean isWaiting() {
    return state == State.WAITING;
  }

  /** There is a connection with room for it. */
  void attach(Http2Client connection) {
    client = connection;
    state = State.READY;
  }

  /** The connection that it waited for is there. */
  void onConnected(Http2Client connection) {
    attach(connection);
    requireNonNull(use.owner()).attempts.onConnected(loop.now());
  }

  /** There is no connection. */
  void onConnectFailed(String why) {
    state = State.CLOSED;
    use.connectFailed(why);
  }

  /** What was connected to speaks something else. */
  void onNoHttp2(String why) {
    state = State.CLOSED;
    use.noHttp2(why);
  }

  // ---- for the exchange

  @Override
  public boolean isOpen() {
    return state == State.READY;
  }

  @Override
  public void sendRequest(Exchange owner, boolean complete) {
    state = State.ACTIVE;
    response.begin(owner.request.method());
    sender.begin(requireNonNull(client), owner, replica, complete);
  }

  @Override
  public void sendBody(ByteBuf in, int count, boolean last) {
    Exchange owner = use.owner();
    if (state != State.ACTIVE || owner == null) {
      in.skipBytes(count);
      return;
    }
    int most = owner.route.settings().bodyPrefixBytes();
    owner.body.keepCopy(in, count, last, most, loop.allocator);
    sender.more(owner, in, count, last);
    if (last) {
      owner.attempts.onRequestSent(sender.sentNanos());
    } else if (!isWritable()) {
      owner.attempts.onWritable(false);
    }
  }

  @Override
  public boolean isWritable() {
    return sender.isWritable();
  }

  @Override
  public void readResponse(boolean wanted) {
    reads = wanted;
    if (wanted && state == State.ACTIVE) {
      sender.giveWindowBack();
    }
  }

  @Override
  public long sentNanos() {
    return sender.sentNanos();
  }

  @Override
  public boolean responseHasBegun() {
    return response.hasBegun();
  }

  @Override
  public boolean responseStreams() {
    return response.isStreaming();
  }

  @Override
  public boolean canBeStopped() {
    return true;
  }

  @Override
  public void abandon(boolean timedOut, long untilNanos) {
    cancel(timedOut); // nothing is left to wait for
  }

  @Override
  public void cutOff() {
    if (state == State.ACTIVE) {
      end(End.CUT_OFF, Http2Error.CANCEL);
    } else {
      state = State.CLOSED;
      use.cutOff();
    }
  }

  @Override
  public boolean takesSlot() {
    return state != State.CLOSED;
  }

  @Override
  public String condition() {
    return state.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void cancel(boolean timedOut) {
    use.leave(timedOut);
    switch (state) {
      case ACTIVE -> end(End.CANCELLED, Http2Error.CANCEL);
      case WAITING, READY -> {
        state = State.CLOSED;
        use.release(Outcome.CANCELLED);
      }
      case CLOSED -> {}
    }
  }

  /** The windows, or the socket, take more of the request again. */
  void onWritable() {
    Exchange owner = use.owner();
    if (owner != null && state == State.ACTIVE) {
      owner.attempts.onWritable(true);
    }
  }

  // ---- from the model

  /** Returns how far the response has come. */
  Http2Response response() {
    return response;
  }

  void onInformational(Head head) {
    String fault = response.informational();
    if (fault == null) {
      use.onInformational(head);
    } else {
      onMalformed(fault);
    }
  }

  void onHead(Head head, boolean last) {
    response.head(head);
    use.onHead(head, Unpooled.EMPTY_BUFFER, 0, last);
    if (last) {
      answered();
    }
  }

  /**
   * Takes DATA.
   *
   * @return how many bytes were taken; the rest is owed until the response is wanted again
   */
  int onData(ByteBuf data, int flowBytes, boolean last) {
    int count = data.readableBytes();
    String fault = response.data(count, last);
    if (fault != null) {
      onMalformed(fault);
    } else if (count > 0 || last) {
      use.onBody(data, count, last);
      if (last) {
        answered();
      }
    }
    return reads ? flowBytes : 0;
  }

  void onTrailers(Head trailers) {
    String fault = response.end();
    if (fault == null) {
      use.onTrailers(trailers);
      answered();
    } else {
      onMalformed(fault);
    }
  }

  /** The response is complete; what is left of the request is not wanted. */
  private void answered() {
    use.leave(false);
    if (state == State.ACTIVE) {
      end = End.ANSWERED;
      if (!sender.isComplete()) {
        sender.reset(Http2Error.CANCEL);
      }
    }
  }

  /** What came is no response. */
  void onMalformed(String what) {
    if (state == State.ACTIVE && end == End.LOST) {
      detail = what;
      end(End.MALFORMED, Http2Error.PROTOCOL_ERROR);
    }
  }

  /** The model has reset the stream. */
  void onReset(long errorCode) {
    if (end == End.LOST) {
      Http2Error error = Http2Error.valueOf(errorCode);
      detail = error == null ? "error " + errorCode : error.name();
      boolean refused = error == Http2Error.REFUSED_STREAM && !response.hasBegun();
      end = refused ? End.REFUSED : End.RESET;
    }
  }

  /** The model's connection takes no streams as late as this one (RFC 9113 6.8). */
  void onUnseen() {
    if (end == End.LOST) {
      end = End.UNSEEN;
    }
  }

  private void end(End why, Http2Error code) {
    end = why;
    sender.reset(code);
  }

  /** The stream is no more, whoever ended it: the slot is free. */
  void onClosed() {
    state = State.CLOSED;
    sender.clear();
    switch (end) {
      case ANSWERED -> use.release(Outcome.ANSWERED);
      case CANCELLED -> use.release(Outcome.CANCELLED);
      case CUT_OFF -> use.cutOff();
      case REFUSED -> use.refused();
      case UNSEEN -> use.stale();
      case RESET -> use.reset(detail);
      case MALFORMED -> use.malformed(detail);
      case LOST -> {
        if (sender.cannotHaveBeenSeen()) {
          use.stale();
        } else {
          use.lost(response.hasBegun());
        }
      }
    }
  }
}
