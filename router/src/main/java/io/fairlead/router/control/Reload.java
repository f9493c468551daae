package io.fairlead.router.control;

import java.time.Instant;

/**
 * How the last reload of one thing went.
 *
 * @param what {@code manifest} or {@code certificate}
 * @param detail what was loaded, or why it was refused; holds no secret
 */
public record Reload(String what, boolean accepted, Instant at, String detail) {}
