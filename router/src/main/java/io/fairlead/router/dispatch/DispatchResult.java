package io.fairlead.router.dispatch;

/** What became of a request for a slot. */
public sealed interface DispatchResult permits Permit, Ticket, Rejected {}
