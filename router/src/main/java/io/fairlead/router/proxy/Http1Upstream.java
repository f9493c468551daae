package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.dispatch.Outcome;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.model.Replica;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one replica over HTTP/1.1, which carries one request at a time.
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
 * <p>Runs on the loop of its exchange; {@link Http1UpstreamHandler} tells it what the network does.
 */
final class Http1Upstream implements Upstream, ResponseReader.Owner {
  private enum State {
    CONNECTING,
    BUSY,
    ABANDONED,
    IDLE,
    CLOSED
  }

  private final Loop loop;
  private final Http1Pools pools;
  private final Replica replica;
  private final Timer timer = new Timer();
  private final RequestSender sender;
  private final ResponseReader reader;
  private final SlotUse use;

  private State state = State.CONNECTING;
  private @Nullable Channel channel;
  private int requests;
  private boolean reading = true;

  /** Whether nothing had come when it was taken from the pool, a moment ago. */
  private boolean quiet;

  /** Whether the exchange is just sending its request, and cannot be told how that ended. */
  private boolean sending;

  Http1Upstream(Loop loop, Http1Pools pools, Replica replica) {
    this.loop = loop;
    this.pools = pools;
    this.replica = replica;
    this.sender = new RequestSender(loop);
    this.use = new SlotUse(loop, this, replica);
    this.reader = new ResponseReader(loop.settings.limits(), this, use);
  }

  // ---- for the pool

