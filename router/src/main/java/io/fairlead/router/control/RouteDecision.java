package io.fairlead.router.control;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.WebSocket;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.routing.CorsPolicy;
import io.fairlead.router.routing.HostSuffix;
import io.fairlead.router.routing.RouteMatch;
import io.fairlead.router.routing.RouteResult;
import io.fairlead.router.routing.Target;
import org.jspecify.annotations.Nullable;

/**
 * Who serves a request, decided from one snapshot in the order of section 10 of the contract: steps
 * without an effect, for the data path, which takes them, and for the {@link Explainer}, which only
 * says where they lead. Between them others look at the credential and at the rate. Each step
 * returns null, or why nobody serves the request.
 *
 * <p>Made once and used for one request after another.
 */
public final class RouteDecision {
  private final RouteMatch match = new RouteMatch();
  private int ordinal;
  private long bodyLimit;
  private @Nullable CorsPolicy cors;
  private boolean preflight;
  private boolean webSocket;
  private @Nullable Target target;

  /** Forgets the last request. */
  public void clear() {
    ordinal = 0;
    bodyLimit = 0;
    cors = null;
    preflight = false;
    webSocket = false;
    target = null;
  }

  /** The first step, of a head that {@code RequestRules} found no fault with: the endpoint. */
  public @Nullable Refusal find(Head request, Snapshot snapshot, HostSuffix suffix, Limits limits) {
    Refusal refusal =
        request.grpc()
            ? snapshot.routes().matchGrpc(request, suffix, match)
            : snapshot.routes().match(request, match);
    if (refusal != null) {
      return refusal;
    }
    ordinal = match.endpointOrdinal();
    cors = match.cors();
    preflight = cors != null && CorsPolicy.isPreflight(request);
    if (preflight) {
      return null; // about a method, not of it: also where OPTIONS is not taken
    }
    webSocket = request.webSocket() && match.takesWebSocket();
    bodyLimit = bodyLimit(match.endpoint(), limits);
    return webSocket ? WebSocket.check(request) : match.checkMethod(request.method());
  }

  /** What passes through a WebSocket has no end that could be too far away. */
  private long bodyLimit(Endpoint endpoint, Limits limits) {
    long own = endpoint.access().maxRequestBytes();
    if (webSocket) {
      return Long.MAX_VALUE;
    }
    return own > 0 ? own : limits.body().maxBytes();
  }

  /** The second step, after the credential: the length that the body is declared to have. */
  public @Nullable Refusal checkLength(Head request) {
    return request.contentLength() > bodyLimit ? tooLarge() : null;
  }

  /**
   * The last step, after the rate limit: the deployment.
   *
   * @param random uniform over all ints
   */
  public @Nullable Refusal choose(Head request, int random) {
    switch (match.choose(request, random)) {
      case RouteResult.NoTarget none -> {
        return none.refusal();
      }
      case Target chosen -> {
        target = chosen;
        ordinal = chosen.ordinal();
      }
    }
    return checkProtocol(request, target().deployment());
  }

  /**
   * Returns why {@code deployment} cannot serve {@code request} for what it speaks; null if it can.
   */
  @Nullable Refusal checkProtocol(Head request, Deployment deployment) {
    boolean h2c = deployment.scoring().protocol() == Scoring.Protocol.H2C;
    if (request.grpc() && !h2c) {
      return otherProtocol("grpc", deployment, "HTTP/1.1", "h2c");
    }
    return webSocket && h2c ? otherProtocol("websocket", deployment, "HTTP/2", "http1") : null;
  }

  private static Refusal otherProtocol(
      String asked, Deployment deployment, String spoken, String expected) {
    return new Refusal(
        RouterError.NOT_IMPLEMENTED,
        asked
            + ": deployment "
            + deployment.name()
            + " speaks "
            + spoken
            + " (expected: one with protocol: "
            + expected
            + ")");
  }

  /** Becomes what {@code other} is, with another target. */
  public void follow(RouteDecision other, Target newTarget) {
    match.copy(other.match);
    target = newTarget;
    ordinal = newTarget.ordinal();
    bodyLimit = other.bodyLimit;
  }

  /** Leads to {@code to} and the path it has, whatever was decided before. */
  public void probe(Target to) {
    match.score();
    target = to;
    ordinal = to.ordinal();
  }

  /** Returns what is said of a body that is longer than it may be. */
  public Refusal tooLarge() {
    return new Refusal(
        RouterError.PAYLOAD_TOO_LARGE,
        "the request body is too large (expected: at most " + bodyLimit + " bytes)");
  }

  /** Returns where the path leads; good once an endpoint was found. */
  public RouteMatch match() {
    return match;
  }

  /** Returns the endpoint; null where none was found. */
  public @Nullable Endpoint endpoint() {
    return ordinal == 0 ? null : match.endpoint();
  }

  /** Returns whose meters count the request: the target's, else the endpoint's, else 0. */
  public int ordinal() {
    return ordinal;
  }

  /** Returns the most bytes that the body may have; 0 where no endpoint was found. */
  public long bodyLimit() {
    return bodyLimit;
  }

  /** Returns whether a browser asks on behalf of a page: the router answers, and all is decided. */
  public boolean isPreflight() {
    return preflight;
  }

  /** Returns whether the request asks for a WebSocket, and may have one if its model agrees. */
  public boolean isWebSocket() {
    return webSocket;
  }

  /** Returns which pages of other origins may call; null where that is the model's business. */
  public @Nullable CorsPolicy cors() {
    return cors;
  }

  /** Returns the deployment; null where none was chosen. */
  public @Nullable Deployment deployment() {
    return target == null ? null : target.deployment();
  }

  /** Returns the deployment that was chosen, as the request path needs it. */
  public Target target() {
    return requireNonNull(target);
  }
}
