package io.fairlead.router.dispatch;

/**
 * The numbers of one deployment at one moment.
 *
 * @param limit slots of one replica; 0 for unlimited
 * @param readyReplicas replicas that are neither removed nor ejected
 * @param ejectedReplicas replicas that are left out for a while
 * @param drainingReplicas removed replicas with permits that are still out
 * @param queueLimit most that may wait
 * @param estimatedWaitNanos what one more caller would have to wait, from the measured drain rate;
 *     0 where unknown
 */
public record Load(
    int limit,
    int inFlight,
    int queued,
    int queueLimit,
    int readyReplicas,
    int ejectedReplicas,
    int drainingReplicas,
    long estimatedWaitNanos) {}
