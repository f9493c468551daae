package io.fairlead.router.control;

import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * Which decisions are asked for; what is null matches all.
 *
 * @param requestId as text
 * @param limit most that are returned
 */
public record DecisionQuery(
    @Nullable String requestId,
    @Nullable String endpoint,
    @Nullable RouterError reason,
    int limit) {
  /** The largest limit. */
  public static final int MOST = 1_000;

  public DecisionQuery {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + MOST + ")");
    }
  }

  /** Returns whether {@code decision} is asked for. */
  public boolean matches(Decision decision) {
    return (requestId == null || decision.requestId().equalsIgnoreCase(requestId))
        && (endpoint == null || endpoint.equals(decision.endpointName()))
        && (reason == null || reason == decision.error());
  }
}
