package io.fairlead.router.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How several routers elect the one that leads.
 *
 * @param file the lease that they share; null without one
 * @param duration how long it lasts after its holder's last sign of life
 */
public record LeaseSettings(@Nullable Path file, Duration duration) {
  /** The defaults: no other router. */
  public static final LeaseSettings DEFAULT = new LeaseSettings(null, Duration.ofSeconds(2));
}
