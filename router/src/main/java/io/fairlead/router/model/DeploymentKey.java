package io.fairlead.router.model;

/** What identifies a deployment: it is unique within its endpoint only. */
public record DeploymentKey(String namespace, String endpoint, String deployment) {}
