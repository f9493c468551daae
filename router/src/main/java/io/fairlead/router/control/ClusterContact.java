package io.fairlead.router.control;

import java.util.List;

/**
 * How the API server was heard, and what is the matter with what it has.
 *
 * @param server its address
 * @param silentNanos how long ago it was heard, by the watch that has waited longest
 * @param problem what is wrong with it now; empty if nothing is
 * @param conditions of its resources
 */
public record ClusterContact(
    String server, long silentNanos, String problem, List<ConditionCount> conditions) {
  /**
   * How many resources something is the matter with.
   *
   * @param kind of the resources
   * @param condition what is the matter
   */
  public record ConditionCount(String kind, String condition, long resources) {}

  public ClusterContact {
    conditions = List.copyOf(conditions);
  }
}
