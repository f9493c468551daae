package io.fairlead.router.fleet;

/** What a coordinator tells a router. */
public sealed interface Answer permits Grants, Refusal {}
