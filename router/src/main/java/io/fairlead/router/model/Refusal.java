package io.fairlead.router.model;

/**
 * Why one request was refused, with a sentence that names what was wrong and what was expected.
 *
 * @param detail for the caller to read; it holds no secret and nothing of other callers
 */
public record Refusal(RouterError error, String detail) {}
