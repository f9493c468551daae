package io.fairlead.router.control;

/**
 * One condition of readiness and how it stands.
 *
 * @param name one word, such as {@code certificate}
 * @param detail what was found, and what was expected if it does not pass
 */
public record Check(String name, boolean passes, String detail) {}
