package io.fairlead.router.control;

import io.fairlead.router.dispatch.Dispatcher;
import java.util.Collection;
import java.util.Objects;

/** The one reference to the current snapshot. */
@FunctionalInterface
public interface Snapshots {
  /** Returns the newest snapshot; one volatile read. */
  Snapshot current();

  /**
   * Returns every dispatcher that a request may be with: those of the newest snapshot, and those of
   * deployments that went away before their last request was over.
   */
  default Collection<Dispatcher> dispatchers() {
    return current().dispatchers().stream().filter(Objects::nonNull).toList();
  }
}
