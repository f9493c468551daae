package io.fairlead.router.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How several routers elect the one that leads.
 *
 * @param file the lease that they share without a cluster; null without one
 * @param name of the Lease that they share in a cluster
 * @param duration how long it lasts after its holder's last sign of life
 */
public record LeaseSettings(@Nullable Path file, String name, Duration duration) {
  /** The defaults: no other router. */
  public static final LeaseSettings DEFAULT =
      new LeaseSettings(null, "fairlead-router", Duration.ofSeconds(2));
}
