package io.fairlead.router.fleet;

import java.util.List;

/**
 * All that a coordinator lets one router use from now on: the answer to a heartbeat, or sent again
 * when more came free or some is wanted back. Each replaces the one before.
 *
 * @param protocol the version that the two speak
 * @param coordinator the router that grants
 * @param epoch of the coordinator: how often the role had changed hands when it got it
 * @param version grows with each that is sent to any router in this epoch, from 1
 * @param router to whom
 * @param incarnation to which life of it
 * @param answers the {@link Heartbeat#sequence} of the newest heartbeat that was heard. The leases
 *     run from when the router <i>sent</i> that one
 * @param timeToLiveMillis how long nothing need be heard before nothing new may be begun
 * @param deployments what is missing may not be used
 */
public record Grants(
    int protocol,
    String coordinator,
    long epoch,
    long version,
    String router,
    long incarnation,
    long answers,
    long timeToLiveMillis,
    List<DeploymentGrant> deployments)
    implements Answer {
  public Grants {
    Protocol.range("protocol", protocol, 1, Integer.MAX_VALUE);
    Protocol.router("coordinator", coordinator);
    Protocol.range("epoch", epoch, 0, Long.MAX_VALUE);
    Protocol.range("version", version, 1, Long.MAX_VALUE);
    Protocol.router("router", router);
    Protocol.range("answers", answers, 1, Long.MAX_VALUE);
    Protocol.range("timeToLiveMillis", timeToLiveMillis, 1, 60_000);
    deployments = List.copyOf(deployments);
    Protocol.atMost("deployments", deployments.size(), Protocol.MOST_DEPLOYMENTS);
    int replicas = 0;
    for (DeploymentGrant grant : deployments) {
      replicas += grant.replicas().size();
    }
    Protocol.atMost("replicas", replicas, Protocol.MOST_REPLICAS);
    Protocol.eachOnce("deployments", deployments, DeploymentGrant::key);
  }
}
