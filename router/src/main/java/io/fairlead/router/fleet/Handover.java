package io.fairlead.router.fleet;

import io.fairlead.router.model.DeploymentKey;
import java.util.List;

/**
 * The table of a coordinator that ends, for the next: the most that each router may hold. Whoever
 * sends it grants nothing any more.
 *
 * @param protocol newest version that the sender speaks
 * @param coordinator who sends it
 * @param epoch that ends; it is of use to the coordinator of the next one only
 * @param complete whether nobody can hold a slot that is not in it
 * @param routers each once
 */
public record Handover(
    int protocol, String coordinator, long epoch, boolean complete, List<Holder> routers) {
  /**
   * What one router may hold.
   *
   * @param incarnation which life of it
   */
  public record Holder(String router, long incarnation, List<Holding> deployments) {
    public Holder {
      Protocol.router("router", router);
      deployments = List.copyOf(deployments);
      Protocol.atMost("deployments", deployments.size(), Protocol.MOST_DEPLOYMENTS);
    }
  }

  /** What a router may hold of one deployment. */
  public record Holding(DeploymentKey key, List<Slots> replicas) {
    public Holding {
      replicas = List.copyOf(replicas);
    }
  }

  public Handover {
    Protocol.range("protocol", protocol, 1, Integer.MAX_VALUE);
    Protocol.router("coordinator", coordinator);
    Protocol.range("epoch", epoch, 0, Long.MAX_VALUE);
    routers = List.copyOf(routers);
    Protocol.atMost("routers", routers.size(), Protocol.MOST_ROUTERS);
    Protocol.eachOnce("routers", routers, Holder::router);
    Protocol.atMost(
        "replicas",
        routers.stream()
            .flatMap(holder -> holder.deployments().stream())
            .mapToInt(holding -> holding.replicas().size())
            .sum(),
        Protocol.MOST_REPLICAS);
  }
}
