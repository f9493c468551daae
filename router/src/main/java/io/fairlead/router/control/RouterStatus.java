package io.fairlead.router.control;

import io.fairlead.router.overload.OverloadState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The port to what a running router knows of itself; each method is cheap and for any thread. */
public interface RouterStatus {
  /** Returns what is running. */
  BuildInfo build();

  /** Returns when the process began to serve. */
  Instant startedAt();

  /** Returns when the certificate in use ends, or null without TLS. */
  @Nullable Instant certificateNotAfter();

  /** Returns the last reload of each thing, in a fixed order; empty if there was none. */
  List<Reload> lastReloads();

  /** Returns how the API server was heard, or null without a cluster. */
  @Nullable ClusterContact cluster();

  /** Returns who leads the routers. */
  LeaderState leader();

  /** Returns how slots are shared with other routers; null if they are not. */
  @Nullable FleetState fleet();

  /** Returns how short the router is of what it needs, and what it gives up for that. */
  OverloadState overload();

  /** Returns the numbers of every deployment that is served now. */
  List<DeploymentLoad> loads();
}
