package io.fairlead.router.resource;

/** What identifies a Secret. */
public record SecretKey(String namespace, String name) {}
