package io.fairlead.router.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to be said of a resource where its owner can read it. */
public sealed interface Report {
  /** Returns whose it is. */
  ClusterObject object();

  /** Returns everything that is the matter, the gravest first; it is ready if there is nothing. */
  List<Condition> conditions();

  /** Returns how many replicas there are, of each deployment that it speaks of. */
  List<Count> counts();

  /** Returns the same with other counts of the same deployments. */
  Report withCounts(List<Count> counts);

  /** Returns whether this says the same as {@code other}, but for how many replicas there are. */
  default boolean isRecountOf(Report other) {
    return names().equals(other.names()) && withCounts(other.counts()).equals(other);
  }

  private List<String> names() {
    return counts().stream().map(Count::deployment).toList();
  }

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

    @Override
    public List<Count> counts() {
      return deployments;
    }

    @Override
    public Report withCounts(List<Count> counts) {
      return new OfEndpoint(object, conditions, counts, publicBaseUrl, hasShortPath);
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

    @Override
    public List<Count> counts() {
      return List.of(count);
    }

    @Override
    public Report withCounts(List<Count> counts) {
      return new OfDeployment(object, conditions, counts.getFirst(), selector);
    }
  }

  /** How many replicas a deployment has. */
  record Count(String deployment, int replicas, int ready) {}
}
