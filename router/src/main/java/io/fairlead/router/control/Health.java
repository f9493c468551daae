package io.fairlead.router.control;

import java.util.List;

/** The port to whoever knows whether this router should get traffic. */
@FunctionalInterface
public interface Health {
  /** Returns every condition of readiness as it stands now; cheap, for any thread. */
  List<Check> checks();

  /** Returns whether every check passes. */
  default boolean isReady() {
    for (Check check : checks()) {
      if (!check.passes()) {
        return false;
      }
    }
    return true;
  }
}
