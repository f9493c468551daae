package io.fairlead.router.dispatch;

import io.fairlead.router.model.Replica;

/** One replica as a decision saw it. */
public record Candidate(Replica replica, int inFlight, Standing standing) {}
