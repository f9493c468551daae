package io.fairlead.router.dispatch;

import io.fairlead.router.model.Replica;

/**
 * One replica as a decision saw it.
 *
 * @param inFlight requests of this router
 * @param freeSlots how many more this router could have sent at that moment: none unless it stands
 *     {@link Standing#FREE}; -1 where there is no limit
 */
public record Candidate(Replica replica, int inFlight, int freeSlots, Standing standing) {}
