package io.fairlead.router.routing;

import io.fairlead.router.model.Cors;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Mirror;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint compiled: its deployments by name, its split, the sub-paths it allows.
 *
 * <p>A share of the split whose deployment is not in the state keeps its percentage and leads to
 * {@code NO_ROUTE}: the operator's numbers are not reinterpreted behind his back. A deployment that
 * was seen in the cluster is in the state, with or without ready replicas.
 */
final class EndpointRoutes {
  /** Documented text; clients are known to look for it. */
  static final RouteResult.NoTarget NO_ROUTE =
      new RouteResult.NoTarget(
          new Refusal(
              RouterError.NO_ROUTE,
              "No route found or no valid deployments to route to, please check that the endpoint"
                  + " has at least one deployment with positive weight values or use a deployment"
                  + " specific header to route."));

  final Endpoint endpoint;
  final int ordinal;
  final ByteTable<Target> byName;
  final @Nullable CorsPolicy cors;
  final @Nullable StickyField sticky;
  final @Nullable Target mirror;
  private final byte[][] allowedPaths;

  /** {@code shares[i]} gets the percents from {@code ends[i - 1]} up to {@code ends[i]}. */
  private final RouteResult[] shares;

  private final int[] ends;

  EndpointRoutes(
      Endpoint endpoint, List<Deployment> deployments, ToIntFunction<DeploymentKey> ordinals) {
    this.endpoint = endpoint;
    this.ordinal =
        ordinals.applyAsInt(new DeploymentKey(endpoint.namespace(), endpoint.name(), ""));
    Cors pages = endpoint.access().cors();
    this.cors = pages == null ? null : new CorsPolicy(pages);
    String header = endpoint.traffic().stickyHeader();
    this.sticky = header == null ? null : new StickyField(header);
    Map<String, Target> targets = new LinkedHashMap<>();
    for (Deployment deployment : deployments) {
      targets.put(deployment.name(), target(deployment, ordinals));
    }
    byName = new ByteTable<>(targets);
    Mirror copies = endpoint.traffic().mirror();
    mirror = copies == null ? null : targets.get(copies.deployment());
    allowedPaths =
        endpoint.allowedPaths().stream()
            .map(path -> path.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    Map<String, Integer> percent = endpoint.traffic().split().percent();
    shares = new RouteResult[percent.size()];
    ends = new int[percent.size()];
    int count = 0;
    int end = 0;
    for (Map.Entry<String, Integer> share : percent.entrySet()) {
      Target target = targets.get(share.getKey());
      end += share.getValue();
      shares[count] = target == null ? NO_ROUTE : target;
      ends[count++] = end;
    }
  }

  private static Target target(Deployment deployment, ToIntFunction<DeploymentKey> ordinals) {
    return new Target(
        deployment,
        ordinals.applyAsInt(deployment.key()),
        Excerpt.ascii(deployment.name()),
        Excerpt.ascii(deployment.scoring().path()));
  }

  /** Returns the deployment of a percent from 0 to 99, or why there is none. */
  RouteResult byWeight(int percent) {
    for (int i = 0; i < ends.length; i++) {
      if (percent < ends[i]) {
        return shares[i];
      }
    }
    return NO_ROUTE;
  }

  /** Returns whether {@code bytes[from, to)}, which starts with {@code /}, may be forwarded. */
  boolean allows(byte[] bytes, int from, int to) {
    for (byte[] prefix : allowedPaths) {
      int end = from + prefix.length;
      if (end <= to
          && Arrays.equals(prefix, 0, prefix.length, bytes, from, end)
          && (end == to || bytes[end] == '/' || bytes[end - 1] == '/')) {
        return true;
      }
    }
    return false;
  }
}
