package io.fairlead.router.control;

import io.fairlead.router.model.DeploymentKey;
import java.util.List;

/** The port to whoever scales deployments. For any thread. */
public interface ScaleStates {
  /** Returns whether this router is the one that scales. */
  boolean leads();

  /** Returns how each deployment was scaled that asks for it, in a fixed order. */
  List<ScaleState> states();

  /** Returns what arrived at a deployment lately, the oldest first; empty if that is not known. */
  List<LoadLine> trace(DeploymentKey deployment);
}
