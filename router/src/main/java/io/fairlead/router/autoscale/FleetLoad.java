package io.fairlead.router.autoscale;

/**
 * The load of a deployment over all routers at one moment.
 *
 * @param routers that reported
 * @param inFlight slots that are taken
 * @param queued requests that wait for a slot
 * @param ready replicas that may be used
 * @param starting replicas that routers know of and that are not ready yet
 * @param arrived requests since the reading before, those refused included
 * @param slotMicros how long a request keeps its slot, of those that finished lately; -1 while none
 *     has
 * @param offeredMillis slots, in thousandths, that all who arrive lately would keep busy; -1 while
 *     no request has finished
 */
public record FleetLoad(
    int routers,
    long inFlight,
    long queued,
    int ready,
    int starting,
    long arrived,
    long slotMicros,
    long offeredMillis)
    implements LoadReading {}
