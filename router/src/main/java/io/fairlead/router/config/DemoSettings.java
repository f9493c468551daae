package io.fairlead.router.config;

import io.fairlead.router.model.Address;
import java.time.Duration;

/**
 * Everything {@code demo} is told at its start.
 *
 * @param replicas sample models to start
 * @param modelTime how long a sample model takes to answer
 */
public record DemoSettings(
    Address http, Address https, Address admin, int replicas, Duration modelTime) {}
