package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.routing.Target;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * One request, from its complete head to its one answer.
 *
 * <pre>
 * state      meaning                                    leaves by
 * IDLE       not in use                                 start
 * RECEIVING  the body, or its prefix, is coming         enough came -> QUEUED, CONNECTING; refused
 * QUEUED     waits for a slot                           granted -> CONNECTING; time-out; turned away
 * CONNECTING has a slot, gets a connection              connected -> AWAITING; connect failed
 * AWAITING   the request is on its way                  response head -> RESPONDING; 101 -> TUNNEL; time-out; failure
 * RESPONDING the response is on its way                 last byte; time-out; failure
 * TUNNEL     a WebSocket: bytes go both ways            either side ends; both idle; router leaves; failure
 * DONE       answered, or the caller has left           granted late -> permit goes back
 * </pre>
 *
 * From every state {@link #onClientGone} and {@link #onDeadline} lead to DONE. Each way into DONE
 * passes {@link #finish}, exactly once. A permit belongs to the {@link Upstream} that uses it,
 * which also outlives an exchange that timed out or was left.
 *
 * <p>Runs on one event loop, that of both its connections. Allocates nothing on the steady path.
 */
final class Exchange {
  enum State {
    IDLE,
    RECEIVING,
    QUEUED,
    CONNECTING,
    AWAITING,
    RESPONDING,
    TUNNEL,
    DONE
  }

  private static final String MODEL_ENDED = "the model ended the WebSocket";
  private static final String CALLER_ENDED = "the caller ended the WebSocket";
  private static final String CALLER_STALLED = "the caller took nothing of the WebSocket";

  final Loop loop;
  final Head request = new Head();
  final RequestRoute route = new RequestRoute();
  final RequestBody body = new RequestBody();
  final RequestIdentity identity = new RequestIdentity();
  final CallerDeadline deadline = new CallerDeadline();
  final ResponseRelay response;
  final SlotWait slot;
  private final ExchangeClock clock;
  final Observation observed;
  final Attempts attempts;

  private State state = State.IDLE;
  private @Nullable Downstream downstream;

  private boolean received; // the whole body has come from the caller
  private boolean admitted; // counts among the requests in flight
  private int status;
  private @Nullable RouterError error;
  private @Nullable MirrorCopy copy;

  Exchange(Loop loop) {
    this.loop = loop;
    this.clock = new ExchangeClock(this, loop);
    this.slot = new SlotWait(this, clock, loop);
    this.observed = new Observation(this, loop);
    this.attempts = new Attempts(this, clock, loop);
    this.response = new ResponseRelay(this, clock, loop);
  }

  /** Prepares for the next request of {@code caller}, whose head is then scanned into request. */
  void open(Downstream caller) {
    request.reset();
    downstream = caller;
    state = State.IDLE;
    route.clear();
    deadline.clear();
    attempts.clear();
    received = false;
    admitted = false;
    status = 0;
    error = null;
    copy = null;
    observed.clear();
  }

  // ---- from the caller

  /** The head is complete and well framed: decides who serves it, or refuses. */
  void start(long now) {
    observed.start(now);
    state = State.RECEIVING;
    identity.take(request, loop.random);
    if (DataPortHealth.answers(request)) {
      status = DataPortHealth.answer(downstream(), request, loop.admission.isReady());
      finish();
      return;
    }
    observed.trace(request);
    Refusal refusal = deadline.take(request, now);
    if (refusal == null) {
      refusal = route.decide(request, loop, downstream().origin());
    }
    if (route.isPreflight()) {
      status = route.answerPreflight(this);
      finish();
      return;
    }
    if (refusal == null) {
      refusal = loop.admitRequest();
      admitted = refusal == null;
    }
    if (refusal != null) {
      refuse(refusal, null, now);
      return;
    }
    if (request.framing() != Head.Framing.NONE) {
      if (request.expectContinue()) {
        downstream().sendContinue();
      }
      if (route.dispatchesOnHead()) {
        dispatch(false, now);
      } else {
        clock.awaitBody(now);
        observed.phases.receiving();
      }
    }
  }

  /** The head itself broke a rule: answers without looking at what it asks for. */
  void rejectHead(Refusal refusal, long now) {
    observed.start(now);
    state = State.RECEIVING;
    identity.fresh(loop.random);
    refuse(refusal, null, now);
  }

  /** Nothing was asked after all: the caller left before its head was complete. */
  void discard() {
    state = State.DONE;
    loop.recycle(this);
  }

  /** It will not be used again: leaves the timers, which would keep it alive. */
  void forget() {
    loop.timers.remove(clock);
  }

  /**
   * Takes {@code count} bytes of the body from {@code in}; {@code last} says that it is complete. A
   * request without a body gets one call with nothing and {@code last}.
   */
  void onBody(ByteBuf in, int count, boolean last) {
    if (state == State.DONE) {
      in.skipBytes(count);
      return;
    }
    body.count(count);
    if (body.received() > route.bodyLimit()) {
      in.skipBytes(count);
      refuse(route.tooLarge(), null, loop.now());
      return;
    }
    received |= last;
    if (attempts.sendBody(in, count, last)) {
      return;
    }
    boolean first = body.received() == count;
    body.keep(in, count, last, loop.allocator);
    if (state == State.RECEIVING && (last || body.kept() >= settings().bodyPrefixBytes())) {
      dispatch(!first, loop.now());
    }
  }

  /** The body broke the rules of its framing. */
  void onBadBody(Refusal refusal) {
    if (state != State.DONE) {
      refuse(refusal, null, loop.now());
    }
  }

  /** The caller has left; nothing can be sent to it any more. */
  void onClientGone() {
    if (state == State.DONE) {
      return;
    }
    long now = loop.now();
    boolean hasAnswer = state == State.TUNNEL;
    state = State.DONE;
    if (hasAnswer) {
      observed.ended(error == null ? CALLER_ENDED : CALLER_STALLED);
      attempts.hangUp(now);
    } else {
      loop.recorder.count(ProxyEvent.CLIENT_GONE);
      attempts.leave(now);
      observed.left();
    }
    end(now);
  }

  /** The caller can take more of the response again. */
  void onWritable() {
    if (clock.isAwaitingCaller()) {
      attempts.readResponse();
    }
  }

  // ---- slot

  private void dispatch(boolean waited, long now) {
    observed.phases.received(now, waited, received);
    clock.stop();
    slot.ask(now);
    if (route.isMirrored() && state != State.DONE) {
      copy = loop.mirrors.copy(this, now);
    }
  }

  /** Becomes a copy of {@code live}, which has come whole, for the mirror of its route. */
  void follow(Exchange live, Permit slotOfMirror, long now) {
    Mirrors.copy(live, this);
    received = true;
    attempts.begin(slotOfMirror, now);
  }

  /** Becomes a question to the replica of {@code slot}: how is it? Asked once, and only there. */
  void probe(Permit slot, Target target, long now) {
    route.probe(slot.dispatcher(), target);
    ProbeHead.write(request);
    identity.fresh(loop.random);
    deadline.set(loop.settings.limits().upstream().probeTimeout().toNanos(), now);
    received = true;
    attempts.beginLast(slot, now);
  }

  /** What has come of the body is enough until there is a slot and a connection. */
  void pauseBody() {
    if (!received) {
      downstream().readBody(false);
    }
  }

  /** There is a slot. */
  void onSlot(Permit permit, long now) {
    attempts.begin(permit, now);
  }

  // ---- from the model

  /** The response begins: no other attempt is possible any more. */
  void onResponding(int sentStatus, boolean last, long now) {
    state = State.RESPONDING;
    status = sentStatus;
    body.release();
    if (last) {
      attempts.onResponded(now);
    }
  }

  /** The model has agreed to a WebSocket, which may last beyond any deadline of its caller. */
  void onSwitched() {
    loop.recorder.count(ProxyEvent.WEBSOCKET_OPENED);
    state = State.TUNNEL;
    status = 101; // also where HTTP/2 says 200: to be told from answers
    deadline.clear();
  }

  /** The whole response is handed to the caller. */
  void onDelivered() {
    if (state == State.TUNNEL) {
      observed.ended(MODEL_ENDED);
    }
    if (state != State.DONE) {
      finish();
    }
  }

  /** Notes the verdict that meters and logs tell of. */
  void note(RouterError verdict) {
    error = verdict;
  }

  // ---- from the clock

  /** The caller waits no longer, whatever it waited for. */
  void onDeadline(long now) {
    if (state == State.RECEIVING || state == State.QUEUED) {
      slot.onDeadline(now);
    } else {
      refuse(ErrorAnswers.deadlineOfModel(deadline), null, now);
    }
  }

  /** The model has used up its time. */
  void onModelTimeout(long now) {
    if (state == State.TUNNEL) { // nobody's fault
      endTunnel(ErrorAnswers.tunnelIdle(loop.settings.limits().body()));
      return;
    }
    refuse(ErrorAnswers.requestTimeout(settings()), null, now);
  }

  /** The caller has not taken a byte of the response for too long. */
  void onCallerStalled() {
    error = RouterError.BODY_TIMEOUT;
    downstream().abort();
    onClientGone();
  }

  /** The router ends: answers, or ends a WebSocket; a response that has begun breaks off. */
  void onShutdown(long now) {
    if (state == State.TUNNEL) {
      endTunnel(ErrorAnswers.draining());
    } else if (state != State.RESPONDING && state != State.DONE) {
      refuse(ErrorAnswers.draining(), null, now);
    }
  }

  // ---- ends

  /** Answers with the router's own verdict, or breaks off what has begun. */
  void refuse(Refusal refusal, @Nullable Load load, long now) {
    error = refusal.error();
    observed.refused(refusal, load);
    attempts.breakOff(error, now);
    if (state == State.RESPONDING || state == State.TUNNEL) {
      loop.errors.breakOff(this, downstream(), refusal);
    } else {
      status = loop.errors.answer(this, downstream(), refusal, load);
    }
    finish();
  }

  /** Ends a WebSocket, if this is one, so that either side gets all that was sent before. */
  void endTunnel(Refusal why) {
    if (state == State.TUNNEL) {
      error = why.error();
      observed.refused(why, null);
      attempts.hangUp(loop.now());
      downstream().data(Unpooled.EMPTY_BUFFER, 0, true);
      finish();
    }
  }

  private void finish() {
    if (state == State.DONE) {
      throw new IllegalStateException("exchange finished twice");
    }
    state = State.DONE;
    end(loop.now());
  }

  private void end(long now) {
    clock.stop();
    observed.end(status, error, now);
    if (copy != null) {
      copy.onLiveEnded(status, error, observed.phases.upstreamNanos());
    }
    body.clear();
    if (admitted) {
      loop.releaseRequest();
    }
    if (slot.leave(now)) {
      loop.recycle(this);
    } // else when the permit that is on its way has gone back
  }

  // ---- what others ask

  Downstream downstream() {
    return requireNonNull(downstream);
  }

  private RequestSettings settings() {
    return route.settings();
  }

  State state() {
    return state;
  }

  /** Goes on to {@code next}, which is QUEUED, CONNECTING or AWAITING. */
  void enter(State next) {
    state = next;
  }

  boolean isDone() {
    return state == State.DONE;
  }

  /** Returns whether the whole request has come from the caller. */
  boolean isReceived() {
    return received;
  }
}
