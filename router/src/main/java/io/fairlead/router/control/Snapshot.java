package io.fairlead.router.control;

import io.fairlead.router.auth.Gate;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.rate.RateLimiter;
import io.fairlead.router.routing.RouteTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a request needs to know of the world, read once and held to its end.
 *
 * @param dispatchers by the ordinal of a route's target; null where the ordinal is an endpoint's
 * @param limiters by the ordinal of an endpoint; null where it has no limit, and for a target's
 * @param gates by the ordinal of an endpoint; null where the ordinal is a target's
 */
public record Snapshot(
    ClusterState state,
    RouteTable routes,
    List<@Nullable Dispatcher> dispatchers,
    List<@Nullable RateLimiter> limiters,
    List<@Nullable Gate> gates) {}
