package io.fairlead.router.control;

import java.util.List;

/** The port to whoever scales deployments. For any thread. */
public interface ScaleStates {
  /** Returns whether this router is the one that scales. */
  boolean leads();

  /** Returns how each deployment was scaled that asks for it, in a fixed order. */
  List<ScaleState> states();
}
