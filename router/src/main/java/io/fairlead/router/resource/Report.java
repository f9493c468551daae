package io.fairlead.router.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to be said of a resource where its owner can read it. */
public sealed interface Report {
  /** Returns whose it is. */
  ClusterObject object();

  /** Returns everything that is the matter, the gravest first; it is ready if there is nothing. */
  List<Condition> conditions();

  /**
   * Of an endpoint.
   *
   * @param publicBaseUrl what its own address begins with; null if it does not say
   * @param hasShortPath whether callers need not name its namespace
   */
  record OfEndpoint(
      ClusterObject object,
      List<Condition> conditions,
      List<Count> deployments,
      @Nullable String publicBaseUrl,
      boolean hasShortPath)
      implements Report {
    public OfEndpoint {
      conditions = List.copyOf(conditions);
      deployments = List.copyOf(deployments);
    }
  }

  /**
   * Of a deployment.
   *
   * @param selector of its pods, as a label selector; empty if it has addresses instead
   */
  record OfDeployment(
      ClusterObject object, List<Condition> conditions, Count count, String selector)
      implements Report {
    public OfDeployment {
      conditions = List.copyOf(conditions);
    }
  }

  /** How many replicas a deployment has. */
  record Count(String deployment, int replicas, int ready) {}
}
