package io.fairlead.router.resource;

/** What identifies an endpoint. */
public record EndpointKey(String namespace, String name) {}
