package io.fairlead.router.fleet;

import io.fairlead.router.model.DeploymentKey;
import java.util.List;

/**
 * What one router may use of one deployment.
 *
 * @param replicas all that it may use; of a replica that is missing, nothing
 * @param keep more than so many slots in all are given back as they come free, even while requests
 *     wait here: others have waited longer
 * @param keepIdle more than so many are given back as soon as nothing waits here for them; at most
 *     {@code keep}
 * @param queueBound how many requests may wait in this router for good
 * @param queueMost how many may as long as the coordinator says nothing else, once it has heard of
 *     them; who waits beyond it then is turned away. -1 if it does not decide
 * @param arrivals how many requests had come to this router when it reported what these bounds
 *     follow from
 */
public record DeploymentGrant(
    DeploymentKey key,
    List<Slots> replicas,
    int keep,
    int keepIdle,
    int queueBound,
    int queueMost,
    long arrivals) {
  public DeploymentGrant {
    replicas = List.copyOf(replicas);
    Protocol.eachOnce("replicas", replicas, Slots::replica);
    Protocol.range("keep", keep, 0, Integer.MAX_VALUE);
    Protocol.range("keepIdle", keepIdle, 0, keep);
    Protocol.range("queueBound", queueBound, 0, Integer.MAX_VALUE);
    Protocol.range("queueMost", queueMost, queueMost < 0 ? -1 : queueBound, Integer.MAX_VALUE);
    Protocol.range("arrivals", arrivals, 0, Long.MAX_VALUE);
  }
}
