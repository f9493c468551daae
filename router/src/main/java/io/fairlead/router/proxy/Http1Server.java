package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.http.Head;
import io.fairlead.router.http1.BodyDecoder;
import io.fairlead.router.http1.Progress;
import io.fairlead.router.http1.RequestScanner;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * A caller's HTTP/1.1 connection: one request at a time, strictly framed.
 *
 * <pre>
 * phase     meaning                                        leaves by
 * HEAD      idle, or part of a head has come               head complete -> BODY; refused -> CLOSING
 * BODY      the body is coming                             complete -> ANSWER; answered early -> REST
 * ANSWER    the request is complete; nothing more is read  answered -> HEAD or CLOSING
 * UPGRADE   a WebSocket was asked for; what comes waits    the model's 101 -> TUNNEL; else as ANSWER
 * TUNNEL    bytes go through, whatever they are            either side ends -> CLOSING
 * REST      answered, and the rest of the body is dropped  complete -> HEAD; too much, too slow -> CLOSING
 * CLOSING   answered for the last time                     the caller closes, or a second passes
 * </pre>
 *
 * <p>Runs on its own event loop. Releases every buffer it reads.
 */
final class Http1Server extends ChannelInboundHandlerAdapter implements CallerConnection {
  /** What is dropped of a body that nobody wants before the connection is closed instead. */
  static final int DRAIN_BYTES = 65_536;

  static final long DRAIN_NANOS = 1_000_000_000L;

  private enum Phase {
    HEAD,
    BODY,
    ANSWER,
    UPGRADE,
    TUNNEL,
    REST,
    CLOSING
  }

  private final Loop loop;
  private final RequestScanner scanner;
  private final BodyDecoder decoder;
  private final Http1Responder responder;
  private final Http1Farewell farewell;
  private final Timer timer = new Timer();
  private final long lastNanos;

  private Phase phase = Phase.HEAD;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Exchange exchange;
  private @Nullable ByteBuf pending; // read, but of a later request
  private boolean processing;
  private boolean reading = true;
  private int requests;
  private int dropped;
  private boolean keepAlive = true;
  private boolean awaitsContinue;

  Http1Server(Loop loop, Origin origin) {
    this.loop = loop;
    this.scanner = new RequestScanner(loop.settings.limits().head());
    this.decoder = BodyDecoder.ofRequests(loop.settings.limits().body());
    this.responder = new Http1Responder(loop, this, origin);
    this.farewell = new Http1Farewell(loop, responder);
    this.lastNanos = loop.now() + loop.connectionLifeNanos();
  }

  // ---- from the network

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    responder.attach(added);
    loop.connections.add(this);
    loop.timers.arm(timer, loop.now() + limits().head().timeout().toNanos());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    loop.timers.remove(timer);
    loop.connections.remove(this);
    if (pending != null) {
      pending.release();
      pending = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (pending != null) {
      in = loop.allocator.directBuffer().writeBytes(pending).writeBytes(in);
      pending.release();
      pending = null;
      ((ByteBuf) message).release();
    }
    process(in);
  }

  /** Works through what was read; keeps what belongs to a later request. Releases {@code in}. */
  private void process(ByteBuf in) {
    processing = true;
    try {
      boolean more = true;
      while (more) {
        more =
            switch (phase) {
              case HEAD -> responder.isWritable() && readHead(in);
              case BODY, TUNNEL, REST -> readBody(in);
              case ANSWER, UPGRADE -> false;
              case CLOSING -> drop(in);
            };
      }
      if (in.isReadable() && phase != Phase.CLOSING) {
        // nothing is queued from pipelining: what came with this read is all there will be
        pending = in.retain();
        read(false);
      }
    } finally {
      processing = false;
      in.release();
    }
  }

  private boolean readHead(ByteBuf in) {
    if (!in.isReadable()) {
      return false;
    }
    Exchange current = exchange;
    if (current == null) {
      current = loop.newExchange(responder);
      exchange = current;
      loop.timers.arm(timer, loop.now() + limits().head().timeout().toNanos());
    }
    Progress progress = scanner.scan(in, current.request);
    if (progress == Progress.MORE) {
      return false;
    }
    TimerWheel.disarm(timer);
    requests++;
    Head head = current.request;
    responder.begin(head);
    if (progress == Progress.REFUSED) {
      keepAlive = false;
      phase = Phase.ANSWER;
      current.rejectHead(requireNonNull(scanner.refusal()), loop.now());
      return true;
    }
    long now = loop.now();
    keepAlive = !head.close() && mayServeAnother(now);
    awaitsContinue = head.expectContinue();
    decoder.start(head.framing(), head.contentLength());
    phase = Phase.BODY;
    current.start(now);
    if (phase == Phase.BODY && current.route.isWebSocket()) {
      phase = Phase.UPGRADE;
    }
    return true;
  }

  private boolean mayServeAnother(long now) {
    return requests < limits().connections().maxRequests()
        && loop.admission.keepsConnections()
        && now < lastNanos;
  }

  private boolean readBody(ByteBuf in) {
    int count = decoder.ready(in);
    Refusal refusal = decoder.refusal();
    if (refusal != null) {
      keepAlive = false;
      boolean answered = phase == Phase.REST;
      phase = Phase.ANSWER;
      if (answered) {
        close();
      } else {
        exchange().onBadBody(refusal);
      }
      return true;
    }
    decoder.taken(count);
    boolean done = decoder.isDone();
    if (count == 0 && !done) {
      return false;
    }
    awaitsContinue = false;
    if (phase == Phase.REST) {
      return dropBody(in, count, done);
    }
    if (done) {
      phase = Phase.ANSWER;
    }
    exchange().onBody(in, count, done);
    return true;
  }

