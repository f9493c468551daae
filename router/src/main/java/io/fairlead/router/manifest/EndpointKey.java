package io.fairlead.router.manifest;

/** What identifies an endpoint. */
record EndpointKey(String namespace, String name) {}
