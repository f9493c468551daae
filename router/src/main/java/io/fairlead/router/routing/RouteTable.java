package io.fairlead.router.routing;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The compiled, immutable way from a path to an endpoint.
 *
 * <pre>
 * /api/v1/endpoint/NAME/REST
 * /api/v1/service/NAME/REST                    alias
 * /api/v1/ns/NAMESPACE/endpoint/NAME/REST      always reaches the endpoint of that namespace
 *
 * REST = score | swagger.json | a path below one of the endpoint's allowedPaths
 * </pre>
 *
 * <p>A call of gRPC names its endpoint in the field {@code azureml-model-endpoint}, or else by an
 * authority of {@code NAME.SUFFIX}; its path is its method.
 *
 * <p>Names are matched exactly, byte by byte, letter case included. Of endpoints of one name in
 * several namespaces the first in the state's order, the oldest, has the short path.
 */
public final class RouteTable {
  private static final byte[] ENDPOINT = Excerpt.ascii("/api/v1/endpoint/");
  private static final byte[] SERVICE = Excerpt.ascii("/api/v1/service/");
  private static final byte[] NAMESPACE = Excerpt.ascii("/api/v1/ns/");
  private static final byte[] ENDPOINT_IN_NAMESPACE = Excerpt.ascii("/endpoint/");

  private final ByteTable<EndpointRoutes> byName;

  /** By {@code NAMESPACE/endpoint/NAME}, as it stands in the path. */
  private final ByteTable<EndpointRoutes> byNamespace;

  private RouteTable(ByteTable<EndpointRoutes> byName, ByteTable<EndpointRoutes> byNamespace) {
    this.byName = byName;
    this.byNamespace = byNamespace;
  }

  /**
   * Compiles a table.
   *
   * @param ordinals gives each endpoint (a key with an empty deployment) and each deployment its
   *     stable small number
   */
  public static RouteTable compile(ClusterState state, ToIntFunction<DeploymentKey> ordinals) {
    Map<String, List<Deployment>> deployments = new HashMap<>();
    for (Deployment deployment : state.deployments()) {
      DeploymentKey key = deployment.key();
      deployments
          .computeIfAbsent(qualified(key.namespace(), key.endpoint()), k -> new ArrayList<>())
          .add(deployment);
    }
    Map<String, EndpointRoutes> byName = new HashMap<>();
    Map<String, EndpointRoutes> byNamespace = new HashMap<>();
    for (Endpoint endpoint : state.endpoints()) {
      String qualified = qualified(endpoint.namespace(), endpoint.name());
      EndpointRoutes routes =
          new EndpointRoutes(endpoint, deployments.getOrDefault(qualified, List.of()), ordinals);
      byName.putIfAbsent(endpoint.name(), routes);
      byNamespace.putIfAbsent(qualified, routes);
    }
    return new RouteTable(new ByteTable<>(byName), new ByteTable<>(byNamespace));
  }

  private static String qualified(String namespace, String endpoint) {
    return namespace + "/endpoint/" + endpoint;
  }

  /**
   * Finds the endpoint for the head's canonical path and fills {@code match}.
   *
   * @return null if found, else why not (always {@code ENDPOINT_NOT_FOUND})
   */
  public @Nullable Refusal match(Head head, RouteMatch match) {
    byte[] bytes = head.bytes();
    int start = head.pathStart();
    int end = head.pathEnd();
    if (startsWith(ENDPOINT, bytes, start, end)) {
      int name = start + ENDPOINT.length;
      return match(head, match, byName, name, name);
    }
    if (startsWith(SERVICE, bytes, start, end)) {
      int name = start + SERVICE.length;
      return match(head, match, byName, name, name);
    }
    if (startsWith(NAMESPACE, bytes, start, end)) {
      int namespace = start + NAMESPACE.length;
      int slash = slash(bytes, namespace, end);
      if (startsWith(ENDPOINT_IN_NAMESPACE, bytes, slash, end)) {
        int name = slash + ENDPOINT_IN_NAMESPACE.length;
        return match(head, match, byNamespace, namespace, name);
      }
    }
    return notFound(
        "path: "
            + Excerpt.of(bytes, start, end)
            + " (expected: /api/v1/endpoint/NAME/score, /api/v1/service/NAME/score or"
            + " /api/v1/ns/NAMESPACE/endpoint/NAME/score)");
  }

  /**
   * Finds the endpoint of a call of gRPC and fills {@code match}.
   *
   * @param suffix of authorities that name an endpoint
   * @return null if found, else why not (always {@code ENDPOINT_NOT_FOUND})
   */
  public @Nullable Refusal matchGrpc(Head head, HostSuffix suffix, RouteMatch match) {
    byte[] bytes = head.bytes();
    int field = head.find(FieldId.AZUREML_MODEL_ENDPOINT);
    int from = field >= 0 ? head.valueStart(field) : head.authorityStart();
    int to = field >= 0 ? head.valueEnd(field) : suffix.nameEnd(head);
    if (to < 0) {
      return notFound(
          "grpc: no endpoint named (expected: azureml-model-endpoint: NAME" + suffix.orAuthority());
    }
    EndpointRoutes routes = byName.get(bytes, from, to);
    if (routes == null) {
      return notFound(
          "endpoint: " + Excerpt.of(bytes, from, to) + " (expected: the name of an endpoint)");
    }
    match.setGrpc(routes, head);
    return null;
  }

  /** Matches from the endpoint's name on; its key in {@code table} may start before. */
  private static @Nullable Refusal match(
      Head head, RouteMatch match, ByteTable<EndpointRoutes> table, int key, int name) {
    byte[] bytes = head.bytes();
    int end = head.pathEnd();
    int rest = slash(bytes, name, end);
    EndpointRoutes routes = table.get(bytes, key, rest);
    if (routes == null) {
      return notFound(
          "endpoint: " + Excerpt.of(bytes, key, rest) + " (expected: the name of an endpoint)");
    }
    if (!match.set(routes, bytes, rest, end)) {
      return notFound(
          "path: "
              + Excerpt.of(bytes, rest, end)
              + " of endpoint "
              + routes.endpoint.name()
              + " (expected: /score, /swagger.json or one of its allowedPaths)");
    }
    return null;
  }

  private static boolean startsWith(byte[] prefix, byte[] bytes, int from, int to) {
    return to - from >= prefix.length
        && Arrays.equals(prefix, 0, prefix.length, bytes, from, from + prefix.length);
  }

  private static int slash(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '/') {
      at++;
    }
    return at;
  }

  private static Refusal notFound(String detail) {
    return new Refusal(RouterError.ENDPOINT_NOT_FOUND, detail);
  }
}