  /**
   * Makes this the connection of {@code owner}'s request, which may have to wait until it is open.
   */
  void assign(Exchange owner, Permit slot) {
    use.begin(owner, slot);
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

  /**
   * Looks whether a request may be sent on it, which is in the pool no more: not if its model has
   * ended it or has said something unasked, although that would be heard only later in this turn.
   * It is closed when this turn is over: until then the loop may have an event for its descriptor,
   * and would give it to a new connection that got the same one.
   */
  boolean isUsable() {
    if (!channel().isActive()) {
      return false;
    }
    Transport.Look look = Transport.look(channel(), loop.lookedAt);
    quiet = look == Transport.Look.QUIET;
    if (look == Transport.Look.BYTES) {
      loop.recorder.count(ProxyEvent.UPSTREAM_IDLE_BYTES);
    }
    if (look == Transport.Look.BYTES || look == Transport.Look.ENDED) {
      retire();
      loop.eventLoop.execute(channel()::close);
      return false;
    }
    return true;
  }

  // ---- for the exchange

  @Override
  public boolean isOpen() {
    return state == State.BUSY;
  }

  @Override
  public boolean isWritable() {
    return sender.isWritable();
  }

  @Override
  public boolean responseStreams() {
    return reader.isStreaming();
  }

  @Override
  public boolean responseHasBegun() {
    return reader.hasBegun();
  }

  @Override
  public long sentNanos() {
    return sender.sentNanos();
  }

  /** A model that has the whole request and answers it in one piece goes on, come what may. */
  @Override
  public boolean canBeStopped() {
    return !sender.isComplete() || reader.isStreaming();
  }

  @Override
  public void sendRequest(Exchange owner, boolean complete) {
    requests++;
    reader.begin(owner.request.method(), owner.route.isWebSocket() ? owner.request : null);
    sending = true;
    try {
      sender.begin(channel(), owner, replica, complete, complete && quiet);
    } finally {
      sending = false;
      quiet = false;
    }
  }

  @Override
  public void sendBody(ByteBuf in, int count, boolean last) {
    Exchange owner = use.owner();
    if (state != State.BUSY || owner == null) {
      in.skipBytes(count);
      return;
    }
    owner.body.streamOn();
    sender.more(in, count, last);
    if (last) {
      owner.attempts.onRequestSent(sender.sentNanos());
    } else if (!sender.isWritable()) {
      owner.attempts.onWritable(false);
    }
  }

  @Override
  public void readResponse(boolean wanted) {
    if (wanted != reading) {
      reading = wanted;
      channel().config().setAutoRead(wanted);
    }
  }

  @Override
  public void abandon(boolean timedOut, long untilNanos) {
    use.leave(timedOut);
    state = State.ABANDONED;
    readResponse(true);
    loop.timers.arm(timer, untilNanos);
  }

  @Override
  public void cutOff() {
    close();
    use.cutOff();
  }

  @Override
  public boolean takesSlot() {
    return state != State.IDLE && state != State.CLOSED;
  }

  @Override
  public String condition() {
    return state.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void cancel(boolean timedOut) {
    use.leave(timedOut);
    end(Outcome.CANCELLED);
  }

  // ---- from the network

  /** The connection is there; returns false if nobody waits for it any more. */
  boolean onConnected(Channel opened) {
    channel = opened;
    if (state != State.CONNECTING) {
      return false;
    }
    state = State.BUSY;
    TimerWheel.disarm(timer);
    loop.recorder.count(ProxyEvent.UPSTREAM_CONNECTED);
    requireNonNull(use.owner()).attempts.onConnected(loop.now());
    return true;
  }

  /** The connection attempt ended without a connection. */
  void onConnectFailed(String why) {
    if (state == State.CONNECTING) {
      loop.recorder.count(ProxyEvent.UPSTREAM_CONNECT_FAILED);
      close();
      use.connectFailed(why);
    }
  }

  /** Bytes have come. */
  void onRead(ByteBuf in) {
    if (state == State.IDLE) {
      loop.recorder.count(ProxyEvent.UPSTREAM_IDLE_BYTES);
      close();
    } else if (isReading() && !sender.hasBegun()) { // also if nobody wants the answer any more
      loop.recorder.count(ProxyEvent.UPSTREAM_IDLE_BYTES); // before anything was asked
      close();
      use.stale();
    } else if (isReading()) {
      reader.read(in);
    }
  }

  /** The model has ended its side, in good order. */
  void onInputEnded() {
    if (!isReading()) {
      onEnded();
    } else if (!reader.endOfInput()) {
      broken();
    }
  }

  /** The connection is gone: a reset ends no body, not even one that lasts until then. */
  void onEnded() {
    if (sending) {
      loop.eventLoop.execute(this::onEnded);
      return;
    }
    switch (state) {
      case BUSY, ABANDONED -> broken();
      case IDLE -> close();
      case CONNECTING, CLOSED -> {} // the connection attempt says so itself
    }
  }

  /** The socket takes more, or no more for now. */
  void onWritable(boolean writable) {
    Exchange owner = use.owner();
    if (state == State.BUSY && owner != null) {
      owner.attempts.onWritable(writable);
    }
  }

  // ---- from the reader of its response

  @Override
  public boolean isReading() {
    return state == State.BUSY || state == State.ABANDONED;
  }

  @Override
  public void onMalformed(String detail) {
    close();
    use.malformed(detail);
  }

  /** The response is complete: its connection and its slot are free before the caller has it. */
  @Override
  public void onEnd(ByteBuf in) {
    Exchange owner = use.owner();
    Downstream caller = owner == null ? null : owner.downstream();
    keepOrClose(in);
    if (caller != null) {
      caller.sendNow();
    }
  }

  private void keepOrClose(ByteBuf in) {
    boolean keep =
        !reader.closes()
            && sender.isComplete()
            && !in.isReadable()
            && requests < loop.settings.limits().upstream().maxRequestsPerConnection();
    if (keep) {
      state = State.IDLE;
      readResponse(true); // the caller of the last one may have been too slow for it
      loop.timers.arm(timer, loop.now() + loop.settings.limits().upstream().idle().toNanos());
      if (pools.release(replica, this)) {
        use.release(Outcome.ANSWERED);
        return;
      }
    }
    end(Outcome.ANSWERED);
  }

  // ---- ends

  private void end(Outcome outcome) {
    close();
    use.release(outcome);
  }

  /** The connection is gone in the middle of a request. */
  private void broken() {
    boolean kept = requests > 1 && !reader.hasBegun();
    boolean stale = !sender.hasBegun() || (kept && !Transport.mayHaveTaken(channel()));
    close();
    if (stale) {
      use.stale();
    } else {
      use.lost(reader.hasBegun());
    }
  }

  private void close() {
    if (state == State.CLOSED) {
      return;
    }
    if (state == State.IDLE) {
      pools.forget(replica, this);
    }
    retire();
    if (channel != null) {
      channel.close();
    }
  }

  /** Counts itself out; it is not among those that wait for a request. */
  private void retire() {
    state = State.CLOSED;
    pools.closed(replica);
    loop.timers.remove(timer);
  }

  private Channel channel() {
    return requireNonNull(channel);
  }

  private final class Timer extends Timeout {
    @Override
    void expired(long now) {
      switch (state) {
        case CONNECTING -> onConnectFailed("no answer in time");
        case ABANDONED -> end(Outcome.CANCELLED);
        case IDLE -> close();
        case BUSY, CLOSED -> {}
      }
    }
  }
}
