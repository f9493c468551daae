package io.fairlead.router.proxy;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.control.RequestObserver;
import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.control.Snapshots;
import io.fairlead.router.dispatch.Candidates;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Http2RequestRules;
import io.fairlead.router.http.Http2ResponseRules;
import io.fairlead.router.http1.HeadWriter;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that one event loop owns: its timers, its connections to models, its meters and the
 * scratch space that all its connections share. Nothing here is touched by another thread.
 */
final class Loop {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  /**
   * Objects of a kind that are kept for reuse, about 2 KiB each at most; with fewer than are in
   * flight, many requests would allocate one.
   */
  private static final int MOST_IDLE = 1024;

  final EventLoop eventLoop;
  final ProxySettings settings;
  final Snapshots snapshots;
  final RequestRecorder recorder;
  final RequestObserver observer;
  final Sampler sampler;

  /** What a decision saw, until the same step has told of it. */
  final Candidates candidates = new Candidates();

  final SplittableRandom random;
  final TimerWheel timers;
  final FlushBatch flushes;
  final Upstreams upstreams;
  final Mirrors mirrors;
  final Admission admission;
  final LoopLag lag;
  final HeadWriter writer = new HeadWriter();
  final ByteBuffer lookedAt = ByteBuffer.allocateDirect(1);
  final ErrorAnswers errors;
  final Http2FieldReader<Http2RequestRules> http2Fields;
  final Http2FieldReader<Http2ResponseRules> http2Responses;
  final CallerCheck callers;
  final Head http2Trailers = new Head();
  final ByteBufAllocator allocator;

  /** Callers' connections, to say good-bye to. */
  final Set<CallerConnection> connections = Collections.newSetFromMap(new IdentityHashMap<>());

  private final LongSupplier clock;
  private final ArrayDeque<Exchange> idleExchanges = new ArrayDeque<>();
  private final ArrayDeque<Http2Call> idleHttp2Calls = new ArrayDeque<>();
  private int requestsInFlight;
  private long lastUnexpectedNanos;
  private long lastWarningNanos;

  Loop(
      EventLoop eventLoop,
      ProxySettings settings,
      Snapshots snapshots,
      RequestRecorder recorder,
      RequestObserver observer,
      Admission admission,
      Transport transport,
      LongSupplier clock,
      InstantSource wallClock,
      SplittableRandom random) {
    this.eventLoop = eventLoop;
    this.settings = settings;
    this.snapshots = snapshots;
    this.recorder = recorder;
    this.observer = observer;
    this.admission = admission;
    this.clock = clock;
    this.lag = new LoopLag(eventLoop, clock);
    this.callers = new CallerCheck(wallClock);
    this.random = random;
    this.sampler = new Sampler(settings.sampling(), random);
    this.timers =
        new TimerWheel(
            clock,
            (delay, task) -> {
              var _ = eventLoop.schedule(task, delay, TimeUnit.NANOSECONDS);
            });
    this.flushes = new FlushBatch(eventLoop, this::unexpected);
    this.errors = new ErrorAnswers(settings.errorProfile(), random);
    Limits.Head head = settings.limits().head();
    this.http2Fields = new Http2FieldReader<>(new Http2RequestRules(head));
    this.http2Responses = new Http2FieldReader<>(new Http2ResponseRules(head));
    this.allocator = transport.allocator();
    this.upstreams = new Upstreams(this, transport);
    this.mirrors = new Mirrors(this);
  }

  /** Notes why a connection broke: a peer that left, or spoke no TLS, is no news; a bug is. */
  void failed(Throwable cause) {
    Throwable reason = cause instanceof DecoderException ? cause.getCause() : cause;
    if (!(reason instanceof IOException)) { // SSLException is one
      unexpected(cause);
    }
  }

  /** Says what should never happen: counted always, logged at most once a second. */
  void unexpected(Throwable cause) {
    recorder.count(ProxyEvent.UNEXPECTED_EXCEPTION);
    long now = now();
    if (now - lastUnexpectedNanos > 1_000_000_000L || lastUnexpectedNanos == 0) {
      lastUnexpectedNanos = now;
      LOG.error("a bug: unexpected exception on the data path", cause);
    }
  }

  /** Returns whether a warning about a peer may be logged; at most one a second. */
  boolean mayWarn() {
    long now = now();
    boolean may = now - lastWarningNanos > 1_000_000_000L || lastWarningNanos == 0;
    if (may) {
      lastWarningNanos = now;
    }
    return may;
  }

  /** Returns nanoseconds since the process chose its origin; never negative. */
  long now() {
    return clock.getAsLong();
  }

  /** Takes an exchange for one request; exchanges are reused so that a request allocates none. */
  Exchange newExchange(Downstream downstream) {
    Exchange exchange = idleExchanges.pollLast();
    if (exchange == null) {
      exchange = new Exchange(this);
    }
    exchange.open(downstream);
    return exchange;
  }

  /** Takes an exchange back whose request has ended and that nobody else refers to. */
  void recycle(Exchange exchange) {
    exchange.route.leave();
    if (idleExchanges.size() < MOST_IDLE) {
      idleExchanges.addLast(exchange);
    } else {
      exchange.forget();
    }
  }

  /** Takes a call for one stream; reused as exchanges are, which saves 135 bytes per request. */
  Http2Call newHttp2Call(Http2Streams connection) {
    Http2Call call = idleHttp2Calls.pollLast();
    if (call == null) {
      call = new Http2Call();
    }
    call.open(connection);
    return call;
  }

  /** Takes a call back whose stream has ended; one that stands in a queue is left to its fate. */
  void recycle(Http2Call call) {
    if (!call.enlisted && idleHttp2Calls.size() < MOST_IDLE) {
      idleHttp2Calls.addLast(call);
    }
  }

  /** Returns how long a new connection may live: the limit, give or take a fifth. */
  long connectionLifeNanos() {
    long most = settings.limits().connections().maxAge().toNanos();
    return most * 4 / 5 + random.nextLong(most * 2 / 5 + 1);
  }

  /** Says good-bye to every caller. */
  void drain() {
    for (CallerConnection connection : List.copyOf(connections)) {
      connection.drain();
    }
  }

  /** Ends what the good-bye has not ended. */
  void endRest() {
    for (CallerConnection connection : List.copyOf(connections)) {
      connection.endRest();
    }
  }

  /** Lets idle callers go, for the router is short of something. */
  void giveWay() {
    for (CallerConnection connection : List.copyOf(connections)) {
      connection.giveWay();
    }
  }

  /**
   * Counts a request in.
   *
   * @return null, or why it is not: the router is overloaded, or its share of the limit is taken
   */
  @Nullable Refusal admitRequest() {
    Refusal refusal = admission.overload();
    if (refusal == null && requestsInFlight >= admission.requestsPerLoop()) {
      refusal = ErrorAnswers.tooManyInFlight(settings.limits());
    }
    if (refusal == null) {
      requestsInFlight++;
    }
    return refusal;
  }

  /** Counts a request out. */
  void releaseRequest() {
    requestsInFlight--;
  }
}
