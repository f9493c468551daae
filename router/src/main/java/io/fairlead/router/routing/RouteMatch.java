package io.fairlead.router.routing;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Mirror;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a path leads: an endpoint and what is asked of it. Reused from request to request by its
 * owner; belongs to one event loop.
 *
 * <p>It holds what the last successful {@link RouteTable#match} found. A sub-path is kept as a
 * range of the head's bytes, so it is good for as long as the head is.
 */
public final class RouteMatch {
  private static final byte[] SCORE = Excerpt.ascii("/score");
  private static final byte[] SWAGGER = Excerpt.ascii("/swagger.json");

  private @Nullable EndpointRoutes routes;
  private Place place = Place.SCORE;
  private int restStart;
  private int restEnd;

  /**
   * Sets what {@code bytes[rest, end)}, the path behind the endpoint's name, asks for.
   *
   * @return false, and nothing is set, if the endpoint does not offer it
   */
  boolean set(EndpointRoutes newRoutes, byte[] bytes, int rest, int end) {
    Place newPlace = place(newRoutes, bytes, rest, end);
    if (newPlace == null) {
      return false;
    }
    routes = newRoutes;
    place = newPlace;
    restStart = rest;
    restEnd = end;
    return true;
  }

  /** Sets that the path is the one that a target has to score at, whatever was matched before. */
  public void score() {
    place = Place.SCORE;
  }

  /** Sets that the whole path is a method of gRPC at the endpoint. */
  void setGrpc(EndpointRoutes newRoutes, Head head) {
    routes = newRoutes;
    place = Place.GRPC;
    restStart = head.pathStart();
    restEnd = head.pathEnd();
  }

  private static @Nullable Place place(EndpointRoutes routes, byte[] bytes, int rest, int end) {
    if (Arrays.equals(SCORE, 0, SCORE.length, bytes, rest, end)) {
      return Place.SCORE;
    }
    if (Arrays.equals(SWAGGER, 0, SWAGGER.length, bytes, rest, end)) {
      return Place.SWAGGER;
    }
    return routes.allows(bytes, rest, end) ? Place.SUB_PATH : null;
  }

  private EndpointRoutes routes() {
    return Objects.requireNonNull(routes, "nothing was matched yet");
  }

  /** Returns the endpoint. */
  public Endpoint endpoint() {
    return routes().endpoint;
  }

  /** Returns whether copies of some requests go to another deployment. */
  public boolean isMirrored() {
    return routes().mirror != null;
  }

  /** Returns the number of the endpoint for meters. */
  public int endpointOrdinal() {
    return routes().ordinal;
  }

  /** Returns which pages of other origins may call; null where that is the model's business. */
  public @Nullable CorsPolicy cors() {
    return routes().cors;
  }

  /** Adds to {@code answer} what a browser asks with a preflight; {@link #cors} is not null. */
  public void answerPreflight(Head request, Head answer) {
    Objects.requireNonNull(cors()).answerPreflight(request, place.allow, answer);
  }

  /** Returns null if {@code method} is allowed here, else METHOD_NOT_ALLOWED. */
  public @Nullable Refusal checkMethod(Method method) {
    if (place.takes(method)) {
      return null;
    }
    String name = method == Method.OTHER ? "unknown" : method.name();
    return new Refusal(
        RouterError.METHOD_NOT_ALLOWED, "method: " + name + " (expected: " + place.allow + ")");
  }

  /** Returns whether this place may be a WebSocket: a description of the model is none. */
  public boolean takesWebSocket() {
    return endpoint().webSocket() && (place == Place.SCORE || place == Place.SUB_PATH);
  }

  /** Returns the value of {@code Allow} for this place, such as {@code POST, GET, OPTIONS}. */
  public String allow() {
    return place.allow;
  }

  /** Returns whether {@code azureml-model-deployment} decides, and not the split. */
  public boolean isAddressed(Head head) {
    return head.has(FieldId.AZUREML_MODEL_DEPLOYMENT);
  }

  /** Returns whether chance has a say in what {@link #choose} returns. */
  public boolean isLeftToChance(Head head) {
    StickyField sticky = routes().sticky;
    return !isAddressed(head) && (sticky == null || sticky.percent(head) < 0);
  }

  /**
   * Chooses the deployment: the one {@code azureml-model-deployment} names, else by weight, where
   * the endpoint's sticky field decides instead of chance if the request has it.
   *
   * @param random uniform over all ints
   * @return a {@link Target}, or why there is none ({@code NO_ROUTE}, {@code DEPLOYMENT_NOT_FOUND})
   */
  public RouteResult choose(Head head, int random) {
    int field = head.find(FieldId.AZUREML_MODEL_DEPLOYMENT);
    if (field >= 0) {
      return byName(head.bytes(), head.valueStart(field), head.valueEnd(field));
    }
    StickyField sticky = routes().sticky;
    int percent = sticky == null ? -1 : sticky.percent(head);
    if (percent >= 0) {
      return routes().byWeight(percent);
    }
    // the high half of a 32 x 32 bit product: [0, 2^32) onto [0, 100), off by 100 / 2^32 at most
    return routes().byWeight((int) ((Integer.toUnsignedLong(random) * 100) >>> 32));
  }

  /**
   * Returns where a copy of the request goes; null for nowhere. A request that names its deployment
   * is never copied.
   *
   * @param random uniform over all ints, and not the one that {@link #choose} got
   */
  public @Nullable Target mirror(Head head, int random) {
    Mirror share = endpoint().traffic().mirror();
    boolean chosen =
        share != null
            && (Integer.toUnsignedLong(random) * 100) >>> 32 < share.percent()
            && !isAddressed(head);
    return chosen ? routes().mirror : null;
  }

  /** Becomes what {@code other} is, for a copy of its head. */
  public void copy(RouteMatch other) {
    routes = other.routes;
    place = other.place;
    restStart = other.restStart;
    restEnd = other.restEnd;
  }

  private RouteResult byName(byte[] bytes, int from, int to) {
    Target target = routes().byName.get(bytes, from, to);
    if (target != null) {
      return target;
    }
    return new RouteResult.NoTarget(
        new Refusal(
            RouterError.DEPLOYMENT_NOT_FOUND,
            "azureml-model-deployment: "
                + Excerpt.of(bytes, from, to)
                + " (expected: a deployment of endpoint "
                + endpoint().name()
                + ")"));
  }

  /** Writes the path of the model, without query, to {@code to} at {@code at}; returns its end. */
  public int writeUpstreamPath(Head head, Target target, byte[] to, int at) {
    int length = upstreamPathLength(target);
    switch (place) {
      case SCORE -> System.arraycopy(target.scorePath(), 0, to, at, length);
      case SWAGGER -> System.arraycopy(SWAGGER, 0, to, at, length);
      case SUB_PATH, GRPC -> System.arraycopy(head.bytes(), restStart, to, at, length);
    }
    return at + length;
  }

  /** Returns the length in bytes that {@link #writeUpstreamPath} writes. */
  public int upstreamPathLength(Target target) {
    return switch (place) {
      case SCORE -> target.scorePath().length;
      case SWAGGER -> SWAGGER.length;
      case SUB_PATH, GRPC -> restEnd - restStart;
    };
  }
}
