package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.dispatch.Outcome;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RouterError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one replica, which carries one request at a time and holds its permit.
 *
 * <pre>
 * state       meaning                                  leaves by
 * CONNECTING  opened for a request that waits for it   connected -> BUSY; failed, cancelled -> CLOSED
 * BUSY        a request is under way                   response complete -> IDLE or CLOSED; failure
 * ABANDONED   the same, but nobody wants the answer    response complete -> IDLE or CLOSED; grace over
 * IDLE        in the pool, without a permit            next request; idle time-out; any byte
 * CLOSED
 * </pre>
 *
 * The permit is released on leaving CONNECTING, BUSY or ABANDONED, after the connection is closed
 * or back in the pool: the reference model server serves nobody until the caller has closed its
 * side.
 *
 * <p>Runs on the loop of its exchange. Releases every buffer it reads.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter implements ResponseReader.Sink {
  private enum State {
    CONNECTING,
    BUSY,
    ABANDONED,
    IDLE,
    CLOSED
  }

  private final Loop loop;
  private final UpstreamPools pools;
  private final Replica replica;
  private final Timer timer = new Timer();
  private final RequestSender sender;
  private final ResponseReader reader;

  private State state = State.CONNECTING;
  private @Nullable Channel channel;
  private @Nullable Exchange exchange;
  private @Nullable Permit permit;
  private int requests;
  private boolean timedOut;
  private boolean reading = true;

  UpstreamConnection(Loop loop, Replica replica) {
    this.loop = loop;
    this.pools = loop.upstreams;
    this.replica = replica;
    this.sender = new RequestSender(loop);
    this.reader = new ResponseReader(loop.settings.limits(), this);
  }

  // ---- for the exchange

  /**
   * Makes this the connection of {@code owner}'s request, which may have to wait until it is open.
   */
  void assign(Exchange owner, Permit slot) {
    exchange = owner;
    permit = slot;
    if (state == State.IDLE) {
      state = State.BUSY;
      TimerWheel.disarm(timer);
      loop.recorder.count(ProxyEvent.UPSTREAM_REUSED);
    }
  }

  /** Lets the connection attempt take so long and no longer. */
  void connecting(Channel opened, long deadlineNanos) {
    channel = opened;
    loop.timers.arm(timer, deadlineNanos);
  }

  boolean isOpen() {
    return state == State.BUSY;
  }

  /** Returns false once the channel has closed, although that is only told later in this turn. */
  boolean isAlive() {
    return channel().isActive();
  }

  boolean isWritable() {
    return sender.isWritable();
  }

  boolean requestIsSent() {
    return sender.isComplete();
  }

  /** Returns whether the response has begun and its length is not known in advance. */
  boolean responseStreams() {
    return reader.isStreaming();
  }

  /** Returns whether any byte of the response has come. */
  boolean responseHasBegun() {
    return reader.hasBegun();
  }

  /** Returns when the last byte of the request so far was handed over. */
  long sentNanos() {
    return sender.sentNanos();
  }

  /** Sends the head and what is kept of the body; {@code complete} says that this is all of it. */
  void sendRequest(Exchange owner, boolean complete) {
    requests++;
    timedOut = false;
    reader.begin(owner.request.method());
    sender.begin(channel(), owner, replica, complete);
  }

  /** Sends {@code count} more bytes of the body, consuming them. */
  void sendBody(ByteBuf in, int count, boolean last) {
    if (state != State.BUSY) {
      in.skipBytes(count);
      return;
    }
    Exchange owner = owner();
    owner.body.streamOn();
    sender.more(in, count, last);
    if (last) {
      owner.attempts.onRequestSent(sender.sentNanos());
    } else if (!sender.isWritable()) {
      owner.attempts.onWritable(false);
    }
  }

  /** Stops or resumes the flow of the response. */
  void readResponse(boolean wanted) {
    if (wanted != reading) {
      reading = wanted;
      channel().config().setAutoRead(wanted);
    }
  }

  /** The caller has left: lets the model finish until {@code untilNanos}, then closes. */
  void abandon(long untilNanos) {
    exchange = null;
    state = State.ABANDONED;
    readResponse(true);
    loop.timers.arm(timer, untilNanos);
  }

  /** The model was too slow: its slot stays taken until it is done or {@code untilNanos}. */
  void abandonTimedOut(long untilNanos) {
    timedOut = true;
    abandon(untilNanos);
  }

  /** Breaks the request off; the model never sees a complete one if it was not sent. */
  void cancel() {
    exchange = null;
    end(Outcome.CANCELLED, false, loop.now());
  }

  /** The model was too slow, and closing its connection stops it. */
  void cancelTimedOut() {
    exchange = null;
    end(Outcome.TIMED_OUT, false, loop.now());
  }

  // ---- from the network

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    if (state != State.CONNECTING) {
      context.close();
      return;
    }
    state = State.BUSY;
    TimerWheel.disarm(timer);
    loop.recorder.count(ProxyEvent.UPSTREAM_CONNECTED);
    owner().attempts.onConnected(loop.now());
  }

  /** The connection attempt ended without a connection. */
  void connectFailed(String why) {
    if (state == State.CONNECTING) {
      loop.recorder.count(ProxyEvent.UPSTREAM_CONNECT_FAILED);
      fail(
          Outcome.CONNECT_FAILED,
          RouterError.UPSTREAM_CONNECT_FAILED,
          true,
          "cannot connect to the model: " + why);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (state == State.IDLE) {
        loop.recorder.count(ProxyEvent.UPSTREAM_IDLE_BYTES);
        close();
      } else if (state == State.BUSY && !sender.hasBegun()) {
        loop.recorder.count(ProxyEvent.UPSTREAM_IDLE_BYTES); // before anything was asked
        stale();
      } else if (state == State.BUSY || state == State.ABANDONED) {
        reader.read(in);
      }
    } finally {
      in.release();
    }
  }

  // ---- from the reader of its response

  @Override
  public void onInformational(Head head) {
    if (exchange != null) {
      exchange.response.onInformational(head);
    }
  }

  @Override
  public void onHead(Head head, ByteBuf in, int count, boolean last) {
    if (exchange == null) {
      in.skipBytes(count);
    } else {
      exchange.response.onHead(this, head, in, count, last);
    }
  }

  @Override
  public void onBody(ByteBuf in, int count, boolean last) {
    if (exchange == null) {
      in.skipBytes(count);
    } else {
      exchange.response.onBody(this, in, count, last);
    }
  }

  @Override
  public void onTrailers(Head trailers) {
    if (exchange != null) {
      exchange.response.onTrailers(trailers);
    }
  }

  @Override
  public boolean isReading() {
    return state == State.BUSY || state == State.ABANDONED;
  }

  @Override
  public void onMalformed(String detail) {
    fail(
        Outcome.RESET,
        RouterError.UPSTREAM_PROTOCOL_ERROR,
        false,
        "the model's response is malformed: " + detail);
  }

  /** The response is complete: the connection is kept or closed, and then the slot is free. */
  @Override
  public void onEnd(ByteBuf in) {
    Downstream caller = exchange == null ? null : exchange.downstream();
    exchange = null;
    boolean keep =
        !reader.closes()
            && sender.isComplete()
            && !in.isReadable()
            && requests < loop.settings.limits().upstream().maxRequestsPerConnection();
    end(timedOut ? Outcome.TIMED_OUT : Outcome.ANSWERED, keep, loop.now());
    if (caller != null) {
      caller.sendNow();
    }
  }

  private void end(Outcome outcome, boolean keep, long now) {
    Permit slot = requireNonNull(permit);
    permit = null;
    if (keep) {
      state = State.IDLE;
      readResponse(true); // the caller of the last one may have been too slow for it
      loop.timers.arm(timer, now + loop.settings.limits().upstream().idle().toNanos());
      pools.release(replica, this);
    } else {
      close();
    }
    slot.release(outcome, now);
  }

  private void fail(Outcome outcome, RouterError error, boolean unseen, String detail) {
    Exchange owner = exchange;
    exchange = null;
    end(outcome, false, loop.now());
    if (owner != null) {
      owner.attempts.onFailed(error, replica, unseen, detail);
    }
  }

  /** The model has ended its side. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      switch (state) {
        case BUSY, ABANDONED -> ended();
        case IDLE -> close();
        case CONNECTING, CLOSED -> {}
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    switch (state) {
      case BUSY, ABANDONED -> broken();
      case IDLE -> close();
      case CONNECTING, CLOSED -> {}
    }
  }

  private void ended() {
    if (!reader.endOfInput()) {
      broken();
    }
  }

  /** The connection is gone in the middle of a request. */
  private void broken() {
    boolean kept = requests > 1 && !reader.hasBegun();
    if (!sender.hasBegun() || (kept && !Transport.mayHaveTaken(channel()))) {
      stale();
      return;
    }
    fail(
        Outcome.RESET,
        RouterError.UPSTREAM_RESET,
        false,
        reader.hasBegun()
            ? "the model closed the connection before the end of its response"
            : "the model closed the connection without a response");
  }

  /** A connection that the model had given up before it could see the request. */
  private void stale() {
    Exchange owner = exchange;
    Permit slot = requireNonNull(permit);
    long now = loop.now();
    if (owner != null && owner.attempts.mayRepeat() && slot.tryRetryHere(now)) {
      exchange = null;
      permit = null;
      close();
      owner.attempts.onStale(slot, now);
    } else {
      fail(
          Outcome.CANCELLED,
          RouterError.UPSTREAM_RESET,
          false,
          "the model closed the connection before the request was sent");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    loop.failed(cause);
    if (state == State.BUSY || state == State.ABANDONED) {
      broken(); // a reset ends no body, not even one that lasts until the connection ends
    } else if (state != State.CONNECTING) {
      close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (state == State.BUSY && exchange != null) {
      exchange.attempts.onWritable(context.channel().isWritable());
    }
  }

  private void close() {
    if (state == State.IDLE) {
      pools.forget(replica, this);
    }
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    pools.closed(replica);
    TimerWheel.disarm(timer);
    Channel open = channel;
    if (open != null) {
      open.close();
    }
  }

  /** The pool has enough: closes without being forgotten by it. */
  void closeSurplus() {
    state = State.BUSY;
    close();
  }

  private Channel channel() {
    return requireNonNull(channel);
  }

  private Exchange owner() {
    return requireNonNull(exchange);
  }

  private final class Timer extends Timeout {
    @Override
    void expired(long now) {
      switch (state) {
        case CONNECTING -> connectFailed("no answer in time");
        case ABANDONED -> end(timedOut ? Outcome.TIMED_OUT : Outcome.CANCELLED, false, now);
        case IDLE -> close();
        case BUSY, CLOSED -> {}
      }
    }
  }
}
