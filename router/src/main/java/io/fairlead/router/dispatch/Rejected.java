package io.fairlead.router.dispatch;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;

/**
 * No slot and no place in the queue, with the numbers behind the decision.
 *
 * @param error {@code DEADLINE_INFEASIBLE}, {@code TOO_MANY_PENDING_REQUESTS} or {@code
 *     MODEL_NOT_READY}
 */
public record Rejected(RouterError error, Load load) implements DispatchResult {
  /**
   * Returns what the caller is told.
   *
   * @param patienceMillis how long the caller waits in all, if it has said so
   */
  public Refusal refusal(Deployment deployment, long patienceMillis) {
    String name = deployment.key().endpoint() + "/" + deployment.name();
    String detail =
        switch (error) {
          case MODEL_NOT_READY -> name + " has no ready replica";
          case DEADLINE_INFEASIBLE ->
              name
                  + " can be expected to have no free slot within the "
                  + patienceMillis
                  + " ms that its caller waits";
          default ->
              name
                  + " has no free slot and its queue is full: "
                  + load.queued()
                  + " wait (expected: fewer than "
                  + load.queueLimit()
                  + ")";
        };
    return new Refusal(error, detail);
  }
}
