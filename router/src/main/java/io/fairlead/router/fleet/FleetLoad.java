package io.fairlead.router.fleet;

/**
 * How much is asked of one deployment over all routers that were heard lately.
 *
 * @param routers how many those are
 * @param silent how many hold slots and were not
 */
public record FleetLoad(
    long inUse, long queued, double arrivalsPerSecond, int routers, int silent) {}
