package io.fairlead.router.config;

import io.fairlead.router.model.Address;
import java.time.Duration;

/**
 * Everything {@code demo} is told at its start.
 *
 * @param replicas sample models to start
 * @param routers routers to start; the addresses are those of the first, the others take free ports
 * @param modelTime how long a sample model takes to answer
 */
public record DemoSettings(
    Address http, Address https, Address admin, int replicas, int routers, Duration modelTime) {}
