package io.fairlead.router.config;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@code replay} is asked for.
 *
 * @param manifests where the deployment is declared; null for one with defaults
 * @param deployment as {@code ENDPOINT/NAME}; null for the only one, or for defaults
 * @param maxInstances of a deployment with defaults
 * @param podStart how long a replica takes to become ready
 * @param patience who waited longer is counted
 * @param start when the trace begins, for schedules
 * @param csv where the course of each policy goes; null for nowhere
 * @param svg where the picture goes; null for nowhere
 */
public record ReplaySettings(
    Path trace,
    @Nullable Path manifests,
    @Nullable String deployment,
    int maxInstances,
    Duration podStart,
    Duration patience,
    Instant start,
    long seed,
    @Nullable Path csv,
    @Nullable Path svg) {}
