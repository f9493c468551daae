package io.fairlead.router.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A public address of one model service, whose traffic is split over deployments.
 *
 * @param namespace where the resource lives; {@code default} for files that name none
 * @param allowedPaths prefixes, each starting with {@code /}, that are forwarded beside score and
 *     swagger
 * @param webSocket whether callers may switch to WebSocket (RFC 6455)
 */
public record Endpoint(
    String namespace,
    String name,
    Access access,
    Traffic traffic,
    List<String> allowedPaths,
    boolean webSocket,
    @Nullable String publicBaseUrl) {
  public Endpoint {
    Names.require("name", name);
    allowedPaths = List.copyOf(allowedPaths);
    for (String path : allowedPaths) {
      if (!path.startsWith("/")) {
        throw new IllegalArgumentException(
            "allowedPaths: " + path + " (expected: a prefix that starts with /)");
      }
    }
  }

  /** Returns an endpoint that anybody may call at its score and swagger addresses. */
  public static Endpoint open(String namespace, String name, TrafficSplit split) {
    return new Endpoint(namespace, name, Access.OPEN, Traffic.of(split), List.of(), false, null);
  }

  /** Returns this with other access. */
  public Endpoint with(Access newAccess) {
    return new Endpoint(
        namespace, name, newAccess, traffic, allowedPaths, webSocket, publicBaseUrl);
  }

  /** Returns this with other traffic. */
  public Endpoint with(Traffic newTraffic) {
    return new Endpoint(
        namespace, name, access, newTraffic, allowedPaths, webSocket, publicBaseUrl);
  }
}
