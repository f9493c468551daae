package io.fairlead.router.model;

import org.jspecify.annotations.Nullable;

/**
 * How an endpoint's requests spread over its deployments.
 *
 * @param mirror where copies go; null for nowhere
 * @param stickyHeader request header, in lower case, whose value decides instead of chance: equal
 *     values reach the same deployment while the split stays; null for chance
 */
public record Traffic(TrafficSplit split, @Nullable Mirror mirror, @Nullable String stickyHeader) {
  /** Returns a split by chance, without copies. */
  public static Traffic of(TrafficSplit split) {
    return new Traffic(split, null, null);
  }
}
