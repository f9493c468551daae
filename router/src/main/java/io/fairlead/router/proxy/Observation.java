package io.fairlead.router.proxy;

import io.fairlead.router.control.Phases;
import io.fairlead.router.dispatch.Candidates;
import io.fairlead.router.dispatch.DispatchResult;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.dispatch.Rejected;
import io.fairlead.router.dispatch.Ticket;
import io.fairlead.router.dispatch.Waiter;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.TraceContext;
import io.fairlead.router.http.TraceParent;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * What is noted of one exchange while it runs: its times for the meters, and the rest for whoever
 * looks at single requests. Those hear of every failure, and of the successes that were sampled at
 * their start; of the others nothing is kept but numbers.
 */
final class Observation {
  final Phases phases = new Phases();
  private final Exchange exchange;
  private final Loop loop;

  /** Made when a request is sampled for the first time; the others share the loop's. */
  private @Nullable Candidates own;

  /** Made when a request has a span for the first time. */
  private @Nullable TraceContext ownSpan;

  private @Nullable TraceContext span;
  private @Nullable Candidates seen;
  private @Nullable Load load;
  private @Nullable String detail;
  private @Nullable Replica replica;
  private boolean sampled;
  private boolean logged;
  private boolean left;
  private int attempts;
  private int queuePosition;
  private int modelStatus;
  private @Nullable String modelReason;
  private long responseBytes;

  Observation(Exchange exchange, Loop loop) {
    this.exchange = exchange;
    this.loop = loop;
  }

  /** Forgets the last request. */
  void clear() {
    phases.clear();
    span = null;
    seen = null;
    load = null;
    detail = null;
    replica = null;
    sampled = false;
    logged = false;
    left = false;
    attempts = 0;
    queuePosition = 0;
    modelStatus = 0;
    modelReason = null;
    responseBytes = 0;
  }

  /** The head is complete. */
  void start(long now) {
    phases.start(now);
    sampled = loop.sampler.wantsDecision(now);
    logged = loop.sampler.wantsLogLine();
  }

  /** Begins the span of the request, if it has one; the model is then told of it as the parent. */
  void trace(Head request) {
    if (!loop.sampler.wantsSpan(request)) {
      return;
    }
    TraceContext begun = ownSpan();
    int parent = TraceParent.traceId(request);
    if (parent >= 0) {
      begun.child(request, parent, loop.random.nextLong());
      request.drop(request.find(FieldId.TRACEPARENT));
    } else {
      begun.root(loop.random.nextLong(), loop.random.nextLong(), loop.random.nextLong());
    }
    span = begun;
  }

  /** Tells a model of the span of {@code live}, whose request this is a copy of. */
  void follow(Observation live) {
    if (live.span != null) {
      TraceContext copy = ownSpan();
      copy.copy(live.span);
      span = copy;
    }
  }

  private TraceContext ownSpan() {
    if (ownSpan == null) {
      ownSpan = new TraceContext();
    }
    return ownSpan;
  }

  /** Asks {@code dispatcher} for a slot in the name of {@code waiter}, and notes what it saw. */
  DispatchResult ask(Dispatcher dispatcher, Waiter waiter, long deadlineNanos, long now) {
    Candidates into = candidates();
    DispatchResult result = dispatcher.acquire(waiter, deadlineNanos, now, into, sampled);
    switch (result) {
      case Permit _ -> seen = sampled ? into : null;
      case Ticket ticket -> {
        seen = sampled ? into : null;
        queuePosition = ticket.position();
      }
      case Rejected _ -> seen = into;
    }
    return result;
  }

  /** Returns where a decision notes the replicas it sees; that of the loop is good for now only. */
  private Candidates candidates() {
    if (!sampled) {
      return loop.candidates;
    }
    if (own == null) {
      own = new Candidates();
    }
    return own;
  }

  /** Returns the numbers behind a refusal that is decided now, and notes the replicas. */
  Load load(long now) {
    seen = candidates();
    return exchange.route.dispatcher().load(now, seen, replica);
  }

  /** There is a slot. */
  void granted(Replica chosen, long now) {
    phases.granted(now);
    replica = chosen;
    attempts++;
  }

  /** A second attempt begins beside the first. */
  void hedged() {
    attempts++;
  }

  /** The response is that of the second attempt. */
  void hedgeWon(Replica other) {
    replica = other;
  }

  /** The model's response begins. */
  void responding(Head head, long now) {
    phases.responding(now);
    modelStatus = head.status();
    modelReason = ResponseFields.modelReason(head);
  }

  /** That much of a response's body goes to the caller. */
  void relayed(int bytes) {
    responseBytes += bytes;
  }

  /** It is refused, or broken off. */
  void refused(Refusal refusal, @Nullable Load numbers) {
    detail = refusal.detail();
    load = numbers;
  }

  /** Something that may last has ended as it should. */
  void ended(String how) {
    detail = how;
  }

  /** The caller has left. */
  void left() {
    left = true;
  }

  /** It is over: tells the meters, and those who want to know. */
  void end(int status, @Nullable RouterError error, long now) {
    if (!phases.started()) {
      return;
    }
    phases.end(now);
    loop.recorder.finished(
        exchange.route.ordinal(),
        status,
        error,
        phases.totalNanos(),
        phases.queueNanos(),
        phases.receiveNanos(),
        phases.upstreamNanos());
    if (span != null) {
      loop.recorder.traced(exchange.route.ordinal(), status, phases, span);
    }
    if (sampled || logged || left || error != null || span != null) {
      loop.observer.ended(new ExchangeFacts(exchange, this, status, error));
    }
  }

  /** Returns where the span of the request stands; null if it has none. */
  @Nullable TraceContext span() {
    return span;
  }

  boolean isSampled() {
    return sampled;
  }

  boolean isLogged() {
    return logged;
  }

  boolean hasLeft() {
    return left;
  }

  @Nullable Candidates seen() {
    return seen;
  }

  @Nullable Load load() {
    return load;
  }

  @Nullable String detail() {
    return detail;
  }

  @Nullable Replica replica() {
    return replica;
  }

  int attempts() {
    return attempts;
  }

  int queuePosition() {
    return queuePosition;
  }

  int modelStatus() {
    return modelStatus;
  }

  /** Returns the bytes of the request's body that have come. */
  long requestBytes() {
    return exchange.body.received();
  }

  @Nullable String modelReason() {
    return modelReason;
  }

  long responseBytes() {
    return responseBytes;
  }
}
