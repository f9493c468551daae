package io.fairlead.router.fleet;

import io.fairlead.router.model.DeploymentKey;
import java.util.List;

/**
 * How one limited deployment is doing in one router.
 *
 * @param replicas every replica that the router can use or still has requests on, each once. {@code
 *     slots} is what it holds: what it may use, or more while requests beyond that finish
 * @param inUse slots with a request
 * @param queued requests that wait for a slot
 * @param staying how many of those wait for good, also if the coordinator finds that there is no
 *     room; -1 if the router does not know
 * @param oldestWaitMillis how long the first of them has waited; 0 if none does
 * @param arrivals requests that came since the router started
 */
public record DeploymentReport(
    DeploymentKey key,
    List<Slots> replicas,
    int inUse,
    int queued,
    int staying,
    long oldestWaitMillis,
    long arrivals) {
  public DeploymentReport {
    replicas = List.copyOf(replicas);
    Protocol.eachOnce("replicas", replicas, Slots::replica);
    Protocol.range("inUse", inUse, 0, Integer.MAX_VALUE);
    Protocol.range("queued", queued, 0, Integer.MAX_VALUE);
    Protocol.range("staying", staying, -1, queued);
    Protocol.range("oldestWaitMillis", oldestWaitMillis, 0, Long.MAX_VALUE);
    Protocol.range("arrivals", arrivals, 0, Long.MAX_VALUE);
  }
}
