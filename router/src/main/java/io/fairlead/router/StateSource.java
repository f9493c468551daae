package io.fairlead.router;

import io.fairlead.router.model.ClusterState;
import org.jspecify.annotations.Nullable;

/** Where what is served comes from. For the control thread, but for closing. */
sealed interface StateSource extends AutoCloseable permits ManifestSource, ClusterSource {
  /**
   * What is to be served from now on.
   *
   * @param what it came from, as meters name it
   * @param title the same, as people name it
   * @param detail how much of it there is
   * @param isRoutine whether only replicas came or went
   * @param isPatient whether it should rather wait for token keys than be applied without
   */
  record Change(
      ClusterState state,
      String what,
      String title,
      String detail,
      boolean isRoutine,
      boolean isPatient) {}

  /** Looks; returns null if what is served is up to date, or nothing better is known. */
  @Nullable Change poll();

  @Override
  void close();
}
