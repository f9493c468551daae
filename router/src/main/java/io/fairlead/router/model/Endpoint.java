package io.fairlead.router.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A public address of one model service, whose traffic is split over deployments.
 *
 * @param namespace where the resource lives; {@code default} for files that name none
 * @param allowedPaths prefixes, each starting with {@code /}, that are forwarded beside score and
 *     swagger
 * @param forwardAuthorization whether the model sees the caller's {@code Authorization}
 * @param maxRequestBytes largest request body in bytes; 0 for the router's limit
 */
public record Endpoint(
    String namespace,
    String name,
    AuthMode authMode,
    TrafficSplit traffic,
    List<String> allowedPaths,
    boolean forwardAuthorization,
    long maxRequestBytes,
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
    if (maxRequestBytes < 0) {
      throw new IllegalArgumentException(
          "maxRequestBytes: " + maxRequestBytes + " (expected: >= 0)");
    }
  }
}
