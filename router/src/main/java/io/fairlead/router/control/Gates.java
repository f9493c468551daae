package io.fairlead.router.control;

import io.fairlead.router.auth.Gate;
import io.fairlead.router.model.Endpoint;

/** The port to whoever knows what the gates of endpoints need from elsewhere. */
@FunctionalInterface
public interface Gates {
  /** Returns the gate of {@code endpoint}. */
  Gate of(Endpoint endpoint);
}
