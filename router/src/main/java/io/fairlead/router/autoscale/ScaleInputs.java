package io.fairlead.router.autoscale;

/**
 * Everything a decision was made from.
 *
 * @param current replicas that are ordered
 * @param limit slots of one replica
 * @param targetPercent share of its slots that a replica shall use
 * @param least replicas, a schedule included
 * @param most replicas
 * @param coming replicas that are ordered or starting, and not ready
 */
public record ScaleInputs(
    FleetLoad load, int current, int limit, int targetPercent, int least, int most, int coming) {}
