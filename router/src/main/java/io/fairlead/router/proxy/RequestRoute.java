package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.auth.CallerId;
import io.fairlead.router.auth.Gate;
import io.fairlead.router.auth.Verdict;
import io.fairlead.router.control.RouteDecision;
import io.fairlead.router.control.Snapshot;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.http.ForwardRules;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.http.RequestRules;
import io.fairlead.router.http.WebSocket;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.rate.RateLimiter;
import io.fairlead.router.routing.CorsPolicy;
import io.fairlead.router.routing.RouteMatch;
import io.fairlead.router.routing.Target;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Who serves a request, decided once from one snapshot and held to its end. */
final class RequestRoute {
  private final RouteDecision decision = new RouteDecision();
  private @Nullable Dispatcher dispatcher;
  private long retryNanos;
  private @Nullable Target mirror;
  private @Nullable Dispatcher mirrorDispatcher;
  private long caller = CallerId.ANONYMOUS;
  private String challenge = "";

  /** Forgets the last request. */
  void clear() {
    decision.clear();
    leave();
    mirror = null;
    caller = CallerId.ANONYMOUS;
  }

  /**
   * Lets go of the slots of deployments: one that is gone is remembered while it is referred to.
   */
  void leave() {
    dispatcher = null;
    mirrorDispatcher = null;
  }

  /**
   * Decides, in the order of section 10 of the contract, and marks the fields that the model does
   * not get.
   *
   * @return null, or why nobody serves it; null too where {@link #isPreflight} says that the router
   *     answers
   */
  @Nullable Refusal decide(Head request, Loop loop, Origin origin) {
    Refusal refusal = RequestRules.check(request);
    if (refusal == null && origin.serverNames() != null) {
      refusal = origin.serverNames().check(request);
    }
    if (refusal != null) {
      return refusal;
    }
    Snapshot snapshot = loop.snapshots.current();
    refusal = decision.find(request, snapshot, loop.settings.hostSuffix(), loop.settings.limits());
    if (refusal != null || decision.isPreflight()) {
      return refusal;
    }
    Gate gate = requireNonNull(snapshot.gates().get(decision.ordinal()));
    switch (loop.callers.check(request, gate, origin)) {
      case Verdict.Granted granted -> caller = granted.caller();
      case Verdict.Refused refused -> {
        challenge = refused.challenge();
        return refused.refusal();
      }
    }
    refusal = decision.checkLength(request);
    if (refusal == null) {
      refusal = checkRate(snapshot, loop);
    }
    if (refusal == null) {
      refusal = decision.choose(request, loop.random.nextInt());
    }
    if (refusal != null) {
      return refusal;
    }
    dispatcher = snapshot.dispatchers().get(decision.ordinal());
    RouteMatch match = decision.match();
    if (decision.isWebSocket()) {
      if (loop.admission.isDraining()) {
        return ErrorAnswers.draining();
      }
      askForWebSocket(request, loop);
    } else if (match.isMirrored() && !request.grpc()) {
      mirror = match.mirror(request, loop.random.nextInt());
      mirrorDispatcher = mirror == null ? null : snapshot.dispatchers().get(mirror.ordinal());
    }
    ForwardRules.request(
        request, origin.trusted(), match.endpoint().access().forwardAuthorization());
    return null;
  }

  /** Whatever the caller's version of HTTP, the model is asked in that of RFC 6455. */
  private static void askForWebSocket(Head request, Loop loop) {
    if (request.method() == Method.CONNECT) {
      WebSocket.addKey(request, loop.random.nextLong(), loop.random.nextLong());
    }
    request.framing(Head.Framing.UNTIL_END, -1);
  }

  /** Returns whether a copy of the request is to go to another deployment. */
  boolean isMirrored() {
    return mirror != null;
  }

  Target mirror() {
    return requireNonNull(mirror);
  }

  Dispatcher mirrorDispatcher() {
    return requireNonNull(mirrorDispatcher);
  }

  /** Leads to where {@code live} wants a copy to go. */
  void follow(RequestRoute live) {
    decision.follow(live.decision, live.mirror());
    dispatcher = live.mirrorDispatcher;
  }

  /** Leads to a replica of {@code of}, and to the path of {@code to}. */
  void probe(Dispatcher of, Target to) {
    decision.probe(to);
    dispatcher = of;
  }

  private @Nullable Refusal checkRate(Snapshot snapshot, Loop loop) {
    RateLimiter limiter = snapshot.limiters().get(decision.ordinal());
    if (limiter == null) {
      return null;
    }
    retryNanos = limiter.tryAcquire(caller, loop.now());
    return retryNanos > 0 ? limiter.refusal() : null;
  }

  /** Returns when a request that came too often would have been in time, in nanoseconds. */
  long retryNanos() {
    return retryNanos;
  }

  /** Returns whether a browser asks on behalf of a page; there is no target then. */
  boolean isPreflight() {
    return decision.isPreflight();
  }

  /** Answers a preflight, and returns the status that was sent. */
  int answerPreflight(Exchange exchange) {
    var fields = new Head();
    fields.reset();
    decision.match().answerPreflight(exchange.request, fields);
    ResponseFields.addIds(fields, exchange.identity);
    exchange.downstream().respond(204, fields, Unpooled.EMPTY_BUFFER, 0, true);
    return 204;
  }

  /** Says on an answer which pages may read it, if that is the router's business. */
  void markForPages(Head request, Head answer) {
    CorsPolicy cors = decision.cors();
    if (cors != null) {
      cors.mark(request, answer);
    }
  }

  Refusal tooLarge() {
    return decision.tooLarge();
  }

  /** Returns the most bytes that the body may have. */
  long bodyLimit() {
    return decision.bodyLimit();
  }

  /** Returns who asks, see {@link CallerId}, once credentials were checked. */
  long caller() {
    return caller;
  }

  /** Returns what {@code WWW-Authenticate} says where the request was refused as unauthorized. */
  String challenge() {
    return challenge;
  }

  /** Returns whose meters count the request: the target's, else the endpoint's, else 0. */
  int ordinal() {
    return decision.ordinal();
  }

  /** Returns the endpoint; null where none was found. */
  @Nullable Endpoint endpoint() {
    return decision.endpoint();
  }

  /** Returns the deployment; null where none was chosen. */
  @Nullable Deployment deployment() {
    return decision.deployment();
  }

  Target target() {
    return decision.target();
  }

  Dispatcher dispatcher() {
    return requireNonNull(dispatcher);
  }

  RequestSettings settings() {
    return target().deployment().requestSettings();
  }

  /** Returns whether the request goes to its model as it comes, without a body prefix. */
  boolean dispatchesOnHead() {
    return decision.isWebSocket()
        || target().deployment().scoring().protocol() == Scoring.Protocol.H2C;
  }

  /** Returns whether the request asks for a WebSocket, and may have one if its model agrees. */
  boolean isWebSocket() {
    return decision.isWebSocket();
  }

  /** Returns what {@code Allow} says of the place that was asked for. */
  String allowedMethods() {
    return endpoint() == null ? "POST, GET, OPTIONS" : decision.match().allow();
  }

  /** Returns the length of the model's path in bytes. */
  int upstreamPathLength() {
    return decision.match().upstreamPathLength(target());
  }

  /** Writes the model's path to {@code to} at {@code at} and returns its end. */
  int writeUpstreamPath(Head request, byte[] to, int at) {
    return decision.match().writeUpstreamPath(request, target(), to, at);
  }
}
