package io.fairlead.router.fleet;

import java.util.List;

/**
 * What a router tells its coordinator, at a steady pace and at once when requests begin to wait:
 * all that it holds and what it would use. A request to renew its leases at the same time.
 *
 * @param protocol newest version that the router speaks
 * @param router a pod's name, or a peer's address
 * @param incarnation drawn when the router started, so that its next life is somebody else
 * @param epoch of the coordinator that it is meant for
 * @param sequence grows with each, from 1, for as long as the router lives
 * @param seen the {@link Grants#version} that was the last to be followed in this epoch; 0 for none
 * @param urgent whether it was sent before its time
 * @param leaving whether the router is about to end: what it gives back it will not need again
 * @param deployments all that are limited, each once; what is missing is not held and not known
 */
public record Heartbeat(
    int protocol,
    String router,
    long incarnation,
    long epoch,
    long sequence,
    long seen,
    boolean urgent,
    boolean leaving,
    List<DeploymentReport> deployments) {
  public Heartbeat {
    Protocol.range("protocol", protocol, 1, Integer.MAX_VALUE);
    Protocol.router("router", router);
    Protocol.range("epoch", epoch, 0, Long.MAX_VALUE);
    Protocol.range("sequence", sequence, 1, Long.MAX_VALUE);
    Protocol.range("seen", seen, 0, Long.MAX_VALUE);
    deployments = List.copyOf(deployments);
    Protocol.atMost("deployments", deployments.size(), Protocol.MOST_DEPLOYMENTS);
    int replicas = 0;
    for (DeploymentReport report : deployments) {
      replicas += report.replicas().size();
    }
    Protocol.atMost("replicas", replicas, Protocol.MOST_REPLICAS);
    Protocol.eachOnce("deployments", deployments, DeploymentReport::key);
  }
}