  private boolean dropBody(ByteBuf in, int count, boolean done) {
    in.skipBytes(count);
    dropped += count;
    if (done) {
      nextRequest();
    } else if (dropped > DRAIN_BYTES) {
      close();
    }
    return true;
  }

  private boolean drop(ByteBuf in) {
    farewell.drop(in, context());
    return false;
  }

  @Override
  public void channelInactive(ChannelHandlerContext from) {
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      if (phase == Phase.HEAD) {
        current.discard();
      } else {
        current.onClientGone();
      }
    }
    phase = Phase.CLOSING;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    loop.failed(cause);
    from.close();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext from) {
    if (from.channel().isWritable()) {
      if (exchange != null) {
        exchange.onWritable();
      } else if (phase == Phase.HEAD && pending != null && !processing) {
        read(true);
        loop.eventLoop.execute(this::resume);
      }
    }
  }

  @Override
  public void drain() {
    keepAlive = false;
    if (phase == Phase.HEAD && !scanner.started()) {
      channel().close();
    }
  }

  @Override
  public void endRest() {
    if (exchange != null && phase != Phase.HEAD) {
      exchange.onShutdown(loop.now());
    }
  }

  @Override
  public void giveWay() {
    drain();
  }

  // ---- for the responder

  /** Returns whether the response that starts now leaves the connection open. */
  boolean keepsAlive() {
    if (phase == Phase.BODY && !restIsSmall()) {
      keepAlive = false;
    }
    return keepAlive;
  }

  /** Returns whether part of the request is still to come. */
  boolean isReceiving() {
    return phase == Phase.HEAD || phase == Phase.BODY;
  }

  /** Says that the response that starts now is the last. */
  void lastResponse() {
    keepAlive = false;
  }

  /** A caller who was never told to continue may or may not send its body now. */
  private boolean restIsSmall() {
    Head head = exchange().request;
    return switch (head.framing()) {
      case NONE -> true;
      case LENGTH ->
          !awaitsContinue && head.contentLength() - exchange().body.received() <= DRAIN_BYTES;
      case UNTIL_END -> true; // a WebSocket that is refused has no body
      case CHUNKED -> false;
    };
  }

  /** The caller has been told to send the body that it held back. */
  void continued() {
    awaitsContinue = false;
  }

  /** The model has agreed to a WebSocket: what waits goes on when the caller has been told. */
  void switched() {
    phase = Phase.TUNNEL;
    keepAlive = false;
    decoder.start(Head.Framing.UNTIL_END, -1);
    if (pending != null) {
      loop.eventLoop.execute(this::resume);
    }
  }

  /**
   * Stops or resumes the flow of the body. A WebSocket has none before the switch: what is read
   * until then is its caller's end, and at most one piece that waits.
   */
  void readBody(boolean wanted) {
    boolean handshake = phase != Phase.TUNNEL && exchange != null && exchange.route.isWebSocket();
    if (!handshake) {
      read(wanted);
    }
  }

  /** Ends the connection in the middle of a response. */
  void abort() {
    exchange = null;
    phase = Phase.CLOSING;
    channel().close();
  }

  /** The answer is out: what comes next on this connection? */
  void ended() {
    exchange = null;
    if (phase == Phase.BODY && keepAlive) {
      phase = Phase.REST;
      dropped = 0;
      read(true);
      loop.timers.arm(timer, loop.now() + DRAIN_NANOS);
    } else if (keepAlive) {
      nextRequest();
    } else {
      close();
    }
  }

  private void nextRequest() {
    phase = Phase.HEAD;
    scanner.reset();
    loop.timers.arm(timer, loop.now() + limits().connections().keepAliveIdle().toNanos());
    read(true);
    if (pending != null && !processing) {
      // not from within the model's response: its slot is not free yet
      loop.eventLoop.execute(this::resume);
    }
  }

  private void resume() {
    ByteBuf in = pending;
    if (in != null) {
      pending = null;
      process(in);
    }
  }

  private void close() {
    phase = Phase.CLOSING;
    read(true);
    farewell.begin(context(), timer);
  }

  /** Stops or resumes reading from the caller. */
  void read(boolean wanted) {
    if (wanted != reading) {
      reading = wanted;
      channel().config().setAutoRead(wanted);
    }
  }

  private ChannelHandlerContext context() {
    return requireNonNull(context);
  }

  private Channel channel() {
    return context().channel();
  }

  private Exchange exchange() {
    return requireNonNull(exchange);
  }

  private Limits limits() {
    return loop.settings.limits();
  }

  private final class Timer extends Timeout {
    @Override
    void expired(long now) {
      switch (phase) {
        case HEAD -> {
          if (exchange == null) {
            channel().close();
          } else {
            keepAlive = false;
            phase = Phase.ANSWER;
            exchange().rejectHead(ErrorAnswers.headTimeout(limits().head()), now);
          }
        }
        case REST -> close();
        case CLOSING -> farewell.closeUnlessTaken(context(), timer, now);
        case BODY, ANSWER, UPGRADE, TUNNEL -> {}
      }
    }
  }
}
