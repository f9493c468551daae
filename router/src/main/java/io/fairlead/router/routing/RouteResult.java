package io.fairlead.router.routing;

import io.fairlead.router.model.Refusal;

/** A deployment to send to, or why there is none. */
public sealed interface RouteResult permits Target, RouteResult.NoTarget {
  /** No deployment. Each refusal of an endpoint is made once and reused. */
  record NoTarget(Refusal refusal) implements RouteResult {}
}
