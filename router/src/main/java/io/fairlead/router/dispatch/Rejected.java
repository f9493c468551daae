package io.fairlead.router.dispatch;

import io.fairlead.router.model.RouterError;

/**
 * No slot and no place in the queue, with the numbers behind the decision.
 *
 * @param error {@code DEADLINE_INFEASIBLE}, {@code TOO_MANY_PENDING_REQUESTS} or {@code
 *     MODEL_NOT_READY}
 */
public record Rejected(RouterError error, Load load) implements DispatchResult {}
